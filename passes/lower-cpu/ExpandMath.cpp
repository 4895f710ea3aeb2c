//===- ExpandMath.cpp - bert-expand-math ----------------------------------===//
//
// exp, erf and tanh on vectors as polynomials, so that no kernel calls libm and
// every lane of a register works. The approximations are MLIR's
// (mlir/lib/Dialect/Math/Transforms/PolynomialApproximation.cpp, after Cephes
// and Eigen); test/passes/lower-cpu/expand-math.mlir states their error.
//
//===----------------------------------------------------------------------===//

#include "passes/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace bertc {
#define GEN_PASS_DEF_BERTEXPANDMATH
#include "passes/Passes.h.inc"
} // namespace bertc

using namespace bertc;
using namespace mlir;

namespace {

struct ExpandMathPass : bertc::impl::BertExpandMathBase<ExpandMathPass> {
  using Base::Base;

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateMathPolynomialApproximationPatterns(patterns, [](StringRef name) {
      return name == math::ExpOp::getOperationName() ||
             name == math::ErfOp::getOperationName() ||
             name == math::TanhOp::getOperationName();
    });
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
