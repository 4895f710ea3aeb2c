//===- GradientOps.cpp - verifiers and folds of backward passes' ops ------===//

#include "dialect/BertOps.h"
#include "dialect/Verify.h"

using namespace bertc::bert;
using namespace mlir;

namespace {

/// C2 of the ops whose result has the rows of `like`.
LogicalResult verifyLike(Operation *op, Value like, Value gradient) {
  Value result = op->getResult(0);
  if (failed(verifyOneType(op, "C2", {like, result})))
    return failure();
  return verifyColumnCount(op, "C2", result, columnsOf(gradient));
}

} // namespace

LogicalResult bertc::bert::verifyGradientPrecision(Operation *op,
                                                   StringRef constraint,
                                                   Precision precision) {
  if (precision == Precision::int8)
    return op->emitOpError(constraint)
           << ": precision must be f32 or bf16, got int8";
  return success();
}

OpFoldResult ScaleOp::fold(FoldAdaptor) {
  return getFactor().isExactlyValue(1.0) ? getInput() : Value();
}

LogicalResult LinearInputGradientOp::verify() {
  auto weight = cast<RankedTensorType>(getWeight().getType());
  if (weight.getDimSize(0) != columnsOf(getGradient()))
    return emitOpError("C1: weight ")
           << weight << " does not make rows of " << columnsOf(getGradient());
  if (failed(verifyColumnCount(*this, "C2", getResult(), weight.getDimSize(1))))
    return failure();
  if (failed(verifyRows(*this, "C2", getGradient(), getResult())))
    return failure();
  return verifyGradientPrecision(*this, "C3", getPrecision());
}

int64_t LinearInputGradientOp::getFlopsPerRow() {
  return 2 * cast<RankedTensorType>(getWeight().getType()).getNumElements();
}

LogicalResult LinearWeightGradientOp::verify() {
  if (failed(verifyRows(*this, "C1", getGradient(), getInput())))
    return failure();
  if (failed(
          verifyColumnCount(*this, "C2", getResult(), columnsOf(getInput()))))
    return failure();
  if (rowsOf(getResult()) != columnsOf(getGradient()))
    return emitOpError("C2: result must have ")
           << columnsOf(getGradient()) << " rows, got "
           << getResult().getType();
  return verifyGradientPrecision(*this, "C3", getPrecision());
}

int64_t LinearWeightGradientOp::getFlopsPerRow() {
  return 2 * cast<RankedTensorType>(getResult().getType()).getNumElements();
}

LogicalResult ColumnSumsOp::verify() {
  return verifyVector(*this, "C1", "result", getResult(),
                      columnsOf(getInput()));
}

LogicalResult LayerNormGradientOp::verify() {
  if (failed(verifyOneType(*this, "C1", {getGradient(), getInput()})) ||
      failed(verifyVector(*this, "C2", "scale", getScale(),
                          columnsOf(getInput()))) ||
      failed(verifyEpsilon(*this, "C3", getEpsilon())))
    return failure();
  return verifyOneType(*this, "C4", {getInput(), getResult()});
}

LogicalResult LayerNormScaleGradientOp::verify() {
  if (failed(verifyOneType(*this, "C1", {getGradient(), getInput()})) ||
      failed(verifyEpsilon(*this, "C2", getEpsilon())))
    return failure();
  return verifyVector(*this, "C3", "result", getResult(),
                      columnsOf(getInput()));
}

LogicalResult ActivationGradientOp::verify() {
  if (getActivation() == Activation::none)
    return emitOpError("C2: the activation is none");
  return verifyOneType(*this, "C1", {getGradient(), getInput(), getResult()});
}

LogicalResult AttentionGradientOp::verify() {
  if (failed(verifyOneType(*this, "C1",
                           {getGradient(), getQuery(), getKey(), getValue()})))
    return failure();
  int64_t hidden = columnsOf(getQuery());
  if (failed(verifyHeads(*this, "C2", getNumHeads(), hidden)) ||
      failed(verifyColumnCount(*this, "C3", getResult(), 3 * hidden)))
    return failure();
  return verifyRows(*this, "C3", getQuery(), getResult());
}

int64_t AttentionGradientOp::getFlopsPerTokenPair() {
  // q kT, g vT, ds k, dsT q and pT g.
  return 10 * columnsOf(getQuery());
}

LogicalResult EmbeddingGradientOp::verify() {
  if (failed(verifyRows(*this, "C1", getIds(), getGradient())))
    return failure();
  const int64_t rows = getRows();
  if (rows <= 0 || rowsOf(getResult()) != rows)
    return emitOpError("C2: result must have ")
           << rows << " rows, a positive number, got " << getResult().getType();
  if (failed(verifyPadding(*this, "C3", getPadding(), rows)))
    return failure();
  return verifyColumnCount(*this, "C2", getResult(), columnsOf(getGradient()));
}

LogicalResult GatherRowsGradientOp::verify() {
  if (failed(verifyRows(*this, "C1", getRows(), getGradient())))
    return failure();
  return verifyLike(*this, getLike(), getGradient());
}
LogicalResult FirstTokenGradientOp::verify() {
  if (failed(verifyPerSequence(*this, "C1", getGradient(), getOffsets())))
    return failure();
  return verifyLike(*this, getLike(), getGradient());
}
LogicalResult MeanPoolGradientOp::verify() {
  if (failed(verifyPerSequence(*this, "C1", getGradient(), getOffsets())))
    return failure();
  return verifyLike(*this, getLike(), getGradient());
}

Value GatherRowsGradientOp::getRowsOperand() { return getLike(); }
Value FirstTokenGradientOp::getRowsOperand() { return getLike(); }
Value MeanPoolGradientOp::getRowsOperand() { return getLike(); }
Value FirstTokenGradientOp::getPerSequence() { return getGradient(); }
Value MeanPoolGradientOp::getPerSequence() { return getGradient(); }

LogicalResult L2NormalizeGradientOp::verify() {
  if (failed(verifyEpsilon(*this, "C2", getEpsilon())))
    return failure();
  return verifyOneType(*this, "C1", {getGradient(), getInput(), getResult()});
}

LogicalResult CosineGradientOp::verify() {
  if (failed(verifyOneType(*this, "C1", {getInput(), getOther(), getResult()})))
    return failure();
  if (columnsOf(getGradient()) != 1)
    return emitOpError("C2: gradient must have one column, got ")
           << getGradient().getType();
  if (failed(verifyRows(*this, "C2", getGradient(), getInput())))
    return failure();
  return verifyEpsilon(*this, "C3", getEpsilon());
}

LogicalResult PlaceColumnsOp::verify() {
  int64_t count = columnsOf(getInput()), first = getFirst(),
          columns = getColumns();
  if (first < 0 || columns < count || first > columns - count)
    return emitOpError("C1: ") << count << " columns from " << first
                               << " do not fit in " << columns;
  if (failed(verifyColumnCount(*this, "C2", getResult(), columns)))
    return failure();
  return verifyRows(*this, "C2", getInput(), getResult());
}
