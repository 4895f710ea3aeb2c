//===- Tensor.h - element types and views of tensors in memory ------------===//

#ifndef BERTC_RUNTIME_IO_TENSOR_H
#define BERTC_RUNTIME_IO_TENSOR_H

#include "runtime/io/Result.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bertc::io {

/// The element types of safetensors files, by its names.
enum class DType {
  Bool,
  U8,
  I8,
  F8_E5M2,
  F8_E4M3,
  I16,
  U16,
  F16,
  BF16,
  I32,
  U32,
  F32,
  F64,
  I64,
  U64
};

const char *nameOf(DType type); ///< "F32"
size_t sizeOf(DType type);      ///< bytes
std::optional<DType> dtypeNamed(std::string_view name);
bool isFloat(DType type); ///< what toFloat takes: F16, BF16, F32, F64

/// A dense tensor, last dimension fastest, that lives elsewhere.
struct Tensor {
  std::string name;
  DType dtype = DType::F32;
  std::vector<int64_t> shape;
  const uint8_t *data = nullptr; ///< any alignment
  uint64_t bytes = 0;            ///< product of the shape times sizeOf(dtype)

  int64_t elements() const {
    return static_cast<int64_t>(bytes / sizeOf(dtype));
  }
};

/// "[2, 768]"
std::string shapeText(const std::vector<int64_t> &shape);

/// The bytes of a tensor, or nothing where they do not fit into 63 bits.
std::optional<uint64_t> byteSize(DType type, const std::vector<int64_t> &shape);

/// Elements [first, first + count) of a tensor of floats, rounded to f32 where
/// they are F64. The range must lie within the tensor, which isFloat.
void toFloat(const Tensor &tensor, int64_t first, int64_t count, float *out);

/// Elements of an I32 or I64 tensor. False for other element types.
bool toInt64(const Tensor &tensor, std::vector<int64_t> &out);

} // namespace bertc::io

#endif // BERTC_RUNTIME_IO_TENSOR_H
