//===- FlatKernels.h - elementwise kernels on whole parameters ------------===//

#ifndef BERTC_PASSES_TILE_FLATKERNELS_H
#define BERTC_PASSES_TILE_FLATKERNELS_H

#include "passes/tile/KernelBuilder.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace bertc {

/// What a flat kernel takes and gives: memref<?xf32>, all of n elements but
/// numbers, which have one.
struct FlatShape {
  unsigned inputs = 0, numbers = 0, outputs = 1;
  bool anywhere = false; ///< outputs may begin within a memref
  unsigned arrays() const { return inputs + numbers + outputs; }
};

/// The elements of the outputs, of those of the inputs and of the numbers, each
/// a vector of `wide()` lanes.
using FlatFormula = llvm::function_ref<llvm::SmallVector<mlir::Value>(
    KernelBuilder &, mlir::ValueRange inputs, mlir::ValueRange numbers)>;

/// The kernel of that name. An output may lie where an input does.
/// (inputs, numbers, outputs, n, thread, threads)
mlir::func::FuncOp flatKernel(mlir::ModuleOp module, llvm::StringRef name,
                              const FlatShape &shape,
                              const TargetDescription &target,
                              FlatFormula formula);

} // namespace bertc

#endif // BERTC_PASSES_TILE_FLATKERNELS_H
