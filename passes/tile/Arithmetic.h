//===- Arithmetic.h - formulas in f32 -------------------------------------===//

#ifndef BERTC_PASSES_TILE_ARITHMETIC_H
#define BERTC_PASSES_TILE_ARITHMETIC_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace bertc {

/// What builders of formulas share: operations on f32, or on vectors of it.
class Arithmetic {
public:
  explicit Arithmetic(mlir::ImplicitLocOpBuilder &b) : b(b) {}

  mlir::Value add(mlir::Value x, mlir::Value y) {
    return mlir::arith::AddFOp::create(b, x, y);
  }
  mlir::Value sub(mlir::Value x, mlir::Value y) {
    return mlir::arith::SubFOp::create(b, x, y);
  }
  mlir::Value mul(mlir::Value x, mlir::Value y) {
    return mlir::arith::MulFOp::create(b, x, y);
  }
  mlir::Value div(mlir::Value x, mlir::Value y) {
    return mlir::arith::DivFOp::create(b, x, y);
  }
  mlir::Value neg(mlir::Value x) { return mlir::arith::NegFOp::create(b, x); }
  mlir::Value exp(mlir::Value x) { return mlir::math::ExpOp::create(b, x); }
  mlir::Value log(mlir::Value x) { return mlir::math::LogOp::create(b, x); }
  mlir::Value sqrt(mlir::Value x) { return mlir::math::SqrtOp::create(b, x); }
  mlir::Value select(mlir::Value condition, mlir::Value x, mlir::Value y) {
    return mlir::arith::SelectOp::create(b, condition, x, y);
  }

  mlir::ImplicitLocOpBuilder &b;
};

} // namespace bertc

#endif // BERTC_PASSES_TILE_ARITHMETIC_H
