//===- Cosine.cpp - meaning of cosine and its gradient --------------------===//

#include "dialect/reference/Steps.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

using namespace bertc;
using namespace bertc::bert;

namespace {

double dot(llvm::ArrayRef<double> x, llvm::ArrayRef<double> y) {
  double sum = 0;
  for (size_t i = 0; i < x.size(); ++i)
    sum += x[i] * y[i];
  return sum;
}

llvm::ArrayRef<double> rowOf(const ReferenceTensor &x, int64_t t) {
  return {x.row(t), size_t(x.dim(1))};
}

} // namespace

double bertc::cosine(llvm::ArrayRef<double> x, llvm::ArrayRef<double> y,
                     double epsilon) {
  return dot(x, y) / (std::max(std::sqrt(dot(x, x)), epsilon) *
                      std::max(std::sqrt(dot(y, y)), epsilon));
}

void bertc::addCosineSlope(llvm::ArrayRef<double> x, llvm::ArrayRef<double> y,
                           double epsilon, double gradient, double *place) {
  const double norm = std::sqrt(dot(x, x));
  const double other = std::max(std::sqrt(dot(y, y)), epsilon);
  const double along =
      norm > epsilon ? cosine(x, y, epsilon) / (norm * norm) : 0;
  for (size_t i = 0; i < x.size(); ++i)
    place[i] +=
        gradient * (y[i] / (other * std::max(norm, epsilon)) - along * x[i]);
}

llvm::Expected<ReferenceTensor>
CosineOp::interpret(llvm::ArrayRef<const ReferenceTensor *> operands) {
  const ReferenceTensor &x = *operands[0], &y = *operands[1];
  ReferenceTensor result({x.dim(0), 1});
  for (int64_t t = 0; t < x.dim(0); ++t)
    result.values[t] =
        cosine(rowOf(x, t), rowOf(y, t), getEpsilon().convertToDouble());
  return result;
}

llvm::Expected<ReferenceTensor>
CosineGradientOp::interpret(llvm::ArrayRef<const ReferenceTensor *> operands) {
  const ReferenceTensor &x = *operands[1], &y = *operands[2];
  ReferenceTensor result(x.shape);
  for (int64_t t = 0; t < x.dim(0); ++t)
    addCosineSlope(rowOf(x, t), rowOf(y, t), getEpsilon().convertToDouble(),
                   operands[0]->values[t], result.row(t));
  return result;
}
