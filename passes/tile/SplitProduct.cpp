//===- SplitProduct.cpp ---------------------------------------------------===//

#include "passes/tile/SplitProduct.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace bertc;
using namespace mlir;

llvm::SmallVector<std::pair<int64_t, int64_t>>
bertc::termProducts(int64_t terms) {
  if (terms == 2)
    return {{0, 1}, {0, 0}, {1, 0}};
  return {{0, 2}, {0, 1}, {0, 0}, {2, 0}, {1, 0}, {1, 1}};
}

namespace {

VectorType sameShape(Value like, Type element) {
  return VectorType::get(cast<VectorType>(like.getType()).getShape(), element);
}

/// A NaN whose upper half stays one: to round it would carry out of its
/// exponent. Its first term is a NaN then, and so is the product.
Value quietly(ImplicitLocOpBuilder &b, Value x) {
  const VectorType bits = sameShape(x, b.getI32Type());
  Value isNan = arith::CmpFOp::create(b, arith::CmpFPredicate::UNO, x, x);
  Value nan =
      arith::BitcastOp::create(b, x.getType(), splatI32(b, bits, 0x7fc00000));
  return arith::SelectOp::create(b, isNan, nan, x);
}

/// The next term of x, to the nearest, halves away from zero, as the f32 whose
/// lower half is zero; x becomes the rest, which is exact.
Value takeTerm(ImplicitLocOpBuilder &b, Value &x) {
  const VectorType bits = sameShape(x, b.getI32Type());
  auto constant = [&](int32_t value) { return splatI32(b, bits, value); };
  Value rounded = arith::AddIOp::create(b, arith::BitcastOp::create(b, bits, x),
                                        constant(0x8000));
  Value term = arith::AndIOp::create(b, rounded, constant(-0x10000));
  x = arith::SubFOp::create(b, x,
                            arith::BitcastOp::create(b, x.getType(), term));
  return term;
}

Value upperHalf(ImplicitLocOpBuilder &b, Value bits) {
  return arith::ShRUIOp::create(
      b, bits, splatI32(b, cast<VectorType>(bits.getType()), 16));
}

} // namespace

void bertc::splitRows(KernelBuilder &k, const FactorPlan &plan, Value a,
                      Value firstRow, Value rows, Value firstColumn,
                      Value columns, Value factor) {
  ImplicitLocOpBuilder &b = k.builder();
  Value flat = memref::CollapseShapeOp::create(
      b, factor, ArrayRef<ReassociationIndices>{{0}, {1, 2}});
  k.loop(k.index(0), rows, k.index(1), [&](Value r) {
    Value row = k.add(firstRow, r);
    k.overColumns(
        columns, {},
        [&](Value c, Value rest, ValueRange) -> SmallVector<Value> {
          Value x = k.load(a, {row, k.add(firstColumn, c)},
                           rest ? k.firstLanes(rest) : Value());
          x = quietly(b, x);
          for (int64_t i = 0; i < plan.terms; ++i) {
            Value half = arith::TruncIOp::create(
                b, sameShape(x, b.getI16Type()), upperHalf(b, takeTerm(b, x)));
            Value term = vector::BitCastOp::create(
                b, sameShape(x, b.getBF16Type()), half);
            storeSteps(k, term, flat, {k.add(r, k.index(i * plan.rows)), c},
                       plan.step, rest);
          }
          return {};
        });
  });
}

void bertc::splitPanel(KernelBuilder &k, const FactorPlan &plan, Value w,
                       Value p, Value firstRow, Value size, int64_t inputs,
                       Value to) {
  ImplicitLocOpBuilder &b = k.builder();
  const int64_t lanes = k.targetDescription().lanes;
  const auto type = VectorType::get({lanes}, b.getF32Type());
  const bool endsInStep = inputs % plan.step != 0;
  Value zeros = arith::ConstantOp::create(b, b.getZeroAttr(type));
  /// Lanes of row `inBlock` of the K block.
  auto read = [&](Value inBlock, int64_t column) -> Value {
    Value row = k.add(firstRow, inBlock), isThere;
    if (endsInStep) {
      isThere =
          arith::CmpIOp::create(b, arith::CmpIPredicate::slt, inBlock, size);
      row = k.min(row, k.index(inputs - 1));
    }
    Value x =
        vector::LoadOp::create(b, type, w, ValueRange{p, row, k.index(column)});
    return quietly(
        b, isThere ? Value(arith::SelectOp::create(b, isThere, x, zeros)) : x);
  };
  Value flat = memref::CollapseShapeOp::create(
      b, to, ArrayRef<ReassociationIndices>{{0}, {1}, {2, 3}});
  Value groups = k.groupsOf(size, plan.step, plan.group);
  k.loop(k.index(0), groups, k.index(1), [&](Value g) {
    Value first = k.mul(g, k.index(plan.group));
    for (int64_t column = 0; column < plan.panel; column += lanes) {
      Value x = read(first, column), y = read(k.add(first, k.index(1)), column);
      for (int64_t i = 0; i < plan.terms; ++i) {
        // The lower half of a pair is its first element.
        Value lower = upperHalf(b, takeTerm(b, x));
        Value pair = arith::OrIOp::create(b, lower, takeTerm(b, y));
        Value elements = vector::BitCastOp::create(
            b, VectorType::get({lanes * plan.group}, b.getBF16Type()), pair);
        vector::StoreOp::create(
            b, elements, flat,
            ValueRange{k.index(i), g, k.index(column * plan.group)});
      }
    }
  });
}
