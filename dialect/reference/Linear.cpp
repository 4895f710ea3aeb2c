//===- Linear.cpp - meaning of the matrix products ------------------------===//

#include "dialect/PackedLayout.h"
#include "dialect/reference/Rounding.h"
#include "dialect/reference/Steps.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <vector>

using namespace bertc;
using namespace bertc::bert;

ReferenceTensor bertc::product(const ReferenceTensor &x,
                               const ReferenceTensor &w) {
  int64_t inputs = w.dim(1), outputs = w.dim(0);
  ReferenceTensor y({x.dim(0), outputs});
  // A strip of columns, transposed, serves all rows while it is in cache, and
  // its sums, each in the order of k, fill vector registers.
  constexpr int64_t strip = 16;
  parallel((outputs + strip - 1) / strip, [&](int64_t s) {
    int64_t first = s * strip, width = std::min(strip, outputs - first);
    std::vector<double> columns(inputs * strip);
    for (int64_t n = 0; n < width; ++n)
      for (int64_t k = 0; k < inputs; ++k)
        columns[k * strip + n] = w.row(first + n)[k];
    for (int64_t t = 0; t < x.dim(0); ++t) {
      std::array<double, strip> sums{};
      for (int64_t k = 0; k < inputs; ++k)
        for (int64_t n = 0; n < strip; ++n)
          sums[n] += x.row(t)[k] * columns[k * strip + n];
      std::copy_n(sums.begin(), width, y.row(t) + first);
    }
  });
  return y;
}

namespace {

/// The weight that bert.pack made `packed` of.
ReferenceTensor unpack(const ReferenceTensor &packed, int64_t outputs,
                       int64_t inputs, Precision precision) {
  const int64_t groups = packed.dim(1), panel = packed.dim(2);
  const int64_t group = groupOf(precision);
  ReferenceTensor w({outputs, inputs});
  for (int64_t n = 0; n < outputs; ++n) {
    auto at = [&](int64_t g) {
      return packed.values.data() +
             ((n / panel * groups + g) * panel + n % panel) * group;
    };
    double scale = 1;
    if (precision == Precision::int8) {
      int8_t bytes[4];
      std::copy(at(groups - 1), at(groups - 1) + 4, bytes);
      float stored;
      std::memcpy(&stored, bytes, 4);
      scale = stored;
    }
    for (int64_t k = 0; k < inputs; ++k)
      w.row(n)[k] = scale * at(k / group)[k % group];
  }
  return w;
}

/// The epilogue of a product: what the op's optional operands say.
template <typename Op>
ReferenceTensor finish(Op op, ReferenceTensor y,
                       llvm::ArrayRef<const ReferenceTensor *> operands) {
  size_t next = op.getInputScale() ? 3 : 2;
  const ReferenceTensor *bias = op.getBias() ? operands[next++] : nullptr;
  const ReferenceTensor *residual =
      op.getResidual() ? operands[next++] : nullptr;
  for (int64_t t = 0; t < y.dim(0); ++t) {
    for (int64_t n = 0; n < y.dim(1); ++n) {
      double value = y.row(t)[n] + (bias ? bias->values[n] : 0);
      value = activate(op.getActivation(), value);
      y.row(t)[n] = value + (residual ? residual->row(t)[n] : 0);
    }
    if (op.getScale())
      normalizeRow(y.row(t), y.dim(1), *operands[next], *operands[next + 1],
                   op.getEpsilon()->convertToDouble());
  }
  return y;
}

/// The input as it is rounded: times the op's input_scale, in f32 as the
/// kernels have it.
template <typename Op>
ReferenceTensor scaledInput(Op op,
                            llvm::ArrayRef<const ReferenceTensor *> operands) {
  ReferenceTensor x = *operands[0];
  if (!op.getInputScale())
    return x;
  for (int64_t t = 0; t < x.dim(0); ++t)
    for (int64_t k = 0; k < x.dim(1); ++k)
      x.row(t)[k] = static_cast<float>(x.row(t)[k]) *
                    static_cast<float>(operands[2]->values[k]);
  return x;
}

} // namespace

llvm::Expected<ReferenceTensor>
LinearOp::interpret(llvm::ArrayRef<const ReferenceTensor *> operands) {
  ReferenceTensor y = product(*operands[0], *operands[1]);
  if (getBias())
    for (int64_t t = 0; t < y.dim(0); ++t)
      for (int64_t n = 0; n < y.dim(1); ++n)
        y.row(t)[n] += operands[2]->values[n];
  return y;
}

llvm::Expected<ReferenceTensor>
FusedLinearOp::interpret(llvm::ArrayRef<const ReferenceTensor *> operands) {
  if (getPrecision() == Precision::f32)
    return finish(*this, product(*operands[0], *operands[1]), operands);
  return finish(
      *this,
      product(roundedInput(scaledInput(*this, operands), getPrecision()),
              roundedWeight(*operands[1], getPrecision())),
      operands);
}

llvm::Expected<ReferenceTensor>
PackedLinearOp::interpret(llvm::ArrayRef<const ReferenceTensor *> operands) {
  const Precision precision = precisionOf(*this);
  const ReferenceTensor &x = *operands[0];
  const ReferenceTensor w =
      unpack(*operands[1], getOutFeatures(), x.dim(1), precision);
  if (precision == Precision::f32)
    return finish(*this, product(x, w), operands);
  return finish(
      *this, product(roundedInput(scaledInput(*this, operands), precision), w),
      operands);
}
