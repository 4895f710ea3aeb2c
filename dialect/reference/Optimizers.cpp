//===- Optimizers.cpp - steps of optimisers -------------------------------===//

#include "dialect/BertOps.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

using namespace bertc;
using namespace bertc::bert;

namespace {

using Tensors = llvm::ArrayRef<const ReferenceTensor *>;
using Updated = std::vector<ReferenceTensor>;

/// The one element of an operand, 0 where there is none.
double number(Tensors operands, size_t i) {
  return i < operands.size() ? operands[i]->values[0] : 0;
}

double squaredNorm(const std::vector<double> &values) {
  double sum = 0;
  for (double value : values)
    sum += value * value;
  return sum;
}

Updated firstOf(Tensors operands, size_t count) {
  Updated results;
  for (size_t i = 0; i < count; ++i)
    results.push_back(*operands[i]);
  return results;
}

/// The moments' step of bert.adam and bert.lamb.
template <typename Op>
void moveMoments(Op op, Updated &results, Tensors operands, double factor) {
  const double b1 = op.getFirstDecay().convertToDouble();
  const double b2 = op.getSecondDecay().convertToDouble();
  const std::vector<double> &gradient = operands[3]->values;
  for (size_t i = 0; i < gradient.size(); ++i) {
    const double g = factor * gradient[i];
    double &m = results[1].values[i], &v = results[2].values[i];
    m = b1 * m + (1 - b1) * g;
    v = b2 * v + (1 - b2) * g * g;
  }
}

} // namespace

llvm::Expected<ReferenceTensor> GlobalNormOp::interpret(Tensors operands) {
  double sum = 0;
  for (const ReferenceTensor *gradient : operands)
    sum += squaredNorm(gradient->values);
  ReferenceTensor norm(std::vector<int64_t>{});
  norm.values[0] = std::sqrt(sum);
  return norm;
}

llvm::Expected<ReferenceTensor> ClipFactorOp::interpret(Tensors operands) {
  const double norm = number(operands, 0);
  const double most = getMaxNorm().convertToDouble();
  ReferenceTensor factor(std::vector<int64_t>{});
  factor.values[0] =
      !std::isfinite(norm) ? std::numeric_limits<double>::quiet_NaN()
      : most == 0
          ? 1
          : std::min(1.0, most / (norm + getEpsilon().convertToDouble()));
  return factor;
}

llvm::Expected<Updated> AdamOp::interpretUpdate(Tensors operands) {
  Updated results = firstOf(operands, 3);
  const double factor = number(operands, 4);
  if (!std::isfinite(factor))
    return results;
  moveMoments(*this, results, operands, factor);
  const double rate = number(operands, 5), correction = number(operands, 6);
  const double decay = number(operands, 7);
  const double epsilon = getEpsilon().convertToDouble();
  for (size_t i = 0; i < results[0].values.size(); ++i) {
    const double m = results[1].values[i], v = results[2].values[i];
    double &p = results[0].values[i];
    p = (1 - decay) * p - rate * m / (correction * std::sqrt(v) + epsilon);
  }
  return results;
}

llvm::Expected<Updated> LambOp::interpretUpdate(Tensors operands) {
  Updated results = firstOf(operands, 3);
  const double factor = number(operands, 4);
  if (!std::isfinite(factor))
    return results;
  moveMoments(*this, results, operands, factor);
  const double rate = number(operands, 5);
  const double decay = number(operands, 8);
  const double epsilon = getEpsilon().convertToDouble();
  std::vector<double> &p = results[0].values;
  std::vector<double> direction(p.size());
  for (size_t i = 0; i < p.size(); ++i) {
    const double m = number(operands, 6) * results[1].values[i];
    const double v = number(operands, 7) * results[2].values[i];
    direction[i] = m / (std::sqrt(v) + epsilon) + decay * p[i];
  }
  double ratio = 1;
  if (getDecay()) {
    const double norm = std::sqrt(squaredNorm(p));
    const double length = std::sqrt(squaredNorm(direction));
    if (norm > 0 && length > 0)
      ratio = norm / length;
  }
  for (size_t i = 0; i < p.size(); ++i)
    p[i] -= rate * ratio * direction[i];
  return results;
}

llvm::Expected<Updated> SgdOp::interpretUpdate(Tensors operands) {
  Updated results = firstOf(operands, 2);
  const double factor = number(operands, 3);
  if (!std::isfinite(factor))
    return results;
  const double rate = number(operands, 4), decay = number(operands, 5);
  const double momentum = getMomentum().convertToDouble();
  for (size_t i = 0; i < results[0].values.size(); ++i) {
    double &p = results[0].values[i], &u = results[1].values[i];
    const double g = factor * operands[2]->values[i] + decay * p;
    u = momentum * u + g;
    p -= rate * (getNesterov() ? g + momentum * u : u);
  }
  return results;
}
