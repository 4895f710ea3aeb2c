//===- GroupedProduct.h - products whose factors lie in groups of k -------===//
//
//   c[m, n] += sum over k and v of a[m, k, v] w[k, n, v]
//
// Instructions of lower precision multiply a group of elements, v, in one lane.
// Where the left factor's elements are words of 16 bits in pairs, it is
// a[m, k, p, q] with v = 2 q + p.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_PASSES_TILE_GROUPEDPRODUCT_H
#define BERTC_PASSES_TILE_GROUPEDPRODUCT_H

#include "mlir/Dialect/Linalg/IR/LinalgInterfaces.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace bertc {

/// The product of a tile as linalg.generic. a [M,K,V] or [M,K,2,V/2], w
/// [K,N,V], c [M,N]: memrefs. Sums of i32 are of integers, those in a without
/// sign, in w with one; other factors are widened to f32, as are their sums.
void buildGroupedProduct(mlir::ImplicitLocOpBuilder &b, mlir::Value a,
                         mlir::Value w, mlir::Value c);

/// A linalg.generic on a tile c [M,N]: c = body(inputs, c), where each input
/// has an element for each row and column ({0, 1}), row ({0}) or column ({1}),
/// as `dimensions` says.
void buildOnTile(mlir::ImplicitLocOpBuilder &b, mlir::ValueRange inputs,
                 llvm::ArrayRef<llvm::ArrayRef<unsigned>> dimensions,
                 mlir::Value c,
                 llvm::function_ref<mlir::Value(mlir::ImplicitLocOpBuilder &,
                                                mlir::ValueRange)>
                     body);

/// sums[m, n] = -zeros[m] columnSums[n] on a tile of i32: what zero points will
/// add, taken off before.
void buildZeroPoints(mlir::ImplicitLocOpBuilder &b, mlir::Value zeros,
                     mlir::Value columnSums, mlir::Value sums);

/// Whether `op` is what buildGroupedProduct makes.
bool isGroupedProduct(mlir::linalg::LinalgOp op);

} // namespace bertc

#endif // BERTC_PASSES_TILE_GROUPEDPRODUCT_H
