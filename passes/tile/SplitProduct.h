//===- SplitProduct.h - f32 as a sum of bf16 ------------------------------===//
//
// A matrix unit multiplies bf16 many times as fast as the CPU does f32, and an
// f32 of 24 bits is the sum of three bf16 of 8: x = x0 + x1 + x2, where x0 is x
// rounded to bf16, x1 what is left, rounded, and so on (Henry, Tang and
// Heinecke, "Leveraging the bfloat16 Artificial Intelligence Datatype For
// Higher-Precision Computations", 2019, arXiv:1904.06376). Of the nine products
// of terms the six with i + j <= 2 are made ("bf16x6"): what is left out is at
// most 2^-24 of |x y|, as the rounding of one f32 product is. With two terms
// there are three products ("bf16x3"), and the error is at most 2^-15 of |x y|.
//
// Sums are f32, as a product of f32 has them. Terms below 2^-126 count as zero;
// a factor above 3.39e38, which rounds to infinity, makes a NaN, as one does
// that is no number.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_PASSES_TILE_SPLITPRODUCT_H
#define BERTC_PASSES_TILE_SPLITPRODUCT_H

#include "passes/tile/KernelBuilder.h"
#include "passes/tile/ProductFactor.h"

#include <utility>

namespace bertc {

/// The products (i, j) of a left and a right term, in an order in which each
/// has a factor in common with the one before: where both stay in registers 14
/// tiles are loaded for 24 products of a tile of two by two.
llvm::SmallVector<std::pair<int64_t, int64_t>> termProducts(int64_t terms);

/// Term i of a[firstRow + r, firstColumn + k], for r < rows and k < columns, to
/// factor[i * plan.rows + r, k / group, k % group]; zeros up to a whole step.
void splitRows(KernelBuilder &kernel, const FactorPlan &plan, mlir::Value a,
               mlir::Value firstRow, mlir::Value rows, mlir::Value firstColumn,
               mlir::Value columns, mlir::Value factor);

/// Term i of the weight's panel p, rows of k from firstRow on, `size` of them,
/// to splitPanel[i, k / group, :, k % group]; zeros up to a whole step.
/// `inputs` is the panel's number of rows.
void splitPanel(KernelBuilder &kernel, const FactorPlan &plan, mlir::Value w,
                mlir::Value p, mlir::Value firstRow, mlir::Value size,
                int64_t inputs, mlir::Value to);

} // namespace bertc

#endif // BERTC_PASSES_TILE_SPLITPRODUCT_H
