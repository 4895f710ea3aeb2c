//===- LossOps.cpp - verifiers of losses and their gradients --------------===//

#include "dialect/BertOps.h"
#include "dialect/Verify.h"

using namespace bertc::bert;
using namespace mlir;

namespace {

LogicalResult verifySequenceLabels(Operation *op, Value logits, Value offsets,
                                   Value labels) {
  if (columnsOf(logits) != 1)
    return op->emitOpError("C1: logits must have one column, got ")
           << logits.getType();
  return verifyPerSequence(op, "C2", labels, offsets);
}

LogicalResult verifyTemperature(Operation *op, const APFloat &temperature) {
  if (!temperature.isFinite() || !(temperature.convertToDouble() > 0))
    return op->emitOpError("C2: temperature must be positive");
  return success();
}

/// C1 of the losses of pairs.
LogicalResult verifyPairs(Operation *op, Value input, Value labels) {
  const int64_t rows = rowsOf(input), pairs = rowsOf(labels);
  const bool isRanking =
      cast<RankedTensorType>(labels.getType()).getRank() == 1;
  const bool fits = ShapedType::isDynamic(rows)
                        ? ShapedType::isDynamic(pairs)
                        : !ShapedType::isDynamic(pairs) && rows == 2 * pairs;
  if (fits && (isRanking || columnsOf(labels) == 1))
    return success();
  return op->emitOpError("C1: labels ")
         << labels.getType() << " are not one for each pair of rows of "
         << input.getType();
}

LogicalResult verifyScale(Operation *op, const APFloat &scale) {
  if (!scale.isFinite() || !(scale.convertToDouble() > 0))
    return op->emitOpError("C2: scale must be positive and finite");
  return success();
}

} // namespace

LogicalResult CrossEntropyOp::verify() {
  return verifyRows(*this, "C1", getLogits(), getLabels());
}

LogicalResult CrossEntropyGradientOp::verify() {
  if (failed(verifyRows(*this, "C1", getLogits(), getLabels())))
    return failure();
  return verifyOneType(*this, "C2", {getLogits(), getResult()});
}

LogicalResult SequenceCrossEntropyOp::verify() {
  return verifySequenceLabels(*this, getLogits(), getOffsets(), getLabels());
}
Value SequenceCrossEntropyOp::getPerSequence() { return getLabels(); }

LogicalResult SequenceCrossEntropyGradientOp::verify() {
  if (failed(
          verifySequenceLabels(*this, getLogits(), getOffsets(), getLabels())))
    return failure();
  return verifyOneType(*this, "C3", {getLogits(), getResult()});
}
Value SequenceCrossEntropyGradientOp::getPerSequence() { return getLabels(); }

LogicalResult BinaryCrossEntropyOp::verify() {
  return verifyOneType(*this, "C1", {getLogits(), getLabels()});
}

LogicalResult BinaryCrossEntropyGradientOp::verify() {
  return verifyOneType(*this, "C1", {getLogits(), getLabels(), getResult()});
}

LogicalResult MeanSquaredErrorOp::verify() {
  return verifyOneType(*this, "C1", {getPredictions(), getLabels()});
}

LogicalResult MeanSquaredErrorGradientOp::verify() {
  return verifyOneType(*this, "C1",
                       {getPredictions(), getLabels(), getResult()});
}

LogicalResult DistillationOp::verify() {
  if (failed(verifyOneType(*this, "C1", {getLogits(), getTeacher()})))
    return failure();
  return verifyTemperature(*this, getTemperature());
}

LogicalResult DistillationGradientOp::verify() {
  if (failed(
          verifyOneType(*this, "C1", {getLogits(), getTeacher(), getResult()})))
    return failure();
  return verifyTemperature(*this, getTemperature());
}

LogicalResult CosineEmbeddingOp::verify() {
  if (failed(verifyOneType(*this, "C1", {getPredictions(), getLabels()})))
    return failure();
  return verifyEpsilon(*this, "C2", getEpsilon());
}

LogicalResult CosineEmbeddingGradientOp::verify() {
  if (failed(verifyOneType(*this, "C1",
                           {getPredictions(), getLabels(), getResult()})))
    return failure();
  return verifyEpsilon(*this, "C2", getEpsilon());
}

LogicalResult PairSimilarityOp::verify() {
  return verifyPairs(*this, getInput(), getLabels());
}

LogicalResult PairSimilarityGradientOp::verify() {
  if (failed(verifyPairs(*this, getInput(), getLabels())))
    return failure();
  return verifyOneType(*this, "C2", {getInput(), getResult()});
}

LogicalResult PairRankingOp::verify() {
  if (failed(verifyPairs(*this, getInput(), getLabels())))
    return failure();
  return verifyScale(*this, getScale());
}

LogicalResult PairRankingGradientOp::verify() {
  if (failed(verifyPairs(*this, getInput(), getLabels())) ||
      failed(verifyScale(*this, getScale())))
    return failure();
  return verifyOneType(*this, "C3", {getInput(), getResult()});
}
