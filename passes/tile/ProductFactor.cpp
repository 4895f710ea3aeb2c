//===- ProductFactor.cpp --------------------------------------------------===//

#include "passes/tile/ProductFactor.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/MathExtras.h"

using namespace bertc;
using namespace mlir;

Type bertc::factorType(MLIRContext *context, bert::Precision precision,
                       const TargetDescription &target) {
  if (target.usesWords(precision))
    return IntegerType::get(context, 16);
  return target.multiplies(precision) ? bert::elementType(context, precision)
                                      : Type(Float32Type::get(context));
}

FactorPlan::FactorPlan(MLIRContext *context, int64_t inputs,
                       bert::Precision precision,
                       const TargetDescription &target)
    : precision(precision),
      terms(precision == bert::Precision::f32 ? target.f32Terms : 1),
      panel(target.panel) {
  // Terms of f32 are factors of bf16.
  const bert::Precision factors = terms > 1 ? bert::Precision::bf16 : precision;
  group = bert::groupOf(factors);
  step = group * target.groupsAtOnce(factors);
  tileRows = target.tileRowsOf(factors);
  element = factorType(context, factors, target);
  usesTiles = target.usesTiles(factors);
  usesWords = target.usesWords(factors);
  const int64_t bytesEach = element.getIntOrFloatBitWidth() / 8;
  depth = target.productDepth(inputs, factors, terms);
  // What a matrix unit makes is added to the result after each depth: while a
  // panel's depths follow each other its columns stay in L2, as do the rows.
  extent = usesTiles ? target.productExtent(inputs, depth, terms) : depth;
  rows = target.productRows(extent * terms, bytesEach, factors);
  // Each row of a matrix unit's tile is a line of the cache: those of a tile
  // spread over its sets where they are an odd number of lines apart.
  int64_t stride = usesTiles ? extent : target.rowStride(depth, bytesEach);
  if (usesTiles && stride * bytesEach % 128 == 0)
    stride += step;
  strideGroups = stride / group;
}

FactorArrays::FactorArrays(ScratchPlaces &places, const FactorPlan &plan) {
  SmallVector<int64_t> shape = {plan.terms * plan.rows, plan.strideGroups};
  shape.append(plan.groupShape());
  factor = places.next(shape, plan.element);
  if (plan.terms > 1)
    splitPanel = places.next(
        {plan.terms, plan.depth / plan.group, plan.panel, plan.group},
        plan.element);
  MLIRContext *context = plan.element.getContext();
  const Type f32 = Float32Type::get(context);
  const Type i32 = IntegerType::get(context, 32);
  if (plan.usesTiles || plan.precision == bert::Precision::int8)
    sums = places.next({plan.tileRows, plan.panel},
                       plan.element.isInteger() ? i32 : f32);
  if (plan.precision != bert::Precision::int8)
    return;
  rowScales = places.next({plan.rows}, f32);
  rowZeros = places.next({plan.rows}, i32);
  columnScales = places.next({plan.panel}, f32);
  columnSums = places.next({plan.panel}, i32);
}

SmallVector<int64_t> FactorPlan::groupShape() const {
  return usesWords ? SmallVector<int64_t>{2, group / 2}
                   : SmallVector<int64_t>{group};
}

int64_t FactorPlan::bytes() const {
  ScratchPlaces places;
  FactorArrays(places, *this);
  return places.bytes();
}

void bertc::loadColumnFacts(KernelBuilder &k, Value weight, Value p,
                            int64_t inputs, const FactorArrays &arrays) {
  ImplicitLocOpBuilder &b = k.builder();
  const int64_t groups = bert::groupsOf(inputs, bert::Precision::int8);
  const int64_t panel = cast<MemRefType>(weight.getType()).getDimSize(2);
  Value flat = memref::CollapseShapeOp::create(
      b, weight, ArrayRef<ReassociationIndices>{{0}, {1}, {2, 3}});
  auto copy = [&](int64_t group, Value to) {
    Value bytes =
        vector::LoadOp::create(b, VectorType::get({4 * panel}, b.getI8Type()),
                               flat, ValueRange{p, k.index(group), k.index(0)});
    auto type = VectorType::get(
        {panel}, cast<MemRefType>(to.getType()).getElementType());
    vector::StoreOp::create(b, vector::BitCastOp::create(b, type, bytes), to,
                            ValueRange{k.index(0)});
  };
  copy(groups, arrays.columnSums);
  copy(groups + 1, arrays.columnScales);
}

Value bertc::roundToBf16(ImplicitLocOpBuilder &b, Value x) {
  auto type = cast<VectorType>(x.getType());
  auto bitsType = VectorType::get(type.getShape(), b.getI32Type());
  auto constant = [&](int32_t value) { return splatI32(b, bitsType, value); };
  Value bits = arith::BitcastOp::create(b, bitsType, x);
  Value odd = arith::AndIOp::create(
      b, arith::ShRUIOp::create(b, bits, constant(16)), constant(1));
  Value nearest = arith::AddIOp::create(
      b, arith::AddIOp::create(b, bits, constant(0x7fff)), odd);
  Value quiet = arith::OrIOp::create(b, bits, constant(0x400000));
  Value isNan = arith::CmpFOp::create(b, arith::CmpFPredicate::UNO, x, x);
  Value chosen = arith::SelectOp::create(b, isNan, quiet, nearest);
  Value upper = arith::AndIOp::create(b, chosen, constant(int32_t(0xffff0000)));
  return arith::BitcastOp::create(b, type, upper);
}

Value bertc::narrowToBf16(ImplicitLocOpBuilder &b, Value x,
                          const TargetDescription &target) {
  auto shape = cast<VectorType>(x.getType()).getShape();
  auto narrow = VectorType::get(shape, b.getBF16Type());
  if (target.multipliesBf16)
    return arith::TruncFOp::create(b, narrow, x);
  auto wideBits = VectorType::get(shape, b.getI32Type());
  Value bits = arith::BitcastOp::create(b, wideBits, roundToBf16(b, x));
  Value sixteen = splatI32(b, wideBits, 16);
  Value upper =
      arith::TruncIOp::create(b, VectorType::get(shape, b.getI16Type()),
                              arith::ShRUIOp::create(b, bits, sixteen));
  return arith::BitcastOp::create(b, narrow, upper);
}

Value bertc::narrowPairs(ImplicitLocOpBuilder &b, Value even, Value odd,
                         const TargetDescription &target) {
  const int64_t size = cast<VectorType>(even.getType()).getNumElements();
  // Of words, which every CPU moves.
  auto words = [&](Value x) -> Value {
    return vector::BitCastOp::create(b, VectorType::get({size}, b.getI16Type()),
                                     narrowToBf16(b, x, target));
  };
  Value pairs = vector::InterleaveOp::create(b, words(even), words(odd));
  return vector::BitCastOp::create(
      b, VectorType::get({2 * size}, b.getBF16Type()), pairs);
}

namespace {

/// Of the lanes that are there and fill the last step; null for all.
Value maskOfSteps(KernelBuilder &k, int64_t step, Value rest) {
  if (!rest || step % k.wide() == 0) // the vector is a whole step
    return {};
  Value size = k.index(step);
  return k.firstLanes(k.mul(k.ceilDiv(rest, size), size));
}

} // namespace

void bertc::storeSteps(KernelBuilder &k, Value narrow, Value flatFactor,
                       ValueRange place, int64_t step, Value rest) {
  k.store(narrow, flatFactor, place, maskOfSteps(k, step, rest));
}

Value bertc::storeRounded(KernelBuilder &k, Value x, Value flatFactor,
                          ValueRange place, int64_t step, Value rest) {
  ImplicitLocOpBuilder &b = k.builder();
  if (cast<MemRefType>(flatFactor.getType()).getElementType().isF32()) {
    Value rounded = roundToBf16(b, x);
    k.store(rounded, flatFactor, place, maskOfSteps(k, step, rest));
    return rounded;
  }
  const TargetDescription &target = k.targetDescription();
  Value narrow = narrowToBf16(b, x, target);
  storeSteps(k, narrow, flatFactor, place, step, rest);
  // Without instructions for bf16 LLVM would call a function to widen it.
  return target.multipliesBf16
             ? Value(arith::ExtFOp::create(b, x.getType(), narrow))
             : roundToBf16(b, x);
}

void bertc::roundRows(KernelBuilder &k, Value a, Value firstRow, Value rows,
                      Value firstColumn, Value columns, Value factor,
                      int64_t step) {
  Value flat = memref::CollapseShapeOp::create(
      k.builder(), factor, ArrayRef<ReassociationIndices>{{0}, {1, 2}});
  k.loop(k.index(0), rows, k.index(1), [&](Value r) {
    Value row = k.add(firstRow, r);
    k.overColumns(columns, {},
                  [&](Value c, Value rest, ValueRange) -> SmallVector<Value> {
                    Value x = k.load(a, {row, k.add(firstColumn, c)},
                                     rest ? k.firstLanes(rest) : Value());
                    storeRounded(k, x, flat, {r, c}, step, rest);
                    return {};
                  });
  });
}
