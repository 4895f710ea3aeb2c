//===- DropoutOps.cpp - verifiers of dropout ------------------------------===//

#include "dialect/BertOps.h"
#include "dialect/Verify.h"

using namespace bertc::bert;
using namespace mlir;

namespace {

LogicalResult verifyRate(Operation *op, StringRef constraint,
                         const APFloat &rate) {
  const double value = rate.convertToDouble();
  if (!(value >= 0 && value < 1))
    return op->emitOpError(constraint)
           << ": rate must be from 0 to below 1, got " << value;
  return success();
}

/// C1 to C5 of attention and its gradient, whose types are `rows`.
template <typename Op> LogicalResult verifyAttention(Op op, ValueRange rows) {
  if (failed(verifyOneType(op, "C1", rows)) ||
      failed(verifyHeads(op, "C2", op.getNumHeads(), columnsOf(rows[0]))) ||
      failed(verifyVector(op, "C3", "random_key", op.getRandomKey(), 2)) ||
      failed(verifyPerSequence(op, "C4", op.getSequenceIds(), op.getOffsets())))
    return failure();
  return verifyRate(op, "C5", op.getRate());
}

} // namespace

LogicalResult FoldInOp::verify() {
  if (failed(verifyVector(*this, "C1", "key", getKey(), 2)) ||
      failed(verifyVector(*this, "C1", "result", getResult(), 2)))
    return failure();
  const int64_t number = getNumber();
  if (number < 0 || number > int64_t(UINT32_MAX))
    return emitOpError("C2: number ") << number << " is not in [0, 2^32)";
  return success();
}

LogicalResult DropoutOp::verify() {
  if (failed(verifyOneType(*this, "C1", {getInput(), getResult()})) ||
      failed(verifyVector(*this, "C2", "key", getKey(), 2)))
    return failure();
  if (failed(
          getOffsets()
              ? verifyPerSequence(*this, "C3", getSequenceIds(), getOffsets())
              : verifyRows(*this, "C3", getSequenceIds(), getInput())))
    return failure();
  return verifyRate(*this, "C4", getRate());
}

Value DropoutOp::getPerSequence() {
  return getOffsets() ? getSequenceIds() : Value();
}

LogicalResult DropoutAttentionOp::verify() {
  return verifyAttention(*this,
                         {getQuery(), getKey(), getValue(), getResult()});
}

Value DropoutAttentionOp::getPerSequence() { return getSequenceIds(); }

int64_t DropoutAttentionOp::getFlopsPerTokenPair() {
  return 4 * columnsOf(getResult());
}

LogicalResult DropoutAttentionGradientOp::verify() {
  if (failed(verifyAttention(
          *this, {getGradient(), getQuery(), getKey(), getValue()})) ||
      failed(verifyColumnCount(*this, "C6", getResult(),
                               3 * columnsOf(getQuery()))))
    return failure();
  return verifyRows(*this, "C6", getQuery(), getResult());
}

Value DropoutAttentionGradientOp::getPerSequence() { return getSequenceIds(); }

int64_t DropoutAttentionGradientOp::getFlopsPerTokenPair() {
  return 10 * columnsOf(getQuery());
}
