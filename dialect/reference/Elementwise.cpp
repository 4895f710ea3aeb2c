//===- Elementwise.cpp - meaning of activations and sums ------------------===//

#include "dialect/reference/Steps.h"

#include "llvm/Support/ErrorHandling.h"

#include <cmath>

using namespace bertc;
using namespace bertc::bert;

double bertc::activate(Activation activation, double x) {
  switch (activation) {
  case Activation::none:
    return x;
  case Activation::gelu:
    return x / 2 * (1 + std::erf(x / std::sqrt(2.0)));
  case Activation::gelu_tanh:
    return x / 2 *
           (1 + std::tanh(std::sqrt(2.0 / M_PI) * (x + 0.044715 * x * x * x)));
  case Activation::relu:
    return x > 0 ? x : 0;
  case Activation::silu:
    return x / (1 + std::exp(-x));
  case Activation::tanh:
    return std::tanh(x);
  }
  llvm_unreachable("every activation has its formula");
}

namespace {

ReferenceTensor map(Activation activation, const ReferenceTensor &x) {
  ReferenceTensor y = x;
  for (double &value : y.values)
    value = activate(activation, value);
  return y;
}

} // namespace

llvm::Expected<ReferenceTensor>
GeluOp::interpret(llvm::ArrayRef<const ReferenceTensor *> operands) {
  return map(getApproximate() == GeluForm::tanh ? Activation::gelu_tanh
                                                : Activation::gelu,
             *operands[0]);
}
llvm::Expected<ReferenceTensor>
ReluOp::interpret(llvm::ArrayRef<const ReferenceTensor *> operands) {
  return map(Activation::relu, *operands[0]);
}
llvm::Expected<ReferenceTensor>
SiluOp::interpret(llvm::ArrayRef<const ReferenceTensor *> operands) {
  return map(Activation::silu, *operands[0]);
}
llvm::Expected<ReferenceTensor>
TanhOp::interpret(llvm::ArrayRef<const ReferenceTensor *> operands) {
  return map(Activation::tanh, *operands[0]);
}

llvm::Expected<ReferenceTensor>
AddOp::interpret(llvm::ArrayRef<const ReferenceTensor *> operands) {
  ReferenceTensor sum = *operands[0];
  for (size_t i = 0; i < sum.values.size(); ++i)
    sum.values[i] += operands[1]->values[i];
  return sum;
}
