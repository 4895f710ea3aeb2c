//===- ReferenceTensor.h - a tensor of the reference interpreter ----------===//

#ifndef BERTC_DIALECT_REFERENCE_REFERENCETENSOR_H
#define BERTC_DIALECT_REFERENCE_REFERENCETENSOR_H

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace bertc {

/// A dense row-major tensor. Integers are held as f64 too: ids and offsets are
/// far below 2^53.
struct ReferenceTensor {
  std::vector<int64_t> shape;
  std::vector<double> values;

  ReferenceTensor() = default;
  /// All zero.
  explicit ReferenceTensor(std::vector<int64_t> dimensions)
      : shape(std::move(dimensions)) {
    int64_t count = 1;
    for (int64_t dimension : shape)
      count *= dimension;
    values.resize(count);
  }

  int64_t dim(std::size_t i) const { return shape[i]; }
  /// Row i of a matrix.
  double *row(int64_t i) { return values.data() + i * shape[1]; }
  const double *row(int64_t i) const { return values.data() + i * shape[1]; }
};

} // namespace bertc

#endif // BERTC_DIALECT_REFERENCE_REFERENCETENSOR_H
