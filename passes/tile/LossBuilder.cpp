//===- LossBuilder.cpp ----------------------------------------------------===//

#include "passes/tile/LossBuilder.h"

#include <limits>

using namespace bertc;
using namespace mlir;

Value LossBuilder::load(Value array, ValueRange place) {
  return memref::LoadOp::create(b, array, place);
}
void LossBuilder::store(Value x, Value array, ValueRange place) {
  memref::StoreOp::create(b, x, array, place);
}

Value LossBuilder::isWithin(Value label, Value size) {
  return arith::CmpIOp::create(b, arith::CmpIPredicate::ult, label, size);
}

Value LossBuilder::isClass(Value label, int64_t classes, int64_t ignored) {
  Value within = isWithin(label, k.index(classes));
  if (ignored < 0 || ignored >= classes)
    return within;
  return arith::AndIOp::create(b, within,
                               arith::CmpIOp::create(b,
                                                     arith::CmpIPredicate::ne,
                                                     label, k.index(ignored)));
}

void LossBuilder::storeParts(Value parts, Value row, Value sum, Value weight) {
  store(sum, parts, {row, zero});
  store(weight, parts, {row, one});
}

Value LossBuilder::shareOfEach(Value gradient, Value size,
                               llvm::function_ref<Value(Value)> counts,
                               double scale) {
  Value count =
      k.reduce(zero, size, one, zero,
               [&](Value i, ValueRange carried) -> SmallVector<Value> {
                 Value next =
                     select(counts(i), k.add(carried[0], one), carried[0]);
                 return {next};
               })[0];
  Value isAny = arith::CmpIOp::create(b, arith::CmpIPredicate::ne, count, zero);
  Value all = load(gradient, zero);
  if (scale != 1)
    all = mul(k.f32(scale), all);
  return select(isAny, div(all, k.toFloat(count)), none);
}

LossBuilder::SoftmaxFacts LossBuilder::softmaxFacts(Value x, Value row,
                                                    int64_t columns,
                                                    double temperature) {
  Value lowest = k.splat(k.f32(-std::numeric_limits<float>::infinity()));
  SoftmaxFacts facts;
  facts.most = k.maxOf(k.overRow(
      columns, lowest,
      [&](Value column, Value mask, ValueRange most) -> SmallVector<Value> {
        Value v = k.load(x, {row, column}, mask);
        if (mask)
          v = select(mask, v, lowest);
        return {arith::MaxNumFOp::create(b, most[0], v)};
      })[0]);
  Value top = k.splat(facts.most), nothing = k.splat(none);
  facts.sum = k.sumOf(k.overRow(
      columns, nothing,
      [&](Value column, Value mask, ValueRange sum) -> SmallVector<Value> {
        Value v =
            exp(softened(k.load(x, {row, column}, mask), top, temperature));
        if (mask)
          v = select(mask, v, nothing);
        return {add(sum[0], v)};
      })[0]);
  return facts;
}

LossBuilder::SoftmaxFacts LossBuilder::softmaxFacts(Value x, Value begin,
                                                    Value end) {
  Value lowest = k.f32(-std::numeric_limits<float>::infinity());
  SoftmaxFacts facts;
  facts.most = k.reduce(
      begin, end, one, lowest,
      [&](Value row, ValueRange most) -> SmallVector<Value> {
        return {arith::MaxNumFOp::create(b, most[0], load(x, {row, zero}))};
      })[0];
  facts.sum = k.reduce(begin, end, one, none,
                       [&](Value row, ValueRange sum) -> SmallVector<Value> {
                         Value v = exp(sub(load(x, {row, zero}), facts.most));
                         return {add(sum[0], v)};
                       })[0];
  return facts;
}

Value LossBuilder::softened(Value x, Value most, double temperature) {
  Value below = sub(x, most);
  return temperature == 1 ? below : div(below, k.splat(k.f32(temperature)));
}

Type LossTypes::scalar() {
  return MemRefType::get({target.panel}, Float32Type::get(context));
}

SmallVector<Type> LossTypes::arguments(ArrayRef<Type> arrays) {
  SmallVector<Type> all(arrays);
  all.append(3, IndexType::get(context));
  return all;
}
