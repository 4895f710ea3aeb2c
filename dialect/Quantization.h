//===- Quantization.h - numbers that packer, kernels and reference share --===//

#ifndef BERTC_DIALECT_QUANTIZATION_H
#define BERTC_DIALECT_QUANTIZATION_H

namespace bertc {

/// A row of int8 whose range is not above it counts as zero: the inverse of a
/// smaller range is no number.
constexpr float leastRange = 1e-36f;

/// The longest row of which the sum of products of integers of [0, 255] and
/// [-127, 127] fits into an i32.
constexpr int mostInt8Columns = 0x7fffffff / (255 * 127);

} // namespace bertc

#endif // BERTC_DIALECT_QUANTIZATION_H
