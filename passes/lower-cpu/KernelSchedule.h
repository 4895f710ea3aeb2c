//===- KernelSchedule.h - kernels one after the other ---------------------===//

#ifndef BERTC_PASSES_LOWERCPU_KERNELSCHEDULE_H
#define BERTC_PASSES_LOWERCPU_KERNELSCHEDULE_H

#include "passes/TargetDescription.h"
#include "passes/lower-cpu/Phases.h"
#include "passes/lower-cpu/ProgramLayout.h"
#include "passes/lower-cpu/RunContext.h"

#include "dialect/BertOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/OpDefinition.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"

#include <cstdint>
#include <optional>

namespace bertc {

/// A parameter or an array of the run, as a kernel gets it.
struct KernelArray {
  mlir::Value tensor; ///< or, for a temporary, its memref
  /// What the kernel reads and writes of it; unset: each element once.
  std::optional<RunAmount> bytes;

  KernelArray(mlir::Value tensor) : tensor(tensor) {}
  KernelArray(mlir::Value tensor, const RunAmount &bytes)
      : tensor(tensor), bytes(bytes) {}
  bool isTemporary() const {
    return mlir::isa<mlir::MemRefType>(tensor.getType());
  }
};

/// Rows of f32 that the kernels of one op share; with `rows` constant a vector.
struct KernelTemporary {
  RowKind rows = RowKind::tokens;
  int64_t columns = 1;
};

/// A call of a kernel of passes/tile/Kernels.h.
struct KernelLaunch {
  mlir::func::FuncOp kernel;
  llvm::SmallVector<KernelArray> arrays; ///< in the kernel's order
  RowKind rows = RowKind::tokens;        ///< what the threads share out
  bool takesScratch = false;             ///< behind the arrays
  RunAmount flops = {};                  ///< of its products
  std::string dtype = "f32";             ///< of their factors
  /// With `rows` constant, how many there are.
  int64_t count = 0;
  /// Whether arrays of constant shape are handed over as memref<?xf32>.
  bool flat = false;
};

/// Of a memref of constant shape.
int64_t elementsOf(mlir::Value memref);
/// It as memref<?xf32>.
mlir::Value flatten(mlir::ImplicitLocOpBuilder &b, mlir::Value memref);

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
  /// Of a tensor [rows, columns].
  static int64_t columns(mlir::Value tensor) {
    return mlir::cast<mlir::RankedTensorType>(tensor.getType()).getDimSize(1);
  }

  /// Of the products in an op.
  RunAmount flopsOf(bert::FlopsOpInterface op) const;

  /// Calls a kernel on its arrays, rows, thread and threads, then waits for all
  /// threads.
  void launch(const KernelLaunch &launch);
  /// Whether an array has as many rows, or elements, in every run.
  bool isConstant(mlir::Value tensor) const {
    return kindOf(tensor) == RowKind::constant;
  }
  /// All elements of an array of constant shape.
  void fill(mlir::Value tensor, double value);
  /// The rows of a tensor to the place of another.
  void copy(mlir::Value tensor, mlir::Value destination);

  const mlir::ModuleOp module;
  const TargetDescription &target;
  const int64_t maxPositions; ///< tokens of the longest sequence
  mlir::ImplicitLocOpBuilder b;
  RunContext context;
  /// Memrefs of the op's temporaries, while it is lowered.
  llvm::SmallVector<mlir::Value> temporaries;
  llvm::SmallVector<SchedulePhase> phases; ///< so far, those of callees too

private:
  void call(mlir::func::FuncOp kernel, llvm::SmallVector<mlir::Value> operands,
            RowKind rows, int64_t count);

  llvm::DenseMap<mlir::Value, mlir::Value> buffers;
  llvm::DenseMap<mlir::Value, RowKind> kinds;
};

/// Gives the ops of the bert dialect their KernelLoweringOpInterface.
void registerKernelLowerings(mlir::DialectRegistry &registry);

} // namespace bertc

#include "passes/lower-cpu/KernelLowering.h.inc"

#endif // BERTC_PASSES_LOWERCPU_KERNELSCHEDULE_H
