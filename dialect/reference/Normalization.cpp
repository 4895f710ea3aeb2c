//===- Normalization.cpp - meaning of layer_norm and l2_normalize ---------===//

#include "dialect/reference/Steps.h"

#include <algorithm>
#include <cmath>

using namespace bertc;
using namespace bertc::bert;

void bertc::normalizeRow(double *row, int64_t columns,
                         const ReferenceTensor &scale,
                         const ReferenceTensor &bias, double epsilon) {
  double mean = 0, variance = 0;
  for (int64_t h = 0; h < columns; ++h)
    mean += row[h] / columns;
  for (int64_t h = 0; h < columns; ++h)
    variance += (row[h] - mean) * (row[h] - mean) / columns;
  for (int64_t h = 0; h < columns; ++h)
    row[h] = (row[h] - mean) / std::sqrt(variance + epsilon) * scale.values[h] +
             bias.values[h];
}

llvm::Expected<ReferenceTensor>
LayerNormOp::interpret(llvm::ArrayRef<const ReferenceTensor *> operands) {
  ReferenceTensor y = *operands[0];
  for (int64_t t = 0; t < y.dim(0); ++t)
    normalizeRow(y.row(t), y.dim(1), *operands[1], *operands[2],
                 getEpsilon().convertToDouble());
  return y;
}

llvm::Expected<ReferenceTensor>
L2NormalizeOp::interpret(llvm::ArrayRef<const ReferenceTensor *> operands) {
  ReferenceTensor y = *operands[0];
  for (int64_t t = 0; t < y.dim(0); ++t) {
    double squares = 0;
    for (int64_t h = 0; h < y.dim(1); ++h)
      squares += y.row(t)[h] * y.row(t)[h];
    double norm = std::max(std::sqrt(squares), getEpsilon().convertToDouble());
    for (int64_t h = 0; h < y.dim(1); ++h)
      y.row(t)[h] /= norm;
  }
  return y;
}
