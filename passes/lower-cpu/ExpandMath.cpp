//===- ExpandMath.cpp - bert-expand-math ----------------------------------===//
//
// exp, tanh and the logarithms as polynomials, so that no kernel calls libm and
// every lane of a register works. All but exp are MLIR's
// (mlir/lib/Dialect/Math/Transforms/PolynomialApproximation.cpp, after Eigen).
// test/passes/lower-cpu/expand-math.mlir states the errors.
//
//===----------------------------------------------------------------------===//

#include "passes/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace bertc {
#define GEN_PASS_DEF_BERTEXPANDMATH
#include "passes/Passes.h.inc"
} // namespace bertc

using namespace bertc;
using namespace mlir;

namespace {

/// e^x = 2^n e^r with n = x / ln 2 rounded and |r| <= ln 2 / 2, of which ln 2
/// is taken in two parts (Cody and Waite). e^r = 1 + r + r^2 p(r), p of degree
/// 4 with a relative error of 3e-9. Ends need no branch: from n = -127 on the
/// bits of 2^n are those of 0, from 128 on those of infinity, which is below
/// -87.7 and above 88.4.
struct ExpandExp : OpRewritePattern<math::ExpOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(math::ExpOp op,
                                PatternRewriter &rewriter) const override {
    Type type = op.getType();
    if (!getElementTypeOrSelf(type).isF32())
      return failure();
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Type bitsType = type.isF32() ? Type(b.getI32Type())
                                 : cast<VectorType>(type).clone(b.getI32Type());
    auto like = [&](TypedAttr value, Type of) -> Value {
      if (auto vector = dyn_cast<VectorType>(of))
        value = DenseElementsAttr::get(vector, value);
      return arith::ConstantOp::create(b, value);
    };
    auto f32 = [&](double v) { return like(b.getF32FloatAttr(v), type); };
    auto i32 = [&](int v) { return like(b.getI32IntegerAttr(v), bitsType); };
    // x where it is a number below or above the limit; NaN stays.
    auto limit = [&](Value x, arith::CmpFPredicate beyond, double most) {
      Value isBeyond = arith::CmpFOp::create(b, beyond, x, f32(most));
      return Value(arith::SelectOp::create(b, isBeyond, f32(most), x));
    };
    auto fma = [&](Value x, Value y, double z) -> Value {
      return math::FmaOp::create(b, x, y, f32(z));
    };
    Value x = limit(op.getOperand(), arith::CmpFPredicate::OLT, -88);
    x = limit(x, arith::CmpFPredicate::OGT, 89);
    Value n = math::RoundEvenOp::create(
        b, arith::MulFOp::create(b, x, f32(1.44269504088896341)));
    Value r = math::FmaOp::create(b, n, f32(-0.693359375), x);
    r = math::FmaOp::create(b, n, f32(2.12194440e-4), r);
    Value p = fma(f32(1.3814617032790587e-3), r, 8.368719391211435e-3);
    for (double coefficient : {4.1668387985929076e-2, 0.16666520611267233,
                               0.4999999344718828, 1.0, 1.0})
      p = fma(p, r, coefficient);
    // A NaN has no integer: any will do, p is NaN too.
    Value isNumber = arith::CmpFOp::create(b, arith::CmpFPredicate::ORD, n, n);
    Value power = arith::FPToSIOp::create(
        b, bitsType, arith::SelectOp::create(b, isNumber, n, f32(0)));
    Value bits = arith::ShLIOp::create(
        b, arith::AddIOp::create(b, power, i32(127)), i32(23));
    rewriter.replaceOpWithNewOp<arith::MulFOp>(
        op, p, arith::BitcastOp::create(b, type, bits));
    return success();
  }
};

struct ExpandMathPass : bertc::impl::BertExpandMathBase<ExpandMathPass> {
  using Base::Base;

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<ExpandExp>(&getContext());
    populateMathPolynomialApproximationPatterns(patterns, [](StringRef name) {
      return name == math::TanhOp::getOperationName() ||
             name == math::LogOp::getOperationName() ||
             name == math::Log1pOp::getOperationName();
    });
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
