//===- Activations.cpp - formulas of hidden_act ---------------------------===//

#include "passes/tile/Kernels.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/STLExtras.h"
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
    // x Phi(x), Phi the normal distribution: Hendrycks and Gimpel,
    // arXiv:1606.08415. For t >= 0 Phi(-t) = e^q(t), where q is the polynomial
    // of degree 8 that is nearest to log Phi(-t), weighed such that the error
    // of Phi(-t) max(1, t) is below 1.5e-8: less than an f32's rounding, and no
    // division. Its leading coefficient takes it to 0 beyond.
    constexpr double q[] = {
        -1.5775490641743745e-06, 2.285214713520176e-05, -1.0901977138916153e-04,
        -1.4034109615518488e-04, 4.950989141692544e-03, -3.642240582639889e-02,
        -0.31828837640894303,    -0.7978865301971547,   -0.6931471521848377};
    Value t = math::AbsFOp::create(b, x), sum = constant(q[0]);
    for (double coefficient : llvm::drop_begin(q))
      sum = math::FmaOp::create(b, sum, t, constant(coefficient));
    Value tail = math::ExpOp::create(b, sum);
    Value isLeft =
        arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, x, constant(0));
    Value phi = arith::SelectOp::create(
        b, isLeft, tail, arith::SubFOp::create(b, constant(1), tail));
    return mul(x, phi);
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
