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

/// What adds a term of one of these kinds to its sum as it computes it.
Operation *createFused(OpBuilder &b, bert::AccumulateOp sum,
                       bert::LinearWeightGradientOp term) {
  return bert::AccumulateWeightGradientOp::create(
      b, sum.getLoc(), sum.getType(), sum.getSum(), sum.getOn(),
      term.getGradient(), term.getInput(), term.getPrecision());
}
Operation *createFused(OpBuilder &b, bert::AccumulateOp sum,
                       bert::EmbeddingGradientOp term) {
  return bert::AccumulateEmbeddingGradientOp::create(
      b, sum.getLoc(), sum.getType(), sum.getSum(), sum.getOn(),
      term.getGradient(), term.getIds(), term.getPaddingAttr());
}

struct FuseAccumulationPass
    : bertc::impl::BertFuseAccumulationBase<FuseAccumulationPass> {
  void runOnOperation() override {
    getOperation().walk([](bert::AccumulateOp sum) {
      Operation *term = sum.getTerm().getDefiningOp();
      if (auto weight = dyn_cast_or_null<bert::LinearWeightGradientOp>(term))
        fuse(sum, weight);
      else if (auto table = dyn_cast_or_null<bert::EmbeddingGradientOp>(term))
        fuse(sum, table);
    });
  }

private:
  template <typename Term> static void fuse(bert::AccumulateOp sum, Term term) {
    if (!term->hasOneUse()) {
      sum.emitRemark("not fused: the term has other uses");
      return;
    }
    OpBuilder b(sum);
    sum->replaceAllUsesWith(createFused(b, sum, term));
    sum.erase();
    term.erase();
  }
};

} // namespace
