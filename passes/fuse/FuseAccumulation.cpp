//===- FuseAccumulation.cpp - bert-fuse-accumulation ----------------------===//

#include "passes/Passes.h"

#include "dialect/BertOps.h"

#include "mlir/IR/Builders.h"

namespace bertc {
#define GEN_PASS_DEF_BERTFUSEACCUMULATION
#include "passes/Passes.h.inc"
} // namespace bertc

using namespace bertc;
using namespace mlir;

namespace {

/// The op that adds a term to its sum as it computes it; null where none does.
Operation *createFused(OpBuilder &b, bert::AccumulateOp sum) {
  Operation *term = sum.getTerm().getDefiningOp();
  if (auto weight = dyn_cast<bert::LinearWeightGradientOp>(term))
    return bert::AccumulateWeightGradientOp::create(
        b, sum.getLoc(), sum.getType(), sum.getSum(), sum.getOn(),
        weight.getGradient(), weight.getInput(), weight.getPrecision());
  auto embedding = cast<bert::EmbeddingGradientOp>(term);
  return bert::AccumulateEmbeddingGradientOp::create(
      b, sum.getLoc(), sum.getType(), sum.getSum(), sum.getOn(),
      embedding.getGradient(), embedding.getIds(), embedding.getPaddingAttr());
}

struct FuseAccumulationPass
    : bertc::impl::BertFuseAccumulationBase<FuseAccumulationPass> {
  void runOnOperation() override {
    getOperation().walk([](bert::AccumulateOp sum) {
      Operation *term = sum.getTerm().getDefiningOp();
      if (!isa_and_nonnull<bert::LinearWeightGradientOp,
                           bert::EmbeddingGradientOp>(term))
        return;
      if (!term->hasOneUse()) {
        sum.emitRemark("not fused: the term has other uses");
        return;
      }
      OpBuilder b(sum);
      sum->replaceAllUsesWith(createFused(b, sum));
      sum.erase();
      term->erase();
    });
  }
};

} // namespace
