//===- FuseQkv.cpp - bert-fuse-qkv ----------------------------------------===//

#include "passes/Passes.h"

#include "dialect/BertOps.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/STLExtras.h"

#include <array>

namespace bertc {
#define GEN_PASS_DEF_BERTFUSEQKV
#include "passes/Passes.h.inc"
} // namespace bertc

using namespace bertc;
using namespace mlir;

namespace {

using Products = std::array<bert::LinearOp, 3>;

/// Why the three products cannot be one; "" when they can.
StringRef obstacle(Products products) {
  if (!llvm::all_of(products, [](Operation *op) { return op != nullptr; }))
    return "query, key and value are not all bert.linear";
  auto [query, key, value] = products;
  for (bert::LinearOp other : {key, value}) {
    if (other.getInput() != query.getInput())
      return "query, key and value come from different inputs";
    if (bool(other.getBias()) != bool(query.getBias()))
      return "only some of query, key and value have a bias";
  }
  if (!llvm::all_of(products, [](bert::LinearOp op) {
        return op.getResult().hasOneUse();
      }))
    return "query, key or value has other uses";
  return "";
}

Value concat(OpBuilder &b, Location loc, ValueRange vectorsOrMatrices) {
  auto first = cast<RankedTensorType>(vectorsOrMatrices.front().getType());
  SmallVector<int64_t> shape(first.getShape());
  shape[0] = 0;
  for (Value value : vectorsOrMatrices)
    shape[0] += cast<RankedTensorType>(value.getType()).getDimSize(0);
  return bert::ConcatOp::create(
      b, loc, RankedTensorType::get(shape, first.getElementType()),
      vectorsOrMatrices);
}

void fuse(bert::AttentionOp attention, Products products) {
  OpBuilder b(attention);
  Location loc = attention.getLoc();
  auto [query, key, value] = products;
  Value weight =
      concat(b, loc, {query.getWeight(), key.getWeight(), value.getWeight()});
  Value bias;
  if (query.getBias())
    bias = concat(b, loc, {query.getBias(), key.getBias(), value.getBias()});
  auto result = cast<RankedTensorType>(attention.getResult().getType());
  auto tripled =
      RankedTensorType::get({result.getDimSize(0), 3 * result.getDimSize(1)},
                            result.getElementType());
  auto qkv =
      bert::LinearOp::create(b, loc, tripled, query.getInput(), weight, bias);
  auto fused = bert::SelfAttentionOp::create(
      b, loc, result, qkv, attention.getOffsets(), attention.getNumHeads());
  attention.getResult().replaceAllUsesWith(fused);
  attention.erase();
  for (bert::LinearOp product : products)
    product.erase();
}

struct FuseQkvPass : bertc::impl::BertFuseQkvBase<FuseQkvPass> {
  void runOnOperation() override {
    SmallVector<bert::AttentionOp> attentions;
    getOperation().walk(
        [&](bert::AttentionOp op) { attentions.push_back(op); });
    for (bert::AttentionOp attention : attentions) {
      Products products = {
          attention.getQuery().getDefiningOp<bert::LinearOp>(),
          attention.getKey().getDefiningOp<bert::LinearOp>(),
          attention.getValue().getDefiningOp<bert::LinearOp>()};
      StringRef why = obstacle(products);
      if (why.empty())
        fuse(attention, products);
      else
        attention.emitRemark("not fused: ") << why;
    }
  }
};

} // namespace
