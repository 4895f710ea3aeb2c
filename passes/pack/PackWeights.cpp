//===- PackWeights.cpp - bert-pack-weights --------------------------------===//

#include "passes/Passes.h"
#include "passes/TargetDescription.h"
#include "passes/fuse/Product.h"

#include "dialect/BertOps.h"
#include "dialect/PackedLayout.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/DenseMap.h"

#include <utility>

namespace bertc {
#define GEN_PASS_DEF_BERTPACKWEIGHTS
#include "passes/Passes.h.inc"
} // namespace bertc

using namespace bertc;
using namespace mlir;

namespace {

/// bert.pack of a weight, right where the weight is defined.
Value pack(Value weight, int64_t panel, bert::Precision precision) {
  OpBuilder b(weight.getContext());
  b.setInsertionPointAfterValue(weight);
  auto type = cast<RankedTensorType>(weight.getType());
  return bert::PackOp::create(
      b, weight.getLoc(),
      bert::packedType(b.getContext(), type.getDimSize(0), type.getDimSize(1),
                       panel, precision),
      weight, panel);
}

struct PackWeightsPass : bertc::impl::BertPackWeightsBase<PackWeightsPass> {
  using Base::Base;

  /// Sets `panel` from the target where it was not given.
  LogicalResult choosePanel() {
    if (panel < 0)
      return emitError(getOperation().getLoc())
             << "panel must be positive, got " << int64_t(panel);
    if (panel > 0)
      return success();
    auto target = TargetDescription::get(targetCpu);
    if (!target)
      return emitError(getOperation().getLoc())
             << llvm::toString(target.takeError());
    panel = target->panel;
    return success();
  }

  /// A product with the rows of the weight, packed right before it: the room is
  /// the next packing's too.
  void packTransposed(bert::LinearInputGradientOp op) {
    OpBuilder b(op);
    auto weight = cast<RankedTensorType>(op.getWeight().getType());
    if (!weight.hasStaticShape()) {
      op->emitRemark("not packed: the weight has no static shape");
      return;
    }
    Value packed = bert::PackTransposedOp::create(
        b, op.getLoc(),
        bert::packedType(b.getContext(), weight.getDimSize(1),
                         weight.getDimSize(0), panel, op.getPrecision()),
        op.getWeight(), panel);
    auto product = bert::PackedLinearOp::create(
        b, op.getLoc(), op.getResult().getType(), op.getGradient(), packed,
        Value(), Value(), Value(), Value(), Value(),
        bert::ActivationAttr::get(&getContext(), bert::Activation::none),
        FloatAttr(), b.getI64IntegerAttr(weight.getDimSize(1)));
    op.replaceAllUsesWith(product.getResult());
    op->erase();
  }

  void runOnOperation() override {
    if (failed(choosePanel()))
      return signalPassFailure();
    SmallVector<Operation *> products;
    getOperation().walk([&](Operation *op) {
      if (Product::of(op))
        products.push_back(op);
    });
    getOperation().walk(
        [&](bert::LinearInputGradientOp op) { products.push_back(op); });
    llvm::DenseMap<std::pair<Value, int>, Value> packed;
    for (Operation *op : products) {
      if (auto gradient = dyn_cast<bert::LinearInputGradientOp>(op)) {
        packTransposed(gradient);
        continue;
      }
      Product product = *Product::of(op);
      auto type = cast<RankedTensorType>(product.weight.getType());
      if (!type.hasStaticShape()) {
        op->emitRemark("not packed: the weight has no static shape");
        continue;
      }
      Value &weight = packed[{product.weight, int(product.precision)}];
      if (!weight)
        weight = pack(product.weight, panel, product.precision);
      OpBuilder b(op);
      auto replacement = bert::PackedLinearOp::create(
          b, op->getLoc(), op->getResult(0).getType(), product.input, weight,
          product.inputScale, product.bias, product.residual, product.scale,
          product.beta,
          bert::ActivationAttr::get(&getContext(), product.activation),
          product.epsilon, b.getI64IntegerAttr(type.getDimSize(0)));
      op->replaceAllUsesWith(replacement);
      op->erase();
    }
  }
};

} // namespace
