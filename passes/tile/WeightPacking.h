//===- WeightPacking.h - weights that a run packs itself ------------------===//
//
// What is learned changes from run to run: bert.concat, bert.pack and
// bert.pack_transposed of it are kernels. As Kernels.h.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_PASSES_TILE_WEIGHTPACKING_H
#define BERTC_PASSES_TILE_WEIGHTPACKING_H

#include "passes/TargetDescription.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace bertc {

/// packed[p, k, j] = w[p * panel + j, k], zero past the last row. Threads share
/// out vectors of rows.
/// (w [N,K], packed [ceil(N / panel), K, panel], count, thread, threads)
mlir::func::FuncOp packKernel(mlir::ModuleOp module, int64_t rows,
                              int64_t columns, const TargetDescription &target);
/// How many vectors of rows it has: `count`.
int64_t packedVectors(int64_t rows, const TargetDescription &target);

/// packed[p, n, j] = w[n, p * panel + j], for products with the weight's rows.
/// (w [N,K], packed [ceil(K / panel), N, panel], N, thread, threads)
mlir::func::FuncOp packTransposedKernel(mlir::ModuleOp module, int64_t rows,
                                        int64_t columns,
                                        const TargetDescription &target);

} // namespace bertc

#endif // BERTC_PASSES_TILE_WEIGHTPACKING_H
