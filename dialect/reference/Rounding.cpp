//===- Rounding.cpp -------------------------------------------------------===//

#include "dialect/reference/Rounding.h"

#include "dialect/Quantization.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <utility>

using namespace bertc;

double bertc::roundToBf16(double value) {
  // As the kernels have it: an f32 first.
  float single = static_cast<float>(value);
  uint32_t bits;
  std::memcpy(&bits, &single, sizeof(bits));
  if (std::isnan(value))
    bits |= 0x400000; // quiet
  else
    bits += 0x7fff + (bits >> 16 & 1);
  bits &= 0xffff0000;
  std::memcpy(&single, &bits, sizeof(bits));
  return single;
}

QuantizedRow QuantizedRow::ofWeight(const double *row, int64_t size) {
  QuantizedRow result;
  float most = 0;
  for (int64_t i = 0; i < size; ++i)
    most = std::max(most, std::fabs(static_cast<float>(row[i])));
  result.scale = most / 127;
  const float inverse = most > leastRange ? 127 / most : 0;
  for (int64_t i = 0; i < size; ++i)
    result.integers.push_back(
        static_cast<int>(std::nearbyint(static_cast<float>(row[i]) * inverse)));
  return result;
}

QuantizedRow QuantizedRow::ofInput(const double *row, int64_t size) {
  QuantizedRow result;
  float low = 0, high = 0;
  for (int64_t i = 0; i < size; ++i) {
    low = std::min(low, static_cast<float>(row[i]));
    high = std::max(high, static_cast<float>(row[i]));
  }
  const float range = high - low;
  result.scale = range / 255;
  const float inverse = range > leastRange ? 255 / range : 0;
  const float zero = std::nearbyint(-low * inverse);
  for (int64_t i = 0; i < size; ++i) {
    const float q = std::nearbyint(static_cast<float>(row[i]) * inverse) + zero;
    result.integers.push_back(static_cast<int>(std::min(q, 255.0f) - zero));
  }
  return result;
}

namespace {

ReferenceTensor rounded(ReferenceTensor x, bert::Precision precision,
                        QuantizedRow (*quantize)(const double *, int64_t)) {
  if (precision == bert::Precision::bf16)
    for (double &value : x.values)
      value = roundToBf16(value);
  if (precision == bert::Precision::int8)
    for (int64_t t = 0; t < x.dim(0); ++t) {
      const QuantizedRow row = quantize(x.row(t), x.dim(1));
      for (int64_t i = 0; i < x.dim(1); ++i)
        x.row(t)[i] = double(row.scale) * row.integers[i];
    }
  return x;
}

} // namespace

ReferenceTensor bertc::roundedInput(ReferenceTensor x,
                                    bert::Precision precision) {
  return rounded(std::move(x), precision, QuantizedRow::ofInput);
}

ReferenceTensor bertc::roundedWeight(ReferenceTensor w,
                                     bert::Precision precision) {
  return rounded(std::move(w), precision, QuantizedRow::ofWeight);
}
