//===- RowQuantization.h - rows as integers and a scale -------------------===//

#ifndef BERTC_PASSES_TILE_ROWQUANTIZATION_H
#define BERTC_PASSES_TILE_ROWQUANTIZATION_H

#include "passes/tile/KernelBuilder.h"

namespace bertc {

/// For r < rows, of the `columns` elements x of row firstRow + r of a, with lo
/// = min(x, 0) and hi = max(x, 0):
///   scales[r] = (hi - lo) / 255, zeros[r] = -lo / scales[r],
///   q = min(x / scales[r] + zeros[r], 255),
/// each quotient rounded to an integer, ties to even. integers[r, k / 4, k % 4]
/// is q, without a sign, in an array of i8, as integers[r, k / 4, k % 2, k % 4
/// / 2] in one of i16. Elements past the last column belong to x = 0. Where a
/// row holds what is not finite, its scale is not either.
void quantizeRows(KernelBuilder &kernel, mlir::Value a, mlir::Value firstRow,
                  mlir::Value rows, int64_t columns, mlir::Value integers,
                  mlir::Value scales, mlir::Value zeros);

} // namespace bertc

#endif // BERTC_PASSES_TILE_ROWQUANTIZATION_H
