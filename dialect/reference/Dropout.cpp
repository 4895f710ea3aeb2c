//===- Dropout.cpp - meaning of keys and dropout --------------------------===//

#include "dialect/reference/Steps.h"
#include "runtime/train/Philox.h"

#include "llvm/ADT/APFloat.h"

#include <cstdint>
#include <utility>

using namespace bertc;
using namespace bertc::bert;

namespace {

using Operands = llvm::ArrayRef<const ReferenceTensor *>;

/// The bits of an i32 that the interpreter holds as a number.
uint32_t bitsOf(double value) { return uint32_t(int64_t(value)); }

PhiloxKey keyOf(const ReferenceTensor &key) {
  return {bitsOf(key.values[0]), bitsOf(key.values[1])};
}

/// The factors of dropout at one site.
class Dropout {
public:
  Dropout(const ReferenceTensor &key, const ReferenceTensor &sequenceIds,
          const llvm::APFloat &rate)
      : key(keyOf(key)), sequenceIds(sequenceIds),
        rate(rate.convertToDouble()) {}

  /// The number of sequences, each of which has an id.
  llvm::Expected<int64_t> countSequences(const ReferenceTensor &offsets,
                                         int64_t tokens) const {
    llvm::Expected<int64_t> sequences = bertc::countSequences(offsets, tokens);
    if (!sequences)
      return sequences;
    if (llvm::Error error = checkPerSequence(sequenceIds, *sequences))
      return std::move(error);
    return sequences;
  }

  /// Of element `column` at place t of a sequence; `head` is 0 for rows.
  double factor(int64_t sequence, int64_t head, int64_t t,
                int64_t column) const {
    const PhiloxWords words =
        philox(key, {uint32_t(column / 4), uint32_t(t),
                     bitsOf(sequenceIds.values[sequence]), uint32_t(head)});
    return double(words[column % 4]) < rate * 0x1p32 ? 0 : 1 / (1 - rate);
  }

private:
  PhiloxKey key;
  const ReferenceTensor &sequenceIds;
  double rate;
};

} // namespace

llvm::Expected<ReferenceTensor> FoldInOp::interpret(Operands operands) {
  const PhiloxWords words =
      philox(keyOf(*operands[0]), {uint32_t(getNumber()), 0, 0, UINT32_MAX});
  ReferenceTensor key({2});
  for (int64_t i = 0; i < 2; ++i)
    key.values[i] = double(int32_t(words[i]));
  return key;
}

llvm::Expected<ReferenceTensor> DropoutOp::interpret(Operands operands) {
  ReferenceTensor y = *operands[0];
  const Dropout dropout(*operands[1], *operands[2], getRate());
  auto dropRow = [&](int64_t row, int64_t sequence, int64_t place) {
    for (int64_t h = 0; h < y.dim(1); ++h)
      y.row(row)[h] *= dropout.factor(sequence, /*head=*/0, place, h);
  };
  if (!getOffsets()) {
    for (int64_t b = 0; b < y.dim(0); ++b)
      dropRow(b, b, 0);
    return y;
  }
  const ReferenceTensor &offsets = *operands[3];
  llvm::Expected<int64_t> sequences = dropout.countSequences(offsets, y.dim(0));
  if (!sequences)
    return sequences.takeError();
  for (int64_t b = 0; b < *sequences; ++b)
    for (int64_t t = offsets.values[b]; t < int64_t(offsets.values[b + 1]); ++t)
      dropRow(t, b, t - int64_t(offsets.values[b]));
  return y;
}

llvm::Expected<ReferenceTensor>
DropoutAttentionOp::interpret(Operands operands) {
  const Dropout dropout(*operands[4], *operands[5], getRate());
  if (llvm::Error error =
          dropout.countSequences(*operands[3], operands[0]->dim(0)).takeError())
    return std::move(error);
  auto rowOf = [&](size_t i) {
    return [=](int64_t t) { return operands[i]->row(t); };
  };
  return attend(rowOf(0), rowOf(1), rowOf(2), operands[0]->dim(0),
                operands[0]->dim(1), *operands[3], getNumHeads(),
                Precision::f32,
                [&](int64_t sequence, int64_t head, int64_t t, int64_t s) {
                  return dropout.factor(sequence, head + 1, t, s);
                });
}

llvm::Expected<ReferenceTensor>
DropoutAttentionGradientOp::interpret(Operands operands) {
  const Dropout dropout(*operands[5], *operands[6], getRate());
  if (llvm::Error error =
          dropout.countSequences(*operands[4], operands[0]->dim(0)).takeError())
    return std::move(error);
  return attendGradient(
      *operands[0], *operands[1], *operands[2], *operands[3], *operands[4],
      getNumHeads(), [&](int64_t sequence, int64_t head, int64_t t, int64_t s) {
        return dropout.factor(sequence, head + 1, t, s);
      });
}
