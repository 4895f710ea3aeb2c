//===- Tensor.cpp ---------------------------------------------------------===//

#include "runtime/io/Tensor.h"

#include <cstring>

using namespace bertc::io;

namespace {

struct TypeFacts {
  DType type;
  const char *name;
  size_t size;
};

constexpr TypeFacts types[] = {
    {DType::Bool, "BOOL", 1},       {DType::U8, "U8", 1},
    {DType::I8, "I8", 1},           {DType::F8_E5M2, "F8_E5M2", 1},
    {DType::F8_E4M3, "F8_E4M3", 1}, {DType::I16, "I16", 2},
    {DType::U16, "U16", 2},         {DType::F16, "F16", 2},
    {DType::BF16, "BF16", 2},       {DType::I32, "I32", 4},
    {DType::U32, "U32", 4},         {DType::F32, "F32", 4},
    {DType::F64, "F64", 8},         {DType::I64, "I64", 8},
    {DType::U64, "U64", 8}};

const TypeFacts &factsOf(DType type) { return types[static_cast<int>(type)]; }

float floatOfBits(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

/// IEEE binary16 to binary32, exact; infinities and NaN payloads are kept.
float fromHalf(uint16_t half) {
  uint32_t sign = uint32_t(half & 0x8000u) << 16;
  uint32_t exponent = (half >> 10) & 0x1fu;
  uint32_t fraction = half & 0x3ffu;
  if (exponent == 0x1f)
    return floatOfBits(sign | 0x7f800000u | fraction << 13);
  if (exponent == 0) { // subnormal: fraction * 2^-24, exact in f32
    float magnitude = static_cast<float>(fraction) * 0x1p-24f;
    return sign ? -magnitude : magnitude;
  }
  return floatOfBits(sign | (exponent + 112) << 23 | fraction << 13);
}

float fromBrain(uint16_t brain) { return floatOfBits(uint32_t(brain) << 16); }

template <typename Stored, typename Out, typename Convert>
void convert(const uint8_t *data, int64_t count, Out *out, Convert element) {
  for (int64_t i = 0; i < count; ++i) {
    Stored stored;
    std::memcpy(&stored, data + i * sizeof(Stored), sizeof(Stored));
    out[i] = element(stored);
  }
}

} // namespace

const char *bertc::io::nameOf(DType type) { return factsOf(type).name; }

size_t bertc::io::sizeOf(DType type) { return factsOf(type).size; }

std::optional<DType> bertc::io::dtypeNamed(std::string_view name) {
  for (const TypeFacts &facts : types)
    if (name == facts.name)
      return facts.type;
  return std::nullopt;
}

bool bertc::io::isFloat(DType type) {
  return type == DType::F16 || type == DType::BF16 || type == DType::F32 ||
         type == DType::F64;
}

std::string bertc::io::shapeText(const std::vector<int64_t> &shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i)
    text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + "]";
}

std::optional<uint64_t> bertc::io::byteSize(DType type,
                                            const std::vector<int64_t> &shape) {
  // A zero anywhere makes the tensor empty, but the other sizes are checked
  // as well: code that multiplies them must not overflow either.
  int64_t product = static_cast<int64_t>(sizeOf(type));
  bool empty = false;
  for (int64_t size : shape) {
    if (size < 0)
      return std::nullopt;
    if (size == 0)
      empty = true;
    else if (__builtin_mul_overflow(product, size, &product))
      return std::nullopt;
  }
  return empty ? 0 : static_cast<uint64_t>(product);
}

void bertc::io::toFloat(const Tensor &tensor, int64_t first, int64_t count,
                        float *out) {
  if (count == 0)
    return;
  const uint8_t *data =
      tensor.data + static_cast<size_t>(first) * sizeOf(tensor.dtype);
  if (tensor.dtype == DType::F32)
    std::memcpy(out, data, static_cast<size_t>(count) * sizeof(float));
  else if (tensor.dtype == DType::F16)
    convert<uint16_t>(data, count, out, fromHalf);
  else if (tensor.dtype == DType::BF16)
    convert<uint16_t>(data, count, out, fromBrain);
  else
    convert<double>(data, count, out,
                    [](double value) { return static_cast<float>(value); });
}

bool bertc::io::toInt64(const Tensor &tensor, std::vector<int64_t> &out) {
  if (tensor.dtype != DType::I32 && tensor.dtype != DType::I64)
    return false;
  out.resize(static_cast<size_t>(tensor.elements()));
  if (tensor.dtype == DType::I32)
    convert<int32_t>(tensor.data, tensor.elements(), out.data(),
                     [](int32_t value) { return int64_t(value); });
  else if (!out.empty())
    std::memcpy(out.data(), tensor.data, tensor.bytes);
  return true;
}
