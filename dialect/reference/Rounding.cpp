//===- Rounding.cpp -------------------------------------------------------===//

#include "dialect/reference/Rounding.h"

#include <cmath>
#include <cstdint>
#include <cstring>

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

ReferenceTensor bertc::rounded(ReferenceTensor x, bert::Precision precision) {
  if (precision == bert::Precision::bf16)
    for (double &value : x.values)
      value = roundToBf16(value);
  return x;
}
