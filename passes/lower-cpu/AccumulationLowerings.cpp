//===- AccumulationLowerings.cpp - which kernels add to sums over runs ----===//
//
// Models of KernelLoweringOpInterface for dialect/BertAccumulationOps.td.
//
//===----------------------------------------------------------------------===//

#include "passes/lower-cpu/KernelLoweringForms.h"
#include "passes/tile/GradientKernels.h"

#include "dialect/BertOps.h"

using namespace bertc;
using namespace mlir;

namespace {

struct WeighLowering : Lowering<WeighLowering, bert::WeighOp> {
  bool takesConstantRows(Operation *, unsigned) const { return true; }
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    launchFlat(s, given, weighKernel(s.module, s.target));
  }
};

struct AccumulateLowering : Lowering<AccumulateLowering, bert::AccumulateOp> {
  bool takesConstantRows(Operation *, unsigned) const { return true; }
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::AccumulateOp>(given);
    KernelLaunch launch{accumulateKernel(s.module, s.target),
                        {op.getSum(), op.getTerm(), op.getOn(), op.getResult()},
                        RowKind::constant};
    launch.count = elementsOf(s.buffer(op.getResult()));
    launch.flat = true;
    s.launch(launch);
  }
};

/// Of ops whose kernels add to what lies where the result is to be.
template <typename Model, typename Op>
struct InPlaceLowering : Lowering<Model, Op> {
  /// The sum and whether it goes on.
  bool takesConstantRows(Operation *, unsigned operand) const {
    return operand < 2;
  }
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<Op>(given);
    if (Value place = s.buffer(op.getResult()); s.buffer(op.getSum()) != place)
      s.copy(op.getSum(), place);
    s.launch(static_cast<const Model *>(this)->launch(op, s));
  }
};

struct AccumulateWeightGradientLowering
    : InPlaceLowering<AccumulateWeightGradientLowering,
                      bert::AccumulateWeightGradientOp> {
  KernelLaunch launch(bert::AccumulateWeightGradientOp op,
                      KernelSchedule &s) const {
    return {weightGradientKernel(s.module, s.columns(op.getGradient()),
                                 s.columns(op.getInput()), op.getPrecision(),
                                 /*accumulates=*/true, s.target),
            {op.getOn(), op.getGradient(), op.getInput(), op.getResult()},
            s.kindOf(op.getInput()),
            /*takesScratch=*/true,
            s.flopsOf(op),
            bert::stringifyPrecision(op.getPrecision()).str()};
  }
};

struct AccumulateEmbeddingGradientLowering
    : InPlaceLowering<AccumulateEmbeddingGradientLowering,
                      bert::AccumulateEmbeddingGradientOp> {
  KernelLaunch launch(bert::AccumulateEmbeddingGradientOp op,
                      KernelSchedule &s) const {
    auto table = cast<RankedTensorType>(op.getSum().getType());
    return {embeddingGradientKernel(s.module, table.getDimSize(0),
                                    table.getDimSize(1), op.getPadding(),
                                    /*accumulates=*/true, s.target),
            {op.getOn(), op.getGradient(), op.getIds(), op.getResult()},
            s.kindOf(op.getIds())};
  }
};

} // namespace

void bertc::registerAccumulationLowerings(MLIRContext &c) {
  bert::AccumulateOp::attachInterface<AccumulateLowering>(c);
  bert::AccumulateEmbeddingGradientOp::attachInterface<
      AccumulateEmbeddingGradientLowering>(c);
  bert::AccumulateWeightGradientOp::attachInterface<
      AccumulateWeightGradientLowering>(c);
  bert::WeighOp::attachInterface<WeighLowering>(c);
}
