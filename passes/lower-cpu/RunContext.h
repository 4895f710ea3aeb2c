//===- RunContext.h - what lowered functions know of the run --------------===//

#ifndef BERTC_PASSES_LOWERCPU_RUNCONTEXT_H
#define BERTC_PASSES_LOWERCPU_RUNCONTEXT_H

#include "passes/lower-cpu/ProgramLayout.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace bertc {

/// Values that every lowered function is handed behind its own arguments.
struct RunContext {
  mlir::Value weights, workspace, scratch; ///< memref<?xi8>
  mlir::Value frame;                       ///< bytes into the workspace
  mlir::Value tokens, sequences, selected; ///< T, B, P
  mlir::Value paddedTokens, paddedSequences;
  mlir::Value thread, threads;
  mlir::Value call; ///< const bertc_call *

  static llvm::SmallVector<mlir::Type> types(mlir::MLIRContext *context);
  llvm::SmallVector<mlir::Value> values() const;
  static RunContext fromArguments(mlir::ValueRange arguments);

  /// Opens the context in the entry, from its argument `call`.
  static RunContext open(mlir::ImplicitLocOpBuilder &b, mlir::Value call,
                         int64_t scratchBytes);

  /// How many rows an array of this kind has.
  mlir::Value rows(mlir::ImplicitLocOpBuilder &b, RowKind kind) const;
  /// frame + offset, in bytes into the workspace. No offset inside a frame
  /// depends on the number of threads.
  mlir::Value address(mlir::ImplicitLocOpBuilder &b,
                      const AffineBytes &offset) const;
  /// Waits until all threads of the run are here.
  void barrier(mlir::ImplicitLocOpBuilder &b, mlir::ModuleOp module) const;
};

} // namespace bertc

#endif // BERTC_PASSES_LOWERCPU_RUNCONTEXT_H
