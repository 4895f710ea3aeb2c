//===- AttentionPacking.cpp - keys and values as products read them -------===//

#include "passes/tile/AttentionPlan.h"
#include "passes/tile/ProductFactor.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>

using namespace bertc;
using namespace mlir;

namespace {

class Packer {
public:
  Packer(KernelBuilder &k, const AttentionPlan &plan, Value qkv, Value begin,
         Value size, Value column)
      : k(k), b(k.builder()), plan(plan), qkv(qkv), begin(begin), size(size),
        column(column), zero(k.index(0)), one(k.index(1)) {}

  void keys(Value keyLanes) {
    const int64_t lanes = k.targetDescription().lanes;
    const int64_t step = lanes * plan.group;
    Value groups =
        k.mul(k.ceilDiv(size, k.index(plan.panel)), k.index(plan.panel));
    k.loop(zero, groups, k.index(lanes), [&](Value key) {
      const int64_t full = plan.headSize / step * step;
      if (full > 0)
        k.loop(zero, k.index(full), k.index(step),
               [&](Value element) { square(keyLanes, key, element, step); });
      if (full < plan.headSize)
        square(keyLanes, key, k.index(full), plan.headSize - full);
    });
    // A group of bf16 is one f32, zeros of both are the same bits.
    const int64_t used = llvm::divideCeil(plan.headSize, plan.group);
    if (used < plan.keyGroups())
      k.loop(zero, k.ceilDiv(size, k.index(plan.panel)), one, [&](Value p) {
        clearGroups(keyLanes, p, k.index(used), k.index(plan.keyGroups()),
                    plan.panel);
      });
  }

  void values(Value values) {
    Value flat =
        plan.group == 1
            ? values
            : Value(memref::CollapseShapeOp::create(
                  b, values, ArrayRef<ReassociationIndices>{{0}, {1}, {2, 3}}));
    Value groups = k.ceilDiv(size, k.index(plan.group));
    k.loop(zero, groups, one, [&](Value group) {
      Value key = k.mul(group, k.index(plan.group));
      for (int64_t p = 0; p < plan.valuePanels; ++p) {
        const int64_t used =
            std::min(plan.panel, plan.headSize - p * plan.panel);
        Value row = valuesOf(key, p, used);
        if (plan.group == 2) {
          Value next = k.add(key, one);
          Value second = valuesOf(k.min(next, k.sub(size, one)), p, used);
          Value none = arith::ConstantOp::create(
              b, DenseElementsAttr::get(cast<VectorType>(second.getType()),
                                        b.getF32FloatAttr(0)));
          Value there =
              arith::CmpIOp::create(b, arith::CmpIPredicate::slt, next, size);
          second = arith::SelectOp::create(b, there, second, none);
          row = interleave(row, second);
        }
        write(row, flat, {k.index(p), group, zero});
      }
    });
    if (plan.step == plan.group)
      return;
    Value end = k.groupsOf(size, plan.step, plan.group);
    for (int64_t p = 0; p < plan.valuePanels; ++p)
      clearGroups(flat, k.index(p), groups, end, plan.panel * plan.group);
  }

private:
  /// `count` elements of a row from `place` on, in a vector of `width`.
  Value read(Value row, Value place, int64_t width, int64_t count) {
    Value mask;
    if (count < width)
      mask = vector::ConstantMaskOp::create(
          b, VectorType::get({width}, b.getI1Type()), ArrayRef<int64_t>{count});
    auto map = AffineMapAttr::get(
        AffineMap::getMinorIdentityMap(2, 1, b.getContext()));
    return vector::TransferReadOp::create(
        b, VectorType::get({width}, b.getF32Type()), qkv,
        ValueRange{row, place}, map, k.f32(0), mask,
        b.getBoolArrayAttr({true}));
  }

  void write(Value vector, Value memref, ValueRange place) {
    auto map = AffineMapAttr::get(
        AffineMap::getMinorIdentityMap(place.size(), 1, b.getContext()));
    vector::TransferWriteOp::create(b, vector, memref, place, map, Value(),
                                    b.getBoolArrayAttr({true}));
  }

  /// Pairs of elements of two vectors, in bf16. Moved as integers: without
  /// instructions for bf16 LLVM would take such a vector apart.
  Value interleave(Value first, Value second) {
    auto bits = [&](Value v) -> Value {
      Value narrow = narrowToBf16(b, v, k.targetDescription());
      return vector::BitCastOp::create(
          b,
          VectorType::get(cast<VectorType>(v.getType()).getShape(),
                          b.getI16Type()),
          narrow);
    };
    Value both = vector::InterleaveOp::create(b, bits(first), bits(second));
    return vector::BitCastOp::create(
        b,
        VectorType::get(cast<VectorType>(both.getType()).getShape(),
                        b.getBF16Type()),
        both);
  }

  /// array[p, g, :] = 0 for first <= g < last.
  void clearGroups(Value array, Value p, Value first, Value last,
                   int64_t width) {
    auto type = VectorType::get(
        {width}, cast<MemRefType>(array.getType()).getElementType());
    Value zeros = arith::ConstantOp::create(b, b.getZeroAttr(type));
    k.loop(first, last, one,
           [&](Value g) { write(zeros, array, {p, g, zero}); });
  }

  Value valuesOf(Value key, int64_t panel, int64_t used) {
    return read(k.add(begin, key), k.add(column, k.index(panel * plan.panel)),
                plan.panel, used);
  }

  /// The `used` elements from `element` on of as many keys as a register has
  /// lanes, transposed; a group of bf16 moves as one f32.
  void square(Value keyLanes, Value key, Value element, int64_t used) {
    const int64_t lanes = k.targetDescription().lanes;
    auto rowType = VectorType::get({lanes}, b.getF32Type());
    Value rows = arith::ConstantOp::create(
        b,
        DenseElementsAttr::get(VectorType::get({lanes, lanes}, b.getF32Type()),
                               b.getF32FloatAttr(0)));
    Value last = k.sub(size, one);
    for (int64_t i = 0; i < lanes; ++i) {
      Value row = k.add(begin, k.min(k.add(key, k.index(i)), last));
      Value v = read(row, k.add(column, element), lanes * plan.group, used);
      if (plan.group == 2)
        v = vector::BitCastOp::create(
            b, rowType, narrowToBf16(b, v, k.targetDescription()));
      rows = vector::InsertOp::create(b, v, rows, ArrayRef<int64_t>{i});
    }
    Value columns =
        vector::TransposeOp::create(b, rows, ArrayRef<int64_t>{1, 0});
    Value panel = k.div(key, k.index(plan.panel));
    Value within = k.sub(key, k.mul(panel, k.index(plan.panel)));
    Value first = k.div(element, k.index(plan.group));
    for (int64_t i = 0; i * plan.group < used; ++i)
      write(vector::ExtractOp::create(b, columns, ArrayRef<int64_t>{i}),
            keyLanes, {panel, k.add(first, k.index(i)), within});
  }

  KernelBuilder &k;
  ImplicitLocOpBuilder &b;
  const AttentionPlan &plan;
  Value qkv, begin, size, column, zero, one;
};

} // namespace

void bertc::packKeys(KernelBuilder &kernel, const AttentionPlan &plan,
                     Value qkv, Value begin, Value size, Value column,
                     const AttentionArrays &arrays) {
  Packer(kernel, plan, qkv, begin, size, column).keys(arrays.keyLanes);
}

void bertc::packValues(KernelBuilder &kernel, const AttentionPlan &plan,
                       Value qkv, Value begin, Value size, Value column,
                       const AttentionArrays &arrays) {
  Packer(kernel, plan, qkv, begin, size, column).values(arrays.values);
}
