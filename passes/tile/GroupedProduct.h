//===- GroupedProduct.h - products whose factors lie in groups of k -------===//
//
//   c[m, n] += sum over k and v of a[m, k, v] w[k, n, v]
//
// Instructions of lower precision multiply a group of elements, v, in one lane.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_PASSES_TILE_GROUPEDPRODUCT_H
#define BERTC_PASSES_TILE_GROUPEDPRODUCT_H

#include "mlir/Dialect/Linalg/IR/LinalgInterfaces.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace bertc {

/// The product of a tile as linalg.generic. a [M,K,V], w [K,N,V], c [M,N]:
/// memrefs. Sums of i32 are of integers, those of i8 in a without sign, in w
/// with one; other factors are widened to f32, as are their sums.
void buildGroupedProduct(mlir::ImplicitLocOpBuilder &b, mlir::Value a,
                         mlir::Value w, mlir::Value c);

/// sums[m, n] -= zeros[m] columnSums[n] on a tile of i32: what zero points
/// added.
void buildZeroPoints(mlir::ImplicitLocOpBuilder &b, mlir::Value zeros,
                     mlir::Value columnSums, mlir::Value sums);

/// c[m, n] += sums[m, n] left[m] right[n] on a tile: what integers stand for.
/// sums [M,N] of i32 or f32, left [M], right [N] and c [M,N] of f32.
void buildScaling(mlir::ImplicitLocOpBuilder &b, mlir::Value sums,
                  mlir::Value left, mlir::Value right, mlir::Value c);

/// Whether `op` is what buildGroupedProduct makes.
bool isGroupedProduct(mlir::linalg::LinalgOp op);

} // namespace bertc

#endif // BERTC_PASSES_TILE_GROUPEDPRODUCT_H
