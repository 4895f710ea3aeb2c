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

/// bert.pack in `precision`, f32 or bf16. Threads share out vectors of rows.
/// (w [N,K], packed bert::packedShape(N, K), count, thread, threads)
mlir::func::FuncOp packKernel(mlir::ModuleOp module, int64_t rows,
                              int64_t columns, bert::Precision precision,
                              const TargetDescription &target);
/// How many vectors of rows it has: `count`.
int64_t packedVectors(int64_t rows, const TargetDescription &target);

/// bert.pack_transposed in `precision`, f32 or bf16. Threads share out groups
/// of n.
/// (w [N,K], packed bert::packedShape(K, N), bert::groupsOf(N), thread,
/// threads)
mlir::func::FuncOp packTransposedKernel(mlir::ModuleOp module, int64_t rows,
                                        int64_t columns,
                                        bert::Precision precision,
                                        const TargetDescription &target);

} // namespace bertc

#endif // BERTC_PASSES_TILE_WEIGHTPACKING_H
