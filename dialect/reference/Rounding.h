//===- Rounding.h - values in types narrower than f32 ---------------------===//

#ifndef BERTC_DIALECT_REFERENCE_ROUNDING_H
#define BERTC_DIALECT_REFERENCE_ROUNDING_H

#include "dialect/BertOps.h"
#include "dialect/reference/ReferenceTensor.h"

#include <cstdint>
#include <vector>

namespace bertc {

/// The nearest bf16 (the upper half of an f32: 8 bits of exponent, 7 of
/// fraction), ties to even; NaN stays one.
double roundToBf16(double value);

/// A row as integers times a scale, as bert.fused_linear says, in the steps of
/// f32 that the kernels take.
struct QuantizedRow {
  float scale = 0;
  std::vector<int> integers; ///< zero point already subtracted

  static QuantizedRow ofWeight(const double *row, int64_t size);
  static QuantizedRow ofInput(const double *row, int64_t size);
};

/// The rows of a product's input, or of its weight, with their elements rounded
/// to what `precision` multiplies.
ReferenceTensor roundedInput(ReferenceTensor x, bert::Precision precision);
ReferenceTensor roundedWeight(ReferenceTensor w, bert::Precision precision);

} // namespace bertc

#endif // BERTC_DIALECT_REFERENCE_ROUNDING_H
