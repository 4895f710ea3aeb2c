//===- NormalizationGradient.cpp - of layer_norm and l2_normalize ---------===//

#include "dialect/reference/Steps.h"

#include <cmath>
#include <cstdint>
#include <vector>

using namespace bertc;
using namespace bertc::bert;

namespace {

/// A row without its mean and with variance 1; returns sqrt(var + epsilon).
double standardize(const double *x, int64_t columns, double epsilon,
                   std::vector<double> &normal) {
  double mean = 0, variance = 0;
  for (int64_t h = 0; h < columns; ++h)
    mean += x[h] / double(columns);
  for (int64_t h = 0; h < columns; ++h)
    variance += (x[h] - mean) * (x[h] - mean) / double(columns);
  const double deviation = std::sqrt(variance + epsilon);
  normal.resize(columns);
  for (int64_t h = 0; h < columns; ++h)
    normal[h] = (x[h] - mean) / deviation;
  return deviation;
}

} // namespace

llvm::Expected<ReferenceTensor> LayerNormGradientOp::interpret(
    llvm::ArrayRef<const ReferenceTensor *> operands) {
  const ReferenceTensor &gradient = *operands[0], &x = *operands[1],
                        &scale = *operands[2];
  const int64_t columns = x.dim(1);
  ReferenceTensor dx({x.dim(0), columns});
  std::vector<double> normal;
  for (int64_t t = 0; t < x.dim(0); ++t) {
    const double deviation =
        standardize(x.row(t), columns, getEpsilon().convertToDouble(), normal);
    auto g = [&](int64_t h) { return gradient.row(t)[h] * scale.values[h]; };
    double mean = 0, along = 0;
    for (int64_t h = 0; h < columns; ++h) {
      mean += g(h) / double(columns);
      along += g(h) * normal[h] / double(columns);
    }
    for (int64_t h = 0; h < columns; ++h)
      dx.row(t)[h] = (g(h) - mean - normal[h] * along) / deviation;
  }
  return dx;
}

llvm::Expected<ReferenceTensor> LayerNormScaleGradientOp::interpret(
    llvm::ArrayRef<const ReferenceTensor *> operands) {
  const ReferenceTensor &gradient = *operands[0], &x = *operands[1];
  ReferenceTensor ds({x.dim(1)});
  std::vector<double> normal;
  for (int64_t t = 0; t < x.dim(0); ++t) {
    standardize(x.row(t), x.dim(1), getEpsilon().convertToDouble(), normal);
    for (int64_t h = 0; h < x.dim(1); ++h)
      ds.values[h] += gradient.row(t)[h] * normal[h];
  }
  return ds;
}

llvm::Expected<ReferenceTensor> L2NormalizeGradientOp::interpret(
    llvm::ArrayRef<const ReferenceTensor *> operands) {
  const ReferenceTensor &gradient = *operands[0], &x = *operands[1];
  const double epsilon = getEpsilon().convertToDouble();
  ReferenceTensor dx({x.dim(0), x.dim(1)});
  for (int64_t t = 0; t < x.dim(0); ++t) {
    double squares = 0, along = 0;
    for (int64_t h = 0; h < x.dim(1); ++h) {
      squares += x.row(t)[h] * x.row(t)[h];
      along += x.row(t)[h] * gradient.row(t)[h];
    }
    const double norm = std::sqrt(squares);
    for (int64_t h = 0; h < x.dim(1); ++h)
      dx.row(t)[h] =
          norm > epsilon
              ? (gradient.row(t)[h] - x.row(t)[h] * along / squares) / norm
              : gradient.row(t)[h] / epsilon;
  }
  return dx;
}
