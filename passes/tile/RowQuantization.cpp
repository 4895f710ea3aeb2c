//===- RowQuantization.cpp ------------------------------------------------===//

#include "passes/tile/RowQuantization.h"

#include "dialect/Quantization.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/Support/MathExtras.h"

#include <utility>

using namespace bertc;
using namespace mlir;

namespace {

class Quantizer {
public:
  Quantizer(KernelBuilder &k, const FloatRows &from, const IntegerRows &to)
      : k(k), b(k.builder()), from(from), to(to),
        type(cast<MemRefType>(to.integers.getType())),
        flat(memref::CollapseShapeOp::create(
            b, to.integers,
            type.getRank() == 4
                ? ArrayRef<ReassociationIndices>{{0}, {1, 2, 3}}
                : ArrayRef<ReassociationIndices>{{0}, {1, 2}})) {}

  void quantize(Value r, Value row) {
    auto [low, high] = extremes(row);
    Value range = arith::SubFOp::create(b, high, low);
    Value scale = arith::DivFOp::create(b, range, k.f32(255));
    memref::StoreOp::create(b, scale, to.scales, r);
    Value isPositive = arith::CmpFOp::create(b, arith::CmpFPredicate::OGT,
                                             range, k.f32(leastRange));
    Value inverse = arith::SelectOp::create(
        b, isPositive, arith::DivFOp::create(b, k.f32(255), range), k.f32(0));
    Value zero = number(math::RoundEvenOp::create(
        b, arith::MulFOp::create(b, arith::NegFOp::create(b, low), inverse)));
    memref::StoreOp::create(b, arith::FPToSIOp::create(b, b.getI32Type(), zero),
                            to.zeros, r);
    Value factor = k.splat(inverse), offset = k.splat(zero);
    k.overRow(from.columns, {},
              [&](Value c, Value mask, ValueRange) -> SmallVector<Value> {
                Value x = element(row, c, mask);
                Value q = number(math::RoundEvenOp::create(
                    b, arith::MulFOp::create(b, x, factor)));
                q = arith::MinNumFOp::create(
                    b, arith::AddFOp::create(b, q, offset),
                    k.splat(k.f32(255)));
                k.store(stored(q), flat, {r, c}, mask ? lastGroups() : mask);
                return {};
              });
  }

private:
  Value element(Value row, Value column, Value mask) {
    Value x = k.load(from.rows, {row, column}, mask);
    if (!from.columnScale)
      return x;
    return arith::MulFOp::create(b, x,
                                 k.load(from.columnScale, {column}, mask));
  }

  /// min(x, 0) and max(x, 0) of a row; a NaN is both.
  std::pair<Value, Value> extremes(Value row) {
    Value none = k.splat(k.f32(0));
    SmallVector<Value> each = k.overRow(
        from.columns, {none, none},
        [&](Value c, Value mask, ValueRange most) -> SmallVector<Value> {
          Value x = element(row, c, mask);
          return {arith::MinimumFOp::create(b, most[0], x),
                  arith::MaximumFOp::create(b, most[1], x)};
        });
    auto reduce = [&](vector::CombiningKind kind, Value values) {
      return vector::ReductionOp::create(b, kind, values,
                                         arith::FastMathFlags::reassoc);
    };
    return {reduce(vector::CombiningKind::MINIMUMF, each[0]),
            reduce(vector::CombiningKind::MAXIMUMF, each[1])};
  }

  /// Zero for a NaN, of which no conversion is defined.
  Value number(Value x) {
    Value isNumber = arith::CmpFOp::create(b, arith::CmpFPredicate::ORD, x, x);
    Value none = k.f32(0);
    if (isa<VectorType>(x.getType()))
      none = k.splat(none);
    return arith::SelectOp::create(b, isNumber, x, none);
  }

  Value stored(Value q) {
    auto wide = VectorType::get({k.wide()}, b.getI32Type());
    Value narrow = arith::TruncIOp::create(
        b, VectorType::get({k.wide()}, type.getElementType()),
        arith::FPToSIOp::create(b, wide, q));
    if (type.getRank() < 4)
      return narrow;
    // Elements 0 and 2 of a group, then 1 and 3.
    SmallVector<int64_t> order;
    for (int64_t group = 0; group < k.wide(); group += 4)
      for (int64_t element : {0, 2, 1, 3})
        order.push_back(group + element);
    return vector::ShuffleOp::create(b, narrow, narrow, order);
  }

  /// The mask of a row's last vector, up to whole groups.
  Value lastGroups() {
    return vector::ConstantMaskOp::create(
        b, VectorType::get({k.wide()}, b.getI1Type()),
        ArrayRef<int64_t>{
            int64_t(llvm::alignTo(from.columns % k.wide(), uint64_t(4)))});
  }

  KernelBuilder &k;
  ImplicitLocOpBuilder &b;
  const FloatRows &from;
  const IntegerRows &to;
  MemRefType type;
  Value flat;
};

} // namespace

void bertc::quantizeRows(KernelBuilder &k, const FloatRows &from,
                         Value firstRow, Value count, const IntegerRows &to) {
  Quantizer quantizer(k, from, to);
  k.loop(k.index(0), count, k.index(1),
         [&](Value r) { quantizer.quantize(r, k.add(firstRow, r)); });
}
