//===- OptimizerKernels.h - steps of optimisers ---------------------------===//
//
// The ops of dialect/BertOptimizerOps.td, which have the formulas, on whole
// parameters: memref<?xf32>, numbers of one element. Results may lie where the
// operands do that they update.
//
// A norm is summed in two kernels: blocks of `normBlock` elements, whatever the
// number of threads, then the blocks, in f64 and in their order.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_PASSES_TILE_OPTIMIZERKERNELS_H
#define BERTC_PASSES_TILE_OPTIMIZERKERNELS_H

#include "passes/TargetDescription.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace bertc {

/// Elements that one part of a norm is of.
inline constexpr int64_t normBlock = 4096;

/// parts[i] = sum of x^2 over block i.
/// (x [n], parts [ceil(n / normBlock)] at any offset, n, thread, threads)
mlir::func::FuncOp squaredPartsKernel(mlir::ModuleOp module,
                                      const TargetDescription &target);
/// The root of all parts' sum, by one thread.
/// (parts [m], norm, m, thread, threads)
mlir::func::FuncOp normOfPartsKernel(mlir::ModuleOp module,
                                     const TargetDescription &target);

/// (norm, factor, 1, thread, threads)
mlir::func::FuncOp clipFactorKernel(mlir::ModuleOp module, double maxNorm,
                                    double epsilon,
                                    const TargetDescription &target);

/// Of bert.adam and bert.lamb.
struct MomentRates {
  double firstDecay, secondDecay, epsilon;
};

/// (p, m, v, gradient, factor, rate, correction, decay where `decays`,
///  p', m', v', n, thread, threads)
mlir::func::FuncOp adamKernel(mlir::ModuleOp module, const MomentRates &rates,
                              bool decays, const TargetDescription &target);

/// (p, u, gradient, factor, rate, decay where `decays`, p', u', n, thread,
///  threads)
mlir::func::FuncOp sgdKernel(mlir::ModuleOp module, double momentum,
                             bool nesterov, bool decays,
                             const TargetDescription &target);

/// The moments, and LAMB's direction without its ratio.
/// (p, m, v, gradient, factor, first correction, second correction, decay where
///  `decays`, direction, m', v', n, thread, threads)
mlir::func::FuncOp lambDirectionKernel(mlir::ModuleOp module,
                                       const MomentRates &rates, bool decays,
                                       const TargetDescription &target);
/// p' = p - rate r direction, with r = norm / length, 1 where either is 0 or
/// there are no norms.
/// (p, direction, rate, norm and length where `hasNorms`, p', n, thread,
///  threads)
mlir::func::FuncOp lambDescentKernel(mlir::ModuleOp module, bool hasNorms,
                                     const TargetDescription &target);

} // namespace bertc

#endif // BERTC_PASSES_TILE_OPTIMIZERKERNELS_H
