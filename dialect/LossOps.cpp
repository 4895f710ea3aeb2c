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
