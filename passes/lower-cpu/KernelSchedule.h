//===- KernelSchedule.h - kernels one after the other ---------------------===//

#ifndef BERTC_PASSES_LOWERCPU_KERNELSCHEDULE_H
#define BERTC_PASSES_LOWERCPU_KERNELSCHEDULE_H

#include "passes/TargetDescription.h"
#include "passes/lower-cpu/ProgramLayout.h"
#include "passes/lower-cpu/RunContext.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/OpDefinition.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"

#include <cstdint>

namespace bertc {

/// A function of kernel calls as it is being written, and where its arrays lie.
/// Every thread of a run executes it.
class KernelSchedule {
public:
  KernelSchedule(mlir::ModuleOp module, const TargetDescription &target,
                 int64_t maxPositions, mlir::Location loc)
      : module(module), target(target), maxPositions(maxPositions),
        b(loc, module.getContext()) {}

  /// The memref of a tensor; null where it has none yet.
  mlir::Value buffer(mlir::Value tensor) const {
    return buffers.lookup(tensor);
  }
  void setBuffer(mlir::Value tensor, mlir::Value buffer) {
    buffers[tensor] = buffer;
  }
  /// What the rows of an array stand for, and how many there are in the run.
  RowKind kindOf(mlir::Value tensor) const { return kinds.lookup(tensor); }
  void setKind(mlir::Value tensor, RowKind kind) { kinds[tensor] = kind; }
  mlir::Value rows(mlir::Value tensor) {
    return context.rows(b, kindOf(tensor));
  }
  /// Of a tensor [rows, columns].
  static int64_t columns(mlir::Value tensor) {
    return mlir::cast<mlir::RankedTensorType>(tensor.getType()).getDimSize(1);
  }

  /// Calls a kernel of passes/tile/Kernels.h on `operands`, rows, thread and
  /// threads, then waits for all threads.
  void launch(mlir::func::FuncOp kernel,
              llvm::SmallVector<mlir::Value> operands, mlir::Value rows);

  const mlir::ModuleOp module;
  const TargetDescription &target;
  const int64_t maxPositions; ///< tokens of the longest sequence
  mlir::ImplicitLocOpBuilder b;
  RunContext context;

private:
  llvm::DenseMap<mlir::Value, mlir::Value> buffers;
  llvm::DenseMap<mlir::Value, RowKind> kinds;
};

/// Gives the ops of the bert dialect their KernelLoweringOpInterface.
void registerKernelLowerings(mlir::DialectRegistry &registry);

} // namespace bertc

#include "passes/lower-cpu/KernelLowering.h.inc"

#endif // BERTC_PASSES_LOWERCPU_KERNELSCHEDULE_H
