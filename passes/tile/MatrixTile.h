//===- MatrixTile.h - grouped products on a matrix unit -------------------===//

#ifndef BERTC_PASSES_TILE_MATRIXTILE_H
#define BERTC_PASSES_TILE_MATRIXTILE_H

#include "passes/TargetDescription.h"

#include "mlir/Dialect/Linalg/IR/LinalgInterfaces.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "llvm/ADT/ArrayRef.h"

namespace bertc {

/// Whether `product` (isGroupedProduct) is for the target's matrix unit: of
/// factors that it multiplies, on whole tiles, that is 16 or 32 rows and a
/// multiple of 16 columns. The groups of k come in sixteens, as bert.pack has
/// them.
bool isMatrixTile(mlir::linalg::LinalgOp product,
                  const TargetDescription &target);

/// Whether `next` adds to the sums of `product` with nothing between them that
/// touches memory, over as many groups of k: then they are one loop's.
bool continuesMatrixTile(mlir::linalg::LinalgOp product,
                         mlir::linalg::LinalgOp next);

/// The sum of products that continue each other as amx ops: at most 2 x 2 tiles
/// of sums stay in registers over the whole of k, and a factor that a product
/// has in common with the one before is loaded once. Where a linalg.fill of
/// zero before the first clears the sums they begin as zero instead of being
/// read; the fill is erased.
void buildMatrixTile(mlir::ImplicitLocOpBuilder &b,
                     llvm::ArrayRef<mlir::linalg::LinalgOp> products);

} // namespace bertc

#endif // BERTC_PASSES_TILE_MATRIXTILE_H
