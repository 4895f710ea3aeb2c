//===- Parameters.cpp - meaning of concat and pack ------------------------===//

#include "dialect/PackedLayout.h"
#include "dialect/reference/Rounding.h"
#include "dialect/reference/Steps.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

using namespace bertc;
using namespace bertc::bert;

llvm::Expected<ReferenceTensor>
ConcatOp::interpret(llvm::ArrayRef<const ReferenceTensor *> operands) {
  ReferenceTensor all = *operands[0];
  for (const ReferenceTensor *part : operands.drop_front()) {
    all.shape[0] += part->dim(0);
    all.values.insert(all.values.end(), part->values.begin(),
                      part->values.end());
  }
  return all;
}

namespace {

/// The bytes of an i32 or f32 as the four i8 of a group.
template <typename T> void storeBytes(T value, double *group) {
  static_assert(sizeof(T) == 4);
  int8_t bytes[4];
  std::memcpy(bytes, &value, 4);
  std::copy(bytes, bytes + 4, group);
}

} // namespace

ReferenceTensor bertc::packRows(const ReferenceTensor &w, int64_t panel,
                                Precision precision) {
  const int64_t group = groupOf(precision), inputs = w.dim(1);
  const auto shape = packedShape(w.dim(0), inputs, panel, precision);
  const int64_t groups = shape[1];
  const int64_t used = groups - trailingGroupsOf(precision);
  ReferenceTensor packed({shape.begin(), shape.end()});
  for (int64_t n = 0; n < w.dim(0); ++n) {
    auto at = [&](int64_t g) {
      return packed.values.data() +
             ((n / panel * groups + g) * panel + n % panel) * group;
    };
    if (precision != Precision::int8) {
      for (int64_t k = 0; k < inputs; ++k)
        at(k / group)[k % group] = precision == Precision::bf16
                                       ? roundToBf16(w.row(n)[k])
                                       : w.row(n)[k];
      continue;
    }
    const QuantizedRow row = QuantizedRow::ofWeight(w.row(n), inputs);
    int32_t sum = 0;
    for (int64_t k = 0; k < inputs; ++k) {
      at(k / group)[k % group] = row.integers[k];
      sum += row.integers[k];
    }
    storeBytes<int32_t>(sum, at(used));
    storeBytes<float>(row.scale, at(used + 1));
  }
  return packed;
}

llvm::Expected<ReferenceTensor>
PackTransposedOp::interpret(llvm::ArrayRef<const ReferenceTensor *> operands) {
  auto type = mlir::cast<mlir::RankedTensorType>(getResult().getType());
  return packRows(transposed(*operands[0]), getPanel(),
                  precisionOf(type.getElementType()));
}

llvm::Expected<ReferenceTensor>
PackOp::interpret(llvm::ArrayRef<const ReferenceTensor *> operands) {
  auto type = mlir::cast<mlir::RankedTensorType>(getResult().getType());
  return packRows(*operands[0], getPanel(), precisionOf(type.getElementType()));
}
