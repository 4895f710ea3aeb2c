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

/// The product of a tile as linalg.generic, its sums in f32. a [M,K,V],
/// w [K,N,V], c [M,N]: memrefs.
void buildGroupedProduct(mlir::ImplicitLocOpBuilder &b, mlir::Value a,
                         mlir::Value w, mlir::Value c);

/// Whether `op` is what buildGroupedProduct makes.
bool isGroupedProduct(mlir::linalg::LinalgOp op);

} // namespace bertc

#endif // BERTC_PASSES_TILE_GROUPEDPRODUCT_H
