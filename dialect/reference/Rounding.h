//===- Rounding.h - values in types narrower than f32 ---------------------===//

#ifndef BERTC_DIALECT_REFERENCE_ROUNDING_H
#define BERTC_DIALECT_REFERENCE_ROUNDING_H

#include "dialect/BertOps.h"
#include "dialect/reference/ReferenceTensor.h"

namespace bertc {

/// The nearest bf16 (the upper half of an f32: 8 bits of exponent, 7 of
/// fraction), ties to even; NaN stays one.
double roundToBf16(double value);

/// `x` with its elements rounded to what a product of `precision` multiplies.
ReferenceTensor rounded(ReferenceTensor x, bert::Precision precision);

} // namespace bertc

#endif // BERTC_DIALECT_REFERENCE_ROUNDING_H
