//===- EncoderOps.cpp - verifiers and folds of the ops of a model ---------===//

#include "dialect/BertOps.h"
#include "dialect/Verify.h"

#include "llvm/Support/MathExtras.h"

#include <optional>

using namespace bertc::bert;
using namespace mlir;

LogicalResult bertc::bert::verifyEmbedding(Operation *op, ValueRange ids,
                                           ValueRange tables, Value result) {
  if (ids.size() != tables.size() || ids.empty())
    return op->emitOpError("C1: ")
           << ids.size() << " ids for " << tables.size() << " tables";
  int64_t columns = columnsOf(result);
  for (Value id : ids)
    if (failed(verifyRows(op, "C2", id, result)))
      return failure();
  for (Value table : tables)
    if (columnsOf(table) != columns ||
        !cast<RankedTensorType>(table.getType()).hasStaticShape())
      return op->emitOpError("C2: table ")
             << table.getType() << " does not make rows of " << columns;
  return success();
}

LogicalResult bertc::bert::verifyRows(Operation *op, StringRef constraint,
                                      Value from, Value result) {
  if (rowsOf(from) != rowsOf(result))
    return op->emitOpError(constraint)
           << ": " << from.getType() << " and " << result.getType()
           << " differ in their rows";
  return success();
}

LogicalResult bertc::bert::verifyOneType(Operation *op, StringRef constraint,
                                         ValueRange values) {
  for (Value value : values.drop_front())
    if (value.getType() != values.front().getType())
      return op->emitOpError(constraint)
             << ": " << values.front().getType() << " and " << value.getType()
             << " differ";
  return success();
}

LogicalResult bertc::bert::verifyColumnCount(Operation *op,
                                             StringRef constraint, Value result,
                                             int64_t columns) {
  if (columnsOf(result) != columns)
    return op->emitOpError(constraint) << ": result must have " << columns
                                       << " columns, got " << result.getType();
  return success();
}

LogicalResult bertc::bert::verifyVector(Operation *op, StringRef constraint,
                                        StringRef name, Value vector,
                                        int64_t size) {
  auto type = cast<RankedTensorType>(vector.getType());
  if (type.getDimSize(0) != size)
    return op->emitOpError(constraint)
           << ": " << name << " must have shape [" << size << "], got " << type;
  return success();
}

LogicalResult bertc::bert::verifyEpsilon(Operation *op, StringRef constraint,
                                         const APFloat &epsilon) {
  if (!(epsilon.convertToDouble() > 0))
    return op->emitOpError(constraint) << ": epsilon must be positive";
  return success();
}

LogicalResult bertc::bert::verifyPadding(Operation *op, StringRef constraint,
                                         std::optional<int64_t> padding,
                                         int64_t rows) {
  if (padding && (*padding < 0 || *padding >= rows))
    return op->emitOpError(constraint)
           << ": padding " << *padding << " is no row of " << rows;
  return success();
}

LogicalResult bertc::bert::verifyHeads(Operation *op, StringRef constraint,
                                       int64_t heads, int64_t hidden) {
  if (heads <= 0 || hidden % heads != 0)
    return op->emitOpError(constraint)
           << ": num_heads " << heads << " does not divide " << hidden;
  return success();
}

LogicalResult bertc::bert::verifyPerSequence(Operation *op,
                                             StringRef constraint, Value tensor,
                                             Value offsets) {
  int64_t ends = rowsOf(offsets);
  if (rowsOf(tensor) != (ShapedType::isDynamic(ends) ? ends : ends - 1))
    return op->emitOpError(constraint)
           << ": " << offsets.getType() << " does not bound the sequences of "
           << tensor.getType();
  return success();
}

LogicalResult bertc::bert::verifyMaps(Operation *op, StringRef constraint,
                                      int64_t heads, int64_t positions,
                                      Value from, Value result) {
  if (positions <= 0)
    return op->emitOpError(constraint)
           << ": max_positions must be positive, got " << positions;
  int64_t columns;
  if (llvm::MulOverflow(heads, positions, columns) ||
      columnsOf(result) != columns)
    return op->emitOpError(constraint)
           << ": " << heads << " maps of " << positions
           << " columns are not the columns of " << result.getType();
  return verifyRows(op, constraint, from, result);
}

LogicalResult EmbeddingOp::verify() {
  if (failed(verifyEmbedding(*this, getIds(), getTables(), getResult())))
    return failure();
  std::optional<ArrayRef<int64_t>> padding = getPadding();
  if (!padding)
    return success();
  if (padding->size() != getTables().size())
    return emitOpError("C3: padding of ")
           << padding->size() << " tables, of " << getTables().size();
  for (auto [row, table] : llvm::zip(*padding, getTables()))
    if (row < -1 || row >= rowsOf(table))
      return emitOpError("C3: padding ")
             << row << " is no row of " << table.getType();
  return success();
}

LogicalResult LinearOp::verify() {
  auto weight = cast<RankedTensorType>(getWeight().getType());
  if (weight.getDimSize(1) != columnsOf(getInput()))
    return emitOpError("C1: weight ")
           << weight << " does not take rows of " << columnsOf(getInput());
  if (getBias() && failed(verifyVector(*this, "C2", "bias", getBias(),
                                       weight.getDimSize(0))))
    return failure();
  if (failed(verifyColumnCount(*this, "C3", getResult(), weight.getDimSize(0))))
    return failure();
  return verifyRows(*this, "C3", getInput(), getResult());
}

int64_t LinearOp::getFlopsPerRow() {
  return 2 * cast<RankedTensorType>(getWeight().getType()).getNumElements();
}

LogicalResult LayerNormOp::verify() {
  int64_t columns = columnsOf(getInput());
  if (failed(verifyVector(*this, "C1", "scale", getScale(), columns)) ||
      failed(verifyVector(*this, "C1", "bias", getBias(), columns)) ||
      failed(verifyEpsilon(*this, "C2", getEpsilon())))
    return failure();
  if (getResult().getType() != getInput().getType())
    return emitOpError("C3: result must have type ") << getInput().getType();
  return success();
}

OpFoldResult ReluOp::fold(FoldAdaptor) {
  // relu is idempotent.
  if (getInput().getDefiningOp<ReluOp>())
    return getInput();
  return {};
}

LogicalResult AttentionOp::verify() {
  Type type = getResult().getType();
  for (Value operand : {getQuery(), getKey(), getValue()})
    if (operand.getType() != type)
      return emitOpError("C1: query, key, value and result must have one type, "
                         "got ")
             << operand.getType() << " and " << type;
  return verifyHeads(*this, "C2", getNumHeads(), columnsOf(getResult()));
}

int64_t AttentionOp::getFlopsPerTokenPair() {
  return 4 * columnsOf(getResult());
}

LogicalResult AttentionProbsOp::verify() {
  if (getKey().getType() != getQuery().getType())
    return emitOpError("C1: query and key must have one type, got ")
           << getQuery().getType() << " and " << getKey().getType();
  if (failed(verifyHeads(*this, "C2", getNumHeads(), columnsOf(getQuery()))))
    return failure();
  return verifyMaps(*this, "C3", getNumHeads(), getMaxPositions(), getQuery(),
                    getResult());
}

int64_t AttentionProbsOp::getFlopsPerTokenPair() {
  return 2 * columnsOf(getQuery());
}

namespace {
LogicalResult verifyPooling(Operation *op, Value input, Value offsets,
                            Value result) {
  if (failed(verifyColumnCount(op, "C1", result, columnsOf(input))))
    return failure();
  return verifyPerSequence(op, "C1", result, offsets);
}
} // namespace

LogicalResult FirstTokenOp::verify() {
  return verifyPooling(*this, getInput(), getOffsets(), getResult());
}
LogicalResult MeanPoolOp::verify() {
  return verifyPooling(*this, getInput(), getOffsets(), getResult());
}

Value FirstTokenOp::getRowsOperand() { return getOffsets(); }
Value MeanPoolOp::getRowsOperand() { return getOffsets(); }
Value GatherRowsOp::getRowsOperand() { return getRows(); }

LogicalResult L2NormalizeOp::verify() {
  if (failed(verifyEpsilon(*this, "C1", getEpsilon())))
    return failure();
  if (getResult().getType() != getInput().getType())
    return emitOpError("C2: result must have type ") << getInput().getType();
  return success();
}

LogicalResult CosineOp::verify() {
  if (failed(verifyOneType(*this, "C1", {getLhs(), getRhs()})) ||
      failed(verifyEpsilon(*this, "C2", getEpsilon())))
    return failure();
  if (columnsOf(getResult()) != 1)
    return emitOpError("C3: result must have one column, got ")
           << getResult().getType();
  return verifyRows(*this, "C3", getLhs(), getResult());
}

LogicalResult GatherRowsOp::verify() {
  if (failed(
          verifyColumnCount(*this, "C1", getResult(), columnsOf(getInput()))))
    return failure();
  return verifyRows(*this, "C1", getRows(), getResult());
}

LogicalResult SliceColumnsOp::verify() {
  int64_t columns = columnsOf(getInput()), first = getFirst(),
          count = getCount();
  if (first < 0 || count <= 0 || first > columns - count)
    return emitOpError("C1: columns ")
           << first << " and " << count - 1 << " more do not lie in "
           << getInput().getType();
  if (failed(verifyColumnCount(*this, "C2", getResult(), count)))
    return failure();
  return verifyRows(*this, "C2", getInput(), getResult());
}
