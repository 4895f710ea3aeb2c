//===- OptimizerOps.cpp - verifiers of optimisers' ops --------------------===//

#include "dialect/BertOps.h"
#include "dialect/Verify.h"

using namespace bertc::bert;
using namespace mlir;

namespace {

bool isStatic(Value value) {
  return cast<RankedTensorType>(value.getType()).hasStaticShape();
}

/// C1 of the ops with UpdateOpInterface: `updated` operands, the gradient.
LogicalResult verifyValues(Operation *op, ValueRange updated, Value gradient) {
  SmallVector<Value> values(updated);
  values.push_back(gradient);
  values.append(op->result_begin(), op->result_end());
  if (!isStatic(gradient))
    return op->emitOpError("C1: the gradient has no static shape: ")
           << gradient.getType();
  return verifyOneType(op, "C1", values);
}

LogicalResult verifyDecay(Operation *op, StringRef name, const APFloat &decay) {
  const double value = decay.convertToDouble();
  if (value >= 0 && value < 1)
    return success();
  return op->emitOpError("C2: ") << name << " must be in [0, 1), got " << value;
}

template <typename Op> LogicalResult verifyMoments(Op op) {
  if (failed(verifyValues(op,
                          {op.getParameter(), op.getFirst(), op.getSecond()},
                          op.getGradient())) ||
      failed(verifyDecay(op, "first_decay", op.getFirstDecay())) ||
      failed(verifyDecay(op, "second_decay", op.getSecondDecay())))
    return failure();
  return verifyEpsilon(op, "C2", op.getEpsilon());
}

} // namespace

LogicalResult GlobalNormOp::verify() {
  if (getGradients().empty())
    return emitOpError("C1: there is no gradient");
  for (Value gradient : getGradients())
    if (!isStatic(gradient))
      return emitOpError("C1: a gradient has no static shape: ")
             << gradient.getType();
  return success();
}

LogicalResult ClipFactorOp::verify() {
  // A NaN is neither.
  if (getMaxNorm().convertToDouble() >= 0 &&
      getEpsilon().convertToDouble() >= 0)
    return success();
  return emitOpError("C1: max_norm and epsilon must not be negative");
}

LogicalResult AdamOp::verify() { return verifyMoments(*this); }

LogicalResult LambOp::verify() { return verifyMoments(*this); }

LogicalResult SgdOp::verify() {
  if (failed(
          verifyValues(*this, {getParameter(), getVelocity()}, getGradient())))
    return failure();
  return verifyDecay(*this, "momentum", getMomentum());
}
