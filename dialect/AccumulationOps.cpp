//===- AccumulationOps.cpp - verifiers of sums over runs ------------------===//

#include "dialect/BertOps.h"
#include "dialect/Verify.h"

using namespace bertc::bert;
using namespace mlir;

LogicalResult AccumulateOp::verify() {
  if (!cast<RankedTensorType>(getSum().getType()).hasStaticShape())
    return emitOpError("C1: the sum has no static shape: ")
           << getSum().getType();
  return verifyOneType(*this, "C1", {getSum(), getTerm(), getResult()});
}

LogicalResult AccumulateWeightGradientOp::verify() {
  if (failed(verifyRows(*this, "C1", getGradient(), getInput())))
    return failure();
  auto type =
      RankedTensorType::get({columnsOf(getGradient()), columnsOf(getInput())},
                            Float32Type::get(getContext()));
  if (getSum().getType() != type)
    return emitOpError("C2: the sum must be ")
           << type << ", got " << getSum().getType();
  if (failed(verifyOneType(*this, "C2", {getSum(), getResult()})))
    return failure();
  return verifyGradientPrecision(*this, "C3", getPrecision());
}

int64_t AccumulateWeightGradientOp::getFlopsPerRow() {
  return 2 * cast<RankedTensorType>(getResult().getType()).getNumElements();
}

LogicalResult AccumulateEmbeddingGradientOp::verify() {
  if (failed(verifyRows(*this, "C1", getIds(), getGradient())) ||
      failed(verifyOneType(*this, "C2", {getSum(), getResult()})))
    return failure();
  auto sum = cast<RankedTensorType>(getSum().getType());
  if (!sum.hasStaticShape() || sum.getDimSize(1) != columnsOf(getGradient()))
    return emitOpError("C2: the sum must have static rows of ")
           << columnsOf(getGradient()) << " columns, got " << sum;
  return verifyPadding(*this, "C3", getPadding(), sum.getDimSize(0));
}
