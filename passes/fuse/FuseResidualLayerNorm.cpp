//===- FuseResidualLayerNorm.cpp - bert-fuse-residual-layer-norm ----------===//

#include "passes/Passes.h"
#include "passes/fuse/Product.h"

#include "dialect/BertOps.h"

namespace bertc {
#define GEN_PASS_DEF_BERTFUSERESIDUALLAYERNORM
#include "passes/Passes.h.inc"
} // namespace bertc

using namespace bertc;
using namespace mlir;

namespace {

/// A product that can still take a residual, for one side of a sum.
std::optional<Product> openProduct(Value side) {
  std::optional<Product> product = Product::of(side.getDefiningOp());
  if (product && (product->residual || product->scale))
    return std::nullopt;
  return product;
}

void fuseResidual(bert::AddOp add) {
  Value sides[] = {add.getLhs(), add.getRhs()};
  bool otherUses = false;
  for (int i : {0, 1}) {
    std::optional<Product> product = openProduct(sides[i]);
    if (!product)
      continue;
    if (!product->op->hasOneUse()) {
      otherUses = true;
      continue;
    }
    product->residual = sides[1 - i];
    return product->replace(add);
  }
  if (otherUses)
    add.emitRemark("not fused: the product has other uses");
}

void fuseLayerNorm(bert::LayerNormOp norm) {
  std::optional<Product> product = Product::of(norm.getInput().getDefiningOp());
  if (!product || product->scale)
    return;
  if (!product->op->hasOneUse()) {
    norm.emitRemark("not fused: the product has other uses");
    return;
  }
  product->scale = norm.getScale();
  product->beta = norm.getBias();
  product->epsilon = norm.getEpsilonAttr();
  product->replace(norm);
}

struct FuseResidualLayerNormPass
    : bertc::impl::BertFuseResidualLayerNormBase<FuseResidualLayerNormPass> {
  void runOnOperation() override {
    SmallVector<bert::AddOp> adds;
    SmallVector<bert::LayerNormOp> norms;
    getOperation().walk([&](Operation *op) {
      if (auto add = dyn_cast<bert::AddOp>(op))
        adds.push_back(add);
      else if (auto norm = dyn_cast<bert::LayerNormOp>(op))
        norms.push_back(norm);
    });
    for (bert::AddOp add : adds)
      fuseResidual(add);
    for (bert::LayerNormOp norm : norms)
      fuseLayerNorm(norm);
  }
};

} // namespace
