//===- ElementwiseGradient.cpp - slopes of activations; sums, columns -----===//

#include "dialect/reference/Steps.h"

#include "llvm/Support/ErrorHandling.h"

#include <algorithm>
#include <cmath>

using namespace bertc;
using namespace bertc::bert;

namespace {

/// The derivative of activate(activation, x).
double slope(Activation activation, double x) {
  switch (activation) {
  case Activation::none:
    return 1;
  case Activation::gelu: {
    // Phi(x) + x phi(x), of the normal distribution.
    double density = std::exp(-x * x / 2) / std::sqrt(2 * M_PI);
    return (1 + std::erf(x / std::sqrt(2.0))) / 2 + x * density;
  }
  case Activation::gelu_tanh: {
    double factor = std::sqrt(2.0 / M_PI);
    double tanh = std::tanh(factor * (x + 0.044715 * x * x * x));
    return (1 + tanh) / 2 +
           x / 2 * (1 - tanh * tanh) * factor * (1 + 3 * 0.044715 * x * x);
  }
  case Activation::relu:
    return x > 0 ? 1 : 0;
  case Activation::silu: {
    double sigmoid = 1 / (1 + std::exp(-x));
    return sigmoid * (1 + x * (1 - sigmoid));
  }
  case Activation::tanh: {
    double tanh = std::tanh(x);
    return 1 - tanh * tanh;
  }
  }
  llvm_unreachable("every activation has its derivative");
}

} // namespace

llvm::Expected<ReferenceTensor> ActivationGradientOp::interpret(
    llvm::ArrayRef<const ReferenceTensor *> operands) {
  ReferenceTensor dx = *operands[0];
  for (size_t i = 0; i < dx.values.size(); ++i)
    dx.values[i] *= slope(getActivation(), operands[1]->values[i]);
  return dx;
}

llvm::Expected<ReferenceTensor>
ScaleOp::interpret(llvm::ArrayRef<const ReferenceTensor *> operands) {
  ReferenceTensor y = *operands[0];
  for (double &value : y.values)
    value *= getFactor().convertToDouble();
  return y;
}

llvm::Expected<ReferenceTensor>
PlaceColumnsOp::interpret(llvm::ArrayRef<const ReferenceTensor *> operands) {
  const ReferenceTensor &x = *operands[0];
  ReferenceTensor y({x.dim(0), int64_t(getColumns())});
  for (int64_t t = 0; t < x.dim(0); ++t)
    std::copy_n(x.row(t), x.dim(1), y.row(t) + getFirst());
  return y;
}
