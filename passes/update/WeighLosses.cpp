//===- WeighLosses.cpp - bert-weigh-losses --------------------------------===//

#include "passes/Passes.h"
#include "passes/Symbols.h"
#include "passes/update/States.h"

#include "dialect/BertOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/TypeSwitch.h"

namespace bertc {
#define GEN_PASS_DEF_BERTWEIGHLOSSES
#include "passes/Passes.h.inc"
} // namespace bertc

using namespace bertc;
using namespace mlir;

namespace {

/// What a mean over the rows of a batch compares with; null for other ops.
Value labelsOf(Operation &op) {
  return llvm::TypeSwitch<Operation &, Value>(op)
      .Case<bert::CrossEntropyOp, bert::SequenceCrossEntropyOp,
            bert::BinaryCrossEntropyOp, bert::MeanSquaredErrorOp,
            bert::CosineEmbeddingOp, bert::PairSimilarityOp>(
          [](auto loss) { return loss.getLabels(); })
      .Case<bert::DistillationOp>([](auto loss) { return loss.getTeacher(); })
      .Default([](Operation &) { return Value(); });
}

struct WeighLossesPass : bertc::impl::BertWeighLossesBase<WeighLossesPass> {
  void runOnOperation() override {
    func::FuncOp entry = findEntry(getOperation());
    if (!entry || entry.isExternal()) {
      emitError(getOperation().getLoc()) << "no function carries bert.entry";
      return signalPassFailure();
    }
    for (Operation &op : llvm::make_early_inc_range(entry.front()))
      if (auto labels = dyn_cast_or_null<BlockArgument>(labelsOf(op)))
        weigh(entry, op.getResult(0), labels);
  }

private:
  static void weigh(func::FuncOp entry, Value loss, BlockArgument labels) {
    StringRef name = nameOf(entry.getArgAttrDict(labels.getArgNumber()));
    if (name.empty())
      return;
    const std::string weightName = (name + ".weight").str();
    Value weight = findArgument(entry, weightName);
    if (!weight)
      weight = addStateArgument(entry, weightName, "number", loss.getType());
    OpBuilder b(entry.getContext());
    b.setInsertionPointAfterValue(loss);
    auto weighed = bert::WeighOp::create(b, loss.getLoc(), loss, weight);
    loss.replaceAllUsesExcept(weighed, weighed);
  }
};

} // namespace
