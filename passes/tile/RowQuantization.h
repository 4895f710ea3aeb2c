//===- RowQuantization.h - rows as integers and a scale -------------------===//

#ifndef BERTC_PASSES_TILE_ROWQUANTIZATION_H
#define BERTC_PASSES_TILE_ROWQUANTIZATION_H

#include "passes/tile/KernelBuilder.h"

namespace bertc {

/// Rows of f32: `columns` elements each, times those of `columnScale` where
/// that is not null.
struct FloatRows {
  mlir::Value rows, columnScale;
  int64_t columns = 0;
};

struct IntegerRows {
  mlir::Value integers, scales, zeros;
};

/// For r < count, of the elements x of row firstRow + r, with lo = min(x, 0)
/// and hi = max(x, 0):
///   scales[r] = (hi - lo) / 255, zeros[r] = -lo / scales[r],
///   q = min(x / scales[r] + zeros[r], 255),
/// each quotient rounded to an integer, ties to even. integers[r, k / 4, k % 4]
/// is q, without a sign, in an array of i8, as integers[r, k / 4, k % 2, k % 4
/// / 2] in one of i16. Elements past the last column belong to x = 0. Where a
/// row holds what is not finite, its scale is not either.
void quantizeRows(KernelBuilder &kernel, const FloatRows &from,
                  mlir::Value firstRow, mlir::Value count,
                  const IntegerRows &to);

} // namespace bertc

#endif // BERTC_PASSES_TILE_ROWQUANTIZATION_H
