//===- FunctionLowering.h - one tensor function to a kernel schedule ------===//

#ifndef BERTC_PASSES_LOWERCPU_FUNCTIONLOWERING_H
#define BERTC_PASSES_LOWERCPU_FUNCTIONLOWERING_H

#include "passes/TargetDescription.h"
#include "passes/lower-cpu/Phases.h"
#include "passes/lower-cpu/ProgramLayout.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/StringMap.h"

namespace bertc {

/// A private function after lowering. Arguments: those of the tensor function,
/// one memref for each result, then the run's context.
struct LoweredFunction {
  mlir::func::FuncOp function;
  AffineBytes frame; ///< its own temporaries and those of what it calls
  llvm::SmallVector<RowKind> results;
  llvm::SmallVector<SchedulePhase> phases; ///< on the source's arguments
};

/// A symbol's name without what the lowering adds to it for its own time.
llvm::StringRef plainName(llvm::StringRef name);

/// Lowers the entry and, on first call, each function it calls.
class ProgramLowering {
public:
  ProgramLowering(mlir::ModuleOp module, const TargetDescription &target,
                  ProgramLayout &layout, int64_t maxPositions,
                  int64_t scratchBytes)
      : module(module), target(target), layout(layout),
        maxPositions(maxPositions), scratchBytes(scratchBytes) {}

  mlir::LogicalResult lowerEntry(mlir::func::FuncOp entry);
  /// `kinds` says for each argument what its rows are.
  mlir::FailureOr<LoweredFunction *>
  lowerPrivate(mlir::func::FuncOp function, llvm::ArrayRef<RowKind> kinds);

  /// Whether `op` is a function that has been lowered and may go.
  bool isSource(mlir::Operation *op) const;
  /// Frees the names that kernels and lowered functions take.
  void renameSources();
  /// Gives lowered functions their source's name, where no kernel took it.
  void renameLowered();

  mlir::ModuleOp getModule() const { return module; }
  const TargetDescription &getTarget() const { return target; }
  ProgramLayout &getLayout() { return layout; }
  int64_t getMaxPositions() const { return maxPositions; }
  int64_t getScratchBytes() const { return scratchBytes; }

private:
  mlir::ModuleOp module;
  const TargetDescription &target;
  ProgramLayout &layout;
  int64_t maxPositions, scratchBytes;
  mlir::Operation *entrySource = nullptr;
  llvm::SmallPtrSet<mlir::Operation *, 4> active; ///< being analysed
  struct Entry {
    mlir::Operation *source;
    llvm::SmallVector<RowKind> kinds;
    LoweredFunction lowered;
  };
  llvm::StringMap<Entry> functions;
};

} // namespace bertc

#endif // BERTC_PASSES_LOWERCPU_FUNCTIONLOWERING_H
