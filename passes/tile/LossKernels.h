//===- LossKernels.h - losses and their gradients -------------------------===//
//
// The ops of dialect/BertLossOps.td, which have the formulas. A loss is summed
// in two kernels: `parts` has for each row, or sequence, what it adds to the
// sum and to the number that this is divided by; one thread then adds them up,
// in f64 and in their order. `loss` and `gradient` are vectors of one element.
//
// A label that is no class, or no token of its sequence, counts as none,
// whatever it is: kernels read nothing by it. Of no labels at all the loss and
// its gradients are zero; who runs them refuses such a batch.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_PASSES_TILE_LOSSKERNELS_H
#define BERTC_PASSES_TILE_LOSSKERNELS_H

#include "passes/TargetDescription.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace bertc {

/// Columns of `parts`.
inline constexpr int64_t lossParts = 2;

/// (parts [R,2], loss, rows, thread, threads)
mlir::func::FuncOp meanOfPartsKernel(mlir::ModuleOp module,
                                     const TargetDescription &target);

/// (logits [T,C], labels [T], parts [T,2], rows, thread, threads)
mlir::func::FuncOp crossEntropyKernel(mlir::ModuleOp module, int64_t classes,
                                      int64_t ignoreLabel,
                                      const TargetDescription &target);
/// (gradient, logits [T,C], labels [T], dx [T,C], rows, thread, threads)
mlir::func::FuncOp crossEntropyGradientKernel(mlir::ModuleOp module,
                                              int64_t classes,
                                              int64_t ignoreLabel,
                                              const TargetDescription &target);

/// (logits [T,1], offsets [B+1], labels [B], parts [B,2], sequences, thread,
///  threads)
mlir::func::FuncOp sequenceCrossEntropyKernel(mlir::ModuleOp module,
                                              const TargetDescription &target);
/// (gradient, logits [T,1], offsets [B+1], labels [B], dx [T,1], sequences,
///  thread, threads)
mlir::func::FuncOp
sequenceCrossEntropyGradientKernel(mlir::ModuleOp module,
                                   const TargetDescription &target);

/// Losses of each element x with its label y.
enum class PairLoss { binaryCrossEntropy, squaredError };

/// (x [T,C], y [T,C], parts [T,2], rows, thread, threads)
mlir::func::FuncOp pairLossKernel(mlir::ModuleOp module, PairLoss loss,
                                  int64_t columns,
                                  const TargetDescription &target);
/// (gradient, x [T,C], y [T,C], dx [T,C], rows, thread, threads)
mlir::func::FuncOp pairLossGradientKernel(mlir::ModuleOp module, PairLoss loss,
                                          int64_t columns,
                                          const TargetDescription &target);

/// (logits [T,C], teacher [T,C], parts [T,2], rows, thread, threads)
mlir::func::FuncOp distillationKernel(mlir::ModuleOp module, int64_t classes,
                                      double temperature,
                                      const TargetDescription &target);
/// (gradient, logits [T,C], teacher [T,C], dx [T,C], rows, thread, threads)
mlir::func::FuncOp distillationGradientKernel(mlir::ModuleOp module,
                                              int64_t classes,
                                              double temperature,
                                              const TargetDescription &target);

/// In RowGradientKernels.cpp, beside the cosine's own.
/// (x [T,H], y [T,H], parts [T,2], rows, thread, threads)
mlir::func::FuncOp cosineEmbeddingKernel(mlir::ModuleOp module, int64_t columns,
                                         double epsilon,
                                         const TargetDescription &target);
/// (gradient, x [T,H], y [T,H], dx [T,H], rows, thread, threads)
mlir::func::FuncOp
cosineEmbeddingGradientKernel(mlir::ModuleOp module, int64_t columns,
                              double epsilon, const TargetDescription &target);

/// In PairLossKernels.cpp; rows 2p and 2p+1 of x are pair p.
/// (x [2P,H], labels [P,1], parts [P,2], pairs, thread, threads)
mlir::func::FuncOp pairSimilarityKernel(mlir::ModuleOp module, int64_t columns,
                                        const TargetDescription &target);
/// (gradient, x [2P,H], labels [P,1], dx [2P,H], pairs, thread, threads)
mlir::func::FuncOp
pairSimilarityGradientKernel(mlir::ModuleOp module, int64_t columns,
                             const TargetDescription &target);

/// (x [2P,H], labels [P], parts [P,2], pairs, thread, threads)
mlir::func::FuncOp pairRankingKernel(mlir::ModuleOp module, int64_t columns,
                                     double scale,
                                     const TargetDescription &target);
/// Columns of `facts`: a pair's largest score; what its exponentials are
/// multiplied by, zero without a label; and the weight of its label.
inline constexpr int64_t rankingFacts = 3;
/// (gradient, x [2P,H], labels [P], facts [P,3], pairs, thread, threads)
mlir::func::FuncOp pairRankingFactsKernel(mlir::ModuleOp module,
                                          int64_t columns, double scale,
                                          const TargetDescription &target);
/// (x [2P,H], labels [P], facts [P,3], dx [2P,H], pairs, thread, threads)
mlir::func::FuncOp pairRankingGradientKernel(mlir::ModuleOp module,
                                             int64_t columns, double scale,
                                             const TargetDescription &target);

} // namespace bertc

#endif // BERTC_PASSES_TILE_LOSSKERNELS_H
