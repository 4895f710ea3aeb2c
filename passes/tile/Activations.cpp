//===- Activations.cpp - hidden_act: formulas and derivatives -------------===//

#include "passes/tile/Kernels.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ErrorHandling.h"

using namespace bertc;
using namespace mlir;

namespace {

/// f32 or vectors of it, as `like` is.
class Formula {
public:
  Formula(OpBuilder &builder, Location loc, Value like)
      : b(loc, builder), type(like.getType()) {}

  Value constant(double value) {
    TypedAttr attr = b.getF32FloatAttr(value);
    if (auto vector = dyn_cast<VectorType>(type))
      attr = DenseElementsAttr::get(vector, attr);
    return arith::ConstantOp::create(b, attr);
  }
  Value mul(Value l, Value r) { return arith::MulFOp::create(b, l, r); }
  Value add(Value l, Value r) { return arith::AddFOp::create(b, l, r); }
  Value sub(Value l, Value r) { return arith::SubFOp::create(b, l, r); }
  Value oneMinus(Value x) { return sub(constant(1), x); }

  /// 1 + e^-x, what the logistic function divides by.
  Value logisticDivisor(Value x) {
    Value e = math::ExpOp::create(b, arith::NegFOp::create(b, x));
    return add(constant(1), e);
  }

  /// The normal distribution's Phi(x). For t >= 0 Phi(-t) = e^q(t), where q is
  /// the polynomial of degree 8 that is nearest to log Phi(-t), weighed such
  /// that the error of Phi(-t) max(1, t) is below 1.5e-8: less than an f32's
  /// rounding, and no division. Its leading coefficient takes it to 0 beyond.
  Value normalDistribution(Value x) {
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
    return arith::SelectOp::create(b, isLeft, tail, oneMinus(tail));
  }

  /// sqrt(2 / pi) (x + 0.044715 x^3), what GELU's tanh form takes tanh of.
  Value geluInner(Value x) {
    Value cube = mul(mul(x, x), mul(x, constant(cubic)));
    return mul(add(x, cube), constant(rootTwoOverPi));
  }

  static constexpr double cubic = 0.044715;
  static constexpr double rootTwoOverPi = 0.79788456080286536;
  ImplicitLocOpBuilder b;

private:
  Type type;
};

} // namespace

Value bertc::activationFormula(OpBuilder &builder, Location loc,
                               bert::Activation activation, Value x) {
  Formula f(builder, loc, x);
  switch (activation) {
  case bert::Activation::none:
    return x;
  case bert::Activation::relu:
    return arith::MaximumFOp::create(f.b, x, f.constant(0));
  case bert::Activation::tanh:
    return math::TanhOp::create(f.b, x);
  case bert::Activation::silu:
    return arith::DivFOp::create(f.b, x, f.logisticDivisor(x));
  case bert::Activation::gelu:
    // Hendrycks and Gimpel, arXiv:1606.08415.
    return f.mul(x, f.normalDistribution(x));
  case bert::Activation::gelu_tanh:
    // Their tanh form, NewGELUActivation of transformers.
    return f.mul(
        f.mul(x, f.constant(0.5)),
        f.add(f.constant(1), math::TanhOp::create(f.b, f.geluInner(x))));
  }
  llvm_unreachable("every activation has its formula");
}

Value bertc::activationDerivative(OpBuilder &builder, Location loc,
                                  bert::Activation activation, Value x) {
  Formula f(builder, loc, x);
  switch (activation) {
  case bert::Activation::none:
    return f.constant(1);
  case bert::Activation::relu: {
    Value isRight =
        arith::CmpFOp::create(f.b, arith::CmpFPredicate::OGT, x, f.constant(0));
    return arith::SelectOp::create(f.b, isRight, f.constant(1), f.constant(0));
  }
  case bert::Activation::tanh: {
    Value t = math::TanhOp::create(f.b, x);
    return f.oneMinus(f.mul(t, t));
  }
  case bert::Activation::silu: {
    Value s = arith::DivFOp::create(f.b, f.constant(1), f.logisticDivisor(x));
    return f.mul(s, f.add(f.constant(1), f.mul(x, f.oneMinus(s))));
  }
  case bert::Activation::gelu: {
    // Phi(x) + x e^(-x^2 / 2) / sqrt(2 pi).
    constexpr double inverseRootTwoPi = 0.39894228040143268;
    Value square = f.mul(x, f.mul(x, f.constant(-0.5)));
    Value density =
        f.mul(math::ExpOp::create(f.b, square), f.constant(inverseRootTwoPi));
    return f.add(f.normalDistribution(x), f.mul(x, density));
  }
  case bert::Activation::gelu_tanh: {
    // (1 + tanh u) / 2 is the logistic function s of 2 u, and 1 - s = e^-2u s,
    // which keeps its digits where tanh is nearly one. Far from zero, where the
    // second term is none, limits keep its factors numbers.
    constexpr double far = 40;
    Value u = f.geluInner(x);
    Value twice = arith::MaximumFOp::create(f.b, f.add(u, u), f.constant(-80));
    Value e = math::ExpOp::create(f.b, arith::NegFOp::create(f.b, twice));
    Value s =
        arith::DivFOp::create(f.b, f.constant(1), f.add(f.constant(1), e));
    Value near = arith::MinimumFOp::create(
        f.b, arith::MaximumFOp::create(f.b, x, f.constant(-far)),
        f.constant(far));
    Value inner = f.mul(
        f.add(f.constant(1), f.mul(f.mul(near, near), f.constant(3 * f.cubic))),
        f.constant(2 * f.rootTwoOverPi));
    return f.mul(s,
                 f.add(f.constant(1), f.mul(f.mul(near, inner), f.mul(e, s))));
  }
  }
  llvm_unreachable("every activation has its derivative");
}
