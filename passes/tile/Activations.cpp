//===- Activations.cpp - formulas of hidden_act ---------------------------===//

#include "passes/tile/Kernels.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/Support/ErrorHandling.h"

using namespace bertc;
using namespace mlir;

Value bertc::activationFormula(OpBuilder &builder, Location loc,
                               bert::Activation activation, Value x) {
  ImplicitLocOpBuilder b(loc, builder);
  auto constant = [&](double value) -> Value {
    TypedAttr attr = b.getF32FloatAttr(value);
    if (auto vector = dyn_cast<VectorType>(x.getType()))
      attr = DenseElementsAttr::get(vector, attr);
    return arith::ConstantOp::create(b, attr);
  };
  auto mul = [&](Value l, Value r) -> Value {
    return arith::MulFOp::create(b, l, r);
  };
  switch (activation) {
  case bert::Activation::none:
    return x;
  case bert::Activation::relu:
    return arith::MaximumFOp::create(b, x, constant(0));
  case bert::Activation::tanh:
    return math::TanhOp::create(b, x);
  case bert::Activation::silu: {
    Value e = math::ExpOp::create(b, arith::NegFOp::create(b, x));
    return arith::DivFOp::create(b, x,
                                 arith::AddFOp::create(b, constant(1), e));
  }
  case bert::Activation::gelu: {
    // x/2 (1 + erf(x / sqrt 2)): Hendrycks and Gimpel, arXiv:1606.08415.
    Value e = math::ErfOp::create(b, mul(x, constant(0.70710678118654752)));
    return mul(mul(x, constant(0.5)), arith::AddFOp::create(b, constant(1), e));
  }
  case bert::Activation::gelu_tanh: {
    // Their tanh form, NewGELUActivation of transformers.
    Value cube = mul(mul(x, x), mul(x, constant(0.044715)));
    Value inner =
        mul(arith::AddFOp::create(b, x, cube), constant(0.79788456080286536));
    Value t = math::TanhOp::create(b, inner);
    return mul(mul(x, constant(0.5)), arith::AddFOp::create(b, constant(1), t));
  }
  }
  llvm_unreachable("every activation has its formula");
}
