//===- GradientKernels.h - kernels of backward passes ---------------------===//
//
// As Kernels.h, for the ops of dialect/BertGradientOps.td, which have the
// formulas. `gradient` and results in rows have rowStride; gradients of
// parameters lie as their parameters do.
//
// A gradient of a parameter is a sum over the rows of a batch. Threads share
// out its elements, not the rows: each sum has one order, whatever their
// number.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_PASSES_TILE_GRADIENTKERNELS_H
#define BERTC_PASSES_TILE_GRADIENTKERNELS_H

#include "passes/tile/Kernels.h"

#include <optional>

namespace bertc {

/// dw[n, k] = sum over t of gradient[t, n] x[t, k], whose factors are rounded
/// to `precision`, f32 or bf16.
/// (on where it `accumulates`, gradient [T,N], x [T,K], dw [N,K], scratch bytes
///  of this thread, rows, thread, threads): added to dw where `on` is not 0.
mlir::func::FuncOp weightGradientKernel(mlir::ModuleOp module, int64_t outputs,
                                        int64_t inputs,
                                        bert::Precision precision,
                                        bool accumulates,
                                        const TargetDescription &target);
/// Bytes of scratch one thread of it needs.
int64_t weightGradientScratchBytes(mlir::MLIRContext *context,
                                   bert::Precision precision,
                                   const TargetDescription &target);

/// With a rate of dropout, bert.dropout_attention_gradient.
/// (gradient [T,H], query [T,H], key [T,H], value [T,H], offsets [B+1], (random
///  key [2], sequence_ids [B])?, dq, dk and dv side by side [T,3H], scratch
///  bytes of this thread, sequences, thread, threads)
mlir::func::FuncOp attentionGradientKernel(mlir::ModuleOp module, int64_t heads,
                                           int64_t headSize,
                                           int64_t maxPositions,
                                           std::optional<double> dropout,
                                           const TargetDescription &target);
/// Bytes of scratch one thread of it needs.
int64_t attentionGradientScratchBytes(mlir::MLIRContext *context,
                                      int64_t headSize, int64_t maxPositions,
                                      const TargetDescription &target);

/// (gradient [T,H], x [T,H], dx [T,H], rows, thread, threads)
mlir::func::FuncOp activationGradientKernel(mlir::ModuleOp module,
                                            int64_t columns,
                                            bert::Activation activation,
                                            const TargetDescription &target);

/// (gradient [T,H], x [T,H], scale [H], dx [T,H], rows, thread, threads)
mlir::func::FuncOp layerNormGradientKernel(mlir::ModuleOp module,
                                           int64_t columns, double epsilon,
                                           const TargetDescription &target);

/// (gradient [T,H], x [T,H], ds [H], rows, thread, threads)
mlir::func::FuncOp
layerNormScaleGradientKernel(mlir::ModuleOp module, int64_t columns,
                             double epsilon, const TargetDescription &target);

/// (x [T,H], sums [H], rows, thread, threads)
mlir::func::FuncOp columnSumsKernel(mlir::ModuleOp module, int64_t columns,
                                    const TargetDescription &target);

/// (gradient [T,H], x [T,H], dx [T,H], rows, thread, threads)
mlir::func::FuncOp l2NormalizeGradientKernel(mlir::ModuleOp module,
                                             int64_t columns, double epsilon,
                                             const TargetDescription &target);

/// (x [T,H], y [T,H], cosines [T,1], rows, thread, threads)
mlir::func::FuncOp cosineKernel(mlir::ModuleOp module, int64_t columns,
                                double epsilon,
                                const TargetDescription &target);
/// (gradient [T,1], x [T,H], other [T,H], dx [T,H], rows, thread, threads)
mlir::func::FuncOp cosineGradientKernel(mlir::ModuleOp module, int64_t columns,
                                        double epsilon,
                                        const TargetDescription &target);

/// y = factor x. (x [T,H], y [T,H], rows, thread, threads)
mlir::func::FuncOp scaleKernel(mlir::ModuleOp module, int64_t columns,
                               double factor, const TargetDescription &target);

/// z = x + y, on arrays of a constant shape, such as gradients of parameters.
/// (x [n], y [n], z [n], n, thread, threads); z may be x or y.
mlir::func::FuncOp flatAddKernel(mlir::ModuleOp module,
                                 const TargetDescription &target);
/// y = x, where y may begin within a memref. (x [n], y [n], n, thread, threads)
mlir::func::FuncOp copyIntoKernel(mlir::ModuleOp module,
                                  const TargetDescription &target);
/// All elements of y. (y [n], n, thread, threads)
mlir::func::FuncOp flatFillKernel(mlir::ModuleOp module, double value,
                                  const TargetDescription &target);
/// sum + term; term where `on` is 0.
/// (sum [n], term [n], on, result [n], n, thread, threads); the result may be
/// the sum.
mlir::func::FuncOp accumulateKernel(mlir::ModuleOp module,
                                    const TargetDescription &target);
/// A number times another. (x, y, x y [n], n, thread, threads)
mlir::func::FuncOp weighKernel(mlir::ModuleOp module,
                               const TargetDescription &target);
/// y = factor x, likewise. (x [n], y [n], n, thread, threads)
mlir::func::FuncOp flatScaleKernel(mlir::ModuleOp module, double factor,
                                   const TargetDescription &target);

/// y[t, first + c] = x[t, c], zero elsewhere.
/// (x [T,count], y [T,columns], rows, thread, threads)
mlir::func::FuncOp placeColumnsKernel(mlir::ModuleOp module, int64_t count,
                                      int64_t first, int64_t columns,
                                      const TargetDescription &target);

/// dx[rows[p]] += gradient[p], on zeros.
/// (gradient [P,H], rows [P], dx [T,H], T, thread, threads)
mlir::func::FuncOp gatherGradientKernel(mlir::ModuleOp module, int64_t columns,
                                        const TargetDescription &target);

/// (gradient [B,H], offsets [B+1], dx [T,H], sequences, thread, threads)
mlir::func::FuncOp poolingGradientKernel(mlir::ModuleOp module, Pooling pooling,
                                         int64_t columns,
                                         const TargetDescription &target);

/// (on where it `accumulates`, gradient [T,H], ids [T], table [rows,H], T,
///  thread, threads): added to the table's rows where `on` is not 0.
mlir::func::FuncOp embeddingGradientKernel(mlir::ModuleOp module, int64_t rows,
                                           int64_t columns,
                                           std::optional<int64_t> padding,
                                           bool accumulates,
                                           const TargetDescription &target);

} // namespace bertc

#endif // BERTC_PASSES_TILE_GRADIENTKERNELS_H
