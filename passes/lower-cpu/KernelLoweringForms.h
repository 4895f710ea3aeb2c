//===- KernelLoweringForms.h - what models of the interface share ---------===//

#ifndef BERTC_PASSES_LOWERCPU_KERNELLOWERINGFORMS_H
#define BERTC_PASSES_LOWERCPU_KERNELLOWERINGFORMS_H

#include "passes/lower-cpu/KernelSchedule.h"

#include "mlir/IR/DialectRegistry.h"

namespace bertc {

template <typename Model, typename Op>
using Lowering = KernelLoweringOpInterface::ExternalModel<Model, Op>;

/// A kernel on all operands of an op, and on its result or what stands in its
/// place.
inline KernelLaunch onOperands(mlir::Operation *op, mlir::func::FuncOp kernel,
                               RowKind rows, KernelArray result) {
  KernelLaunch launch{kernel, {}, rows};
  launch.arrays.append(op->operand_begin(), op->operand_end());
  launch.arrays.push_back(result);
  return launch;
}

/// The same by the rows of the first operand.
inline void launchPlainly(KernelSchedule &s, mlir::Operation *op,
                          mlir::func::FuncOp kernel) {
  s.launch(
      onOperands(op, kernel, s.kindOf(op->getOperand(0)), op->getResult(0)));
}

/// A kernel of attention, forward or backward: by sequences, with scratch.
inline void launchAttention(KernelSchedule &s, bert::FlopsOpInterface op,
                            mlir::func::FuncOp kernel) {
  KernelLaunch launch =
      onOperands(op, kernel, RowKind::sequences, op->getResult(0));
  launch.takesScratch = true;
  launch.flops = s.flopsOf(op);
  s.launch(launch);
}

/// The same on arrays of constant shape.
inline void launchFlat(KernelSchedule &s, mlir::Operation *op,
                       mlir::func::FuncOp kernel) {
  KernelLaunch launch =
      onOperands(op, kernel, RowKind::constant, op->getResult(0));
  launch.count = elementsOf(s.buffer(op->getResult(0)));
  launch.flat = true;
  s.launch(launch);
}

/// Of ops with epsilon, whose kernel depends on it and on the columns of
/// operand `of`.
template <typename Op,
          mlir::func::FuncOp (*kernel)(mlir::ModuleOp, int64_t, double,
                                       const TargetDescription &),
          unsigned of>
struct EpsilonLowering : Lowering<EpsilonLowering<Op, kernel, of>, Op> {
  void lowerToKernels(mlir::Operation *given, KernelSchedule &s) const {
    auto op = mlir::cast<Op>(given);
    launchPlainly(s, op,
                  kernel(s.module, s.columns(op->getOperand(of)),
                         op.getEpsilon().convertToDouble(), s.target));
  }
};

/// Models of backward passes (GradientLowerings.cpp).
void registerGradientLowerings(mlir::MLIRContext &context);
/// Models of sums over runs (AccumulationLowerings.cpp).
void registerAccumulationLowerings(mlir::MLIRContext &context);
/// Models of updates (OptimizerLowerings.cpp).
void registerOptimizerLowerings(mlir::MLIRContext &context);

} // namespace bertc

#endif // BERTC_PASSES_LOWERCPU_KERNELLOWERINGFORMS_H
