//===- Quantization.h - numbers that packer, kernels and reference share --===//

#ifndef BERTC_DIALECT_QUANTIZATION_H
#define BERTC_DIALECT_QUANTIZATION_H

namespace bertc {

/// A row of int8 whose range is not above it counts as zero: the inverse of a
/// smaller range is no number.
constexpr float leastRange = 1e-36f;

} // namespace bertc

#endif // BERTC_DIALECT_QUANTIZATION_H
