//===- LinearGradient.cpp - meaning of bert.linear's gradients ------------===//

#include "dialect/reference/Rounding.h"
#include "dialect/reference/Steps.h"

#include <cstdint>

using namespace bertc;
using namespace bertc::bert;

ReferenceTensor bertc::transposed(const ReferenceTensor &x) {
  ReferenceTensor y({x.dim(1), x.dim(0)});
  for (int64_t i = 0; i < x.dim(0); ++i)
    for (int64_t j = 0; j < x.dim(1); ++j)
      y.row(j)[i] = x.row(i)[j];
  return y;
}

ReferenceTensor bertc::weightGradient(const ReferenceTensor &gradient,
                                      const ReferenceTensor &x,
                                      Precision precision) {
  return product(transposed(roundedInput(gradient, precision)),
                 transposed(roundedInput(x, precision)));
}

llvm::Expected<ReferenceTensor> LinearInputGradientOp::interpret(
    llvm::ArrayRef<const ReferenceTensor *> operands) {
  return product(roundedInput(*operands[0], getPrecision()),
                 transposed(roundedWeight(*operands[1], getPrecision())));
}

llvm::Expected<ReferenceTensor> LinearWeightGradientOp::interpret(
    llvm::ArrayRef<const ReferenceTensor *> operands) {
  return weightGradient(*operands[0], *operands[1], getPrecision());
}

llvm::Expected<ReferenceTensor>
ColumnSumsOp::interpret(llvm::ArrayRef<const ReferenceTensor *> operands) {
  const ReferenceTensor &x = *operands[0];
  ReferenceTensor sums({x.dim(1)});
  for (int64_t t = 0; t < x.dim(0); ++t)
    for (int64_t h = 0; h < x.dim(1); ++h)
      sums.values[h] += x.row(t)[h];
  return sums;
}
