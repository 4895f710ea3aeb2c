//===- AttentionKernel.cpp - streaming softmax attention ------------------===//
//
// softmax(q kT / sqrt(d)) v within each sequence (Vaswani et al. 2017,
// arXiv:1706.03762), one (sequence, head) pair at a time. The keys of the pair
// are transposed and the values copied into panels once; then register tiles of
// queries pass by, each with one strip of scores, so no S x S array exists.
//
// The kernel of attention maps does the same up to the softmax, and stores the
// weights instead of mixing values with them.
//
// Pairs go to threads by their cost, so a batch of ragged sequences stays
// balanced. A row's arithmetic depends on its own sequence only.
//
//===----------------------------------------------------------------------===//

#include "passes/tile/KernelBuilder.h"
#include "passes/tile/Kernels.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

#include <cmath>
#include <limits>

using namespace bertc;
using namespace mlir;

namespace {

/// Sizes of one thread's scratch, in elements.
struct ScratchPlan {
  int64_t paddedKeys, keyPanels, valuePanels, tileRows, panel, headSize;

  ScratchPlan(int64_t headSize, int64_t maxPositions,
              const TargetDescription &target)
      : paddedKeys(llvm::alignTo(maxPositions, target.panel)),
        keyPanels(paddedKeys / target.panel),
        valuePanels(llvm::divideCeil(headSize, target.panel)),
        tileRows(target.tileRows), panel(target.panel), headSize(headSize) {}

  int64_t keys() const { return keyPanels * headSize * panel; }
  int64_t values() const { return valuePanels * paddedKeys * panel; }
  // A row of scores starts where the one before ends plus one panel: strides of
  // whole powers of two would put the rows of a tile into the same sets.
  int64_t scoreStride() const { return paddedKeys + panel; }
  int64_t scores() const { return tileRows * scoreStride(); }
  int64_t contexts() const { return tileRows * valuePanels * panel; }
  int64_t sums() const { return 64; }
  int64_t total() const {
    return keys() + values() + scores() + contexts() + sums();
  }
};

class AttentionBuilder {
public:
  /// With `mapColumns`, the kernel of maps of so many columns a head.
  AttentionBuilder(KernelBuilder &k, int64_t heads, const ScratchPlan &plan,
                   int64_t mapColumns = 0)
      : k(k), b(k.builder()), heads(heads), plan(plan), mapColumns(mapColumns),
        qkv(k.argument(0)), offsets(k.argument(1)), result(k.argument(2)),
        zero(k.index(0)), one(k.index(1)) {
    int64_t place = 0;
    auto view = [&](ArrayRef<int64_t> shape) -> Value {
      Value at = k.index(place * 4);
      place += ShapedType::getNumElements(shape);
      return memref::ViewOp::create(b, k.memrefType(shape), k.argument(3), at,
                                    ValueRange{});
    };
    keys = view({plan.keyPanels, plan.headSize, plan.panel});
    values = view({plan.valuePanels, plan.paddedKeys, plan.panel});
    scores = view({plan.tileRows, plan.scoreStride()});
    contexts = view({plan.tileRows, plan.valuePanels * plan.panel});
    sums = view({plan.sums()});
  }

  void build() {
    Value sequences = k.argument(4), thread = k.argument(5),
          threads = k.argument(6);
    Value total =
        k.reduce(zero, sequences, one, zero,
                 [&](Value sequence, ValueRange sum) -> SmallVector<Value> {
                   return {k.add(sum[0], cost(sequence))};
                 })[0];
    Value everything = k.mul(total, k.index(heads));
    k.loop(zero, k.index(heads), one, [&](Value head) {
      Value headStart = k.mul(head, total);
      k.reduce(zero, sequences, one, headStart,
               [&](Value sequence, ValueRange start) -> SmallVector<Value> {
                 Value owner = k.div(k.mul(start[0], threads), everything);
                 k.when(k.equal(owner, thread), [&] { pair(sequence, head); });
                 return {k.add(start[0], cost(sequence))};
               });
    });
  }

private:
  Value offset(Value i) {
    return arith::IndexCastOp::create(b, b.getIndexType(),
                                      memref::LoadOp::create(b, offsets, i));
  }
  Value length(Value sequence) {
    return k.sub(offset(k.add(sequence, one)), offset(sequence));
  }
  /// Products are quadratic in the length, copies and softmax sums linear.
  Value cost(Value sequence) {
    Value n = length(sequence);
    return k.mul(n, k.add(n, k.index(64)));
  }

  void pair(Value sequence, Value head) {
    Value begin = offset(sequence), size = length(sequence);
    // A sequence has a token. Told so, LLVM keeps the accumulators of the
    // products over the keys in registers; with a way around the loop it has
    // spilled them inside.
    Value depth = k.max(size, one);
    Value column = k.mul(head, k.index(plan.headSize));
    int64_t hidden = heads * plan.headSize;
    packKeys(begin, size, k.add(column, k.index(hidden)));
    if (mapColumns == 0)
      packValues(begin, size, k.add(column, k.index(2 * hidden)));

    Value tiles = k.ceilDiv(size, k.index(plan.tileRows));
    Value keyPanels = k.ceilDiv(size, k.index(plan.panel));
    k.loop(zero, tiles, one, [&](Value tile) {
      Value first = k.div(k.mul(tile, size), tiles);
      Value rows = k.sub(k.div(k.mul(k.add(tile, one), size), tiles), first);
      Value row = k.add(begin, first);
      Value queries =
          k.slice(qkv, {row, column}, {rows, k.attr(plan.headSize)});
      k.loop(zero, keyPanels, one, [&](Value p) {
        Value panel =
            k.sliceOff(keys, {p, k.attr(0), k.attr(0)},
                       {k.attr(1), k.attr(plan.headSize), k.attr(plan.panel)});
        product(queries, panel,
                k.slice(scores, {k.attr(0), k.mul(p, k.index(plan.panel))},
                        {rows, k.attr(plan.panel)}));
      });
      k.loop(zero, rows, one, [&](Value r) { softmax(r, size); });
      if (mapColumns > 0)
        storeWeights(row, rows, head, size);
      else
        mixValues(row, rows, column, depth);
    });
  }

  /// result[row + r, column + c] = sum over s of weight[r, s] v[s, c].
  void mixValues(Value row, Value rows, Value column, Value depth) {
    for (int64_t p = 0; p < plan.valuePanels; ++p)
      product(k.slice(scores, {k.attr(0), k.attr(0)}, {rows, depth}),
              k.sliceOff(values, {k.attr(p), k.attr(0), k.attr(0)},
                         {k.attr(1), depth, k.attr(plan.panel)}),
              k.slice(contexts, {k.attr(0), k.attr(p * plan.panel)},
                      {rows, k.attr(plan.panel)}));
    k.loop(zero, rows, one, [&](Value r) {
      Value inverse = k.splat(memref::LoadOp::create(b, sums, r));
      k.overRow(plan.headSize, {},
                [&](Value c, Value mask, ValueRange) -> SmallVector<Value> {
                  Value v = arith::MulFOp::create(
                      b, k.load(contexts, {r, c}, mask), inverse);
                  k.store(v, result, {k.add(row, r), k.add(column, c)}, mask);
                  return {};
                });
    });
  }

  /// result[row + r, head * mapColumns + s] = weight[r, s], zero from s = size
  /// on. A row of scores has room for all columns of a map.
  void storeWeights(Value row, Value rows, Value head, Value size) {
    Value column = k.mul(head, k.index(mapColumns));
    auto lanes = VectorType::get({k.wide()}, b.getI1Type());
    k.loop(zero, rows, one, [&](Value r) {
      Value inverse = k.splat(memref::LoadOp::create(b, sums, r));
      k.overRow(mapColumns, {},
                [&](Value c, Value mask, ValueRange) -> SmallVector<Value> {
                  Value keys = vector::CreateMaskOp::create(
                      b, lanes, k.max(k.sub(size, c), zero));
                  Value v = arith::MulFOp::create(
                      b, k.load(scores, {r, c}, keys), inverse);
                  k.store(v, result, {k.add(row, r), k.add(column, c)}, mask);
                  return {};
                });
    });
  }

  /// c = a * panel, all on tiles.
  void product(Value a, Value panel, Value c) {
    linalg::FillOp::create(b, ValueRange{k.f32(0)}, ValueRange{c});
    linalg::MatmulOp::create(b, ValueRange{a, panel}, ValueRange{c});
  }

  /// keys[p, e, j] = k[p * panel + j, e]. The rows past the last key repeat it:
  /// their scores stay finite, and nobody reads them.
  void packKeys(Value begin, Value size, Value column) {
    int64_t lanes = k.targetDescription().lanes;
    auto rowType = VectorType::get({lanes}, b.getF32Type());
    auto squareType = VectorType::get({lanes, lanes}, b.getF32Type());
    Value padding = k.f32(0);
    Value last = k.sub(size, one);
    Value groups =
        k.mul(k.ceilDiv(size, k.index(plan.panel)), k.index(plan.panel));
    auto square = [&](Value key, Value element, int64_t used) {
      Value mask;
      if (used < lanes)
        mask = vector::ConstantMaskOp::create(
            b, VectorType::get({lanes}, b.getI1Type()),
            ArrayRef<int64_t>{used});
      auto map = AffineMapAttr::get(
          AffineMap::getMinorIdentityMap(2, 1, b.getContext()));
      Value rows = arith::ConstantOp::create(
          b, DenseElementsAttr::get(squareType, b.getF32FloatAttr(0)));
      for (int64_t i = 0; i < lanes; ++i) {
        Value row = k.add(begin, k.min(k.add(key, k.index(i)), last));
        Value v = vector::TransferReadOp::create(
            b, rowType, qkv, ValueRange{row, k.add(column, element)}, map,
            padding, mask, b.getBoolArrayAttr({true}));
        rows = vector::InsertOp::create(b, v, rows, ArrayRef<int64_t>{i});
      }
      Value columns =
          vector::TransposeOp::create(b, rows, ArrayRef<int64_t>{1, 0});
      auto map3 = AffineMapAttr::get(
          AffineMap::getMinorIdentityMap(3, 1, b.getContext()));
      Value panel = k.div(key, k.index(plan.panel));
      Value within = k.sub(key, k.mul(panel, k.index(plan.panel)));
      for (int64_t i = 0; i < used; ++i)
        vector::TransferWriteOp::create(
            b, vector::ExtractOp::create(b, columns, ArrayRef<int64_t>{i}),
            keys, ValueRange{panel, k.add(element, k.index(i)), within}, map3,
            Value(), b.getBoolArrayAttr({true}));
    };
    k.loop(zero, groups, k.index(lanes), [&](Value key) {
      int64_t full = plan.headSize / lanes * lanes;
      if (full > 0)
        k.loop(zero, k.index(full), k.index(lanes),
               [&](Value element) { square(key, element, lanes); });
      if (full < plan.headSize)
        square(key, k.index(full), plan.headSize - full);
    });
  }

  /// values[p, i, j] = v[i, p * panel + j], zero past the head's columns.
  void packValues(Value begin, Value size, Value column) {
    auto type = VectorType::get({plan.panel}, b.getF32Type());
    auto map2 = AffineMapAttr::get(
        AffineMap::getMinorIdentityMap(2, 1, b.getContext()));
    auto map3 = AffineMapAttr::get(
        AffineMap::getMinorIdentityMap(3, 1, b.getContext()));
    Value padding = k.f32(0);
    k.loop(zero, size, one, [&](Value key) {
      for (int64_t p = 0; p < plan.valuePanels; ++p) {
        int64_t used = std::min(plan.panel, plan.headSize - p * plan.panel);
        Value mask;
        if (used < plan.panel)
          mask = vector::ConstantMaskOp::create(
              b, VectorType::get({plan.panel}, b.getI1Type()),
              ArrayRef<int64_t>{used});
        Value v = vector::TransferReadOp::create(
            b, type, qkv,
            ValueRange{k.add(begin, key),
                       k.add(column, k.index(p * plan.panel))},
            map2, padding, mask, b.getBoolArrayAttr({true}));
        vector::TransferWriteOp::create(b, v, values,
                                        ValueRange{k.index(p), key, zero}, map3,
                                        Value(), b.getBoolArrayAttr({true}));
      }
    });
  }

  /// scores[r, :] = exp((scores[r, :] - max) / sqrt(d)), sums[r] = 1 / sum.
  void softmax(Value r, Value size) {
    Value wide = k.index(k.wide());
    Value full = k.mul(k.div(size, wide), wide);
    Value rest = k.sub(size, full);
    auto maskType = VectorType::get({k.wide()}, b.getI1Type());
    auto overKeys = [&](Value init, auto body) -> Value {
      Value carried =
          k.reduce(zero, full, wide, init,
                   [&](Value c, ValueRange inner) -> SmallVector<Value> {
                     return {body(c, Value(), inner[0])};
                   })[0];
      Value bound = arith::SelectOp::create(
          b, arith::CmpIOp::create(b, arith::CmpIPredicate::ne, rest, zero),
          one, zero);
      return k.reduce(zero, bound, one, carried,
                      [&](Value, ValueRange inner) -> SmallVector<Value> {
                        Value mask =
                            vector::CreateMaskOp::create(b, maskType, rest);
                        return {body(full, mask, inner[0])};
                      })[0];
    };
    Value lowest = k.splat(k.f32(-std::numeric_limits<float>::infinity()));
    Value highest = k.maxOf(
        overKeys(lowest, [&](Value c, Value mask, Value carried) -> Value {
          Value v = k.load(scores, {r, c}, mask);
          if (mask)
            v = arith::SelectOp::create(b, mask, v, lowest);
          return arith::MaxNumFOp::create(b, carried, v);
        }));
    Value top = k.splat(highest), none = k.splat(k.f32(0));
    Value scale = k.splat(k.f32(1.0 / std::sqrt(double(plan.headSize))));
    Value sum = k.sumOf(
        overKeys(none, [&](Value c, Value mask, Value carried) -> Value {
          Value v = arith::SubFOp::create(b, k.load(scores, {r, c}, mask), top);
          v = math::ExpOp::create(b, arith::MulFOp::create(b, v, scale));
          if (mask)
            v = arith::SelectOp::create(b, mask, v, none);
          k.store(v, scores, {r, c}, mask);
          return arith::AddFOp::create(b, carried, v);
        }));
    memref::StoreOp::create(b, arith::DivFOp::create(b, k.f32(1), sum), sums,
                            r);
  }

  KernelBuilder &k;
  ImplicitLocOpBuilder &b;
  int64_t heads;
  ScratchPlan plan;
  int64_t mapColumns;
  Value qkv, offsets, result, zero, one;
  Value keys, values, scores, contexts, sums;
};

} // namespace

int64_t bertc::attentionScratchBytes(int64_t headSize, int64_t maxPositions,
                                     const TargetDescription &target) {
  return ScratchPlan(headSize, maxPositions, target).total() * 4;
}

namespace {

func::FuncOp makeKernel(StringRef name, ModuleOp module, int64_t inputs,
                        int64_t outputs, int64_t heads, const ScratchPlan &plan,
                        int64_t mapColumns, const TargetDescription &target) {
  if (auto made = module.lookupSymbol<func::FuncOp>(name))
    return made;
  Builder types(module.getContext());
  Type index = types.getIndexType();
  SmallVector<Type> arguments = {
      rowsType(module.getContext(), inputs, target),
      MemRefType::get({ShapedType::kDynamic}, types.getI32Type()),
      rowsType(module.getContext(), outputs, target),
      MemRefType::get({ShapedType::kDynamic}, types.getI8Type()),
      index,
      index,
      index};
  KernelBuilder k(module, name, arguments, target);
  AttentionBuilder(k, heads, plan, mapColumns).build();
  return k.finish();
}

} // namespace

func::FuncOp bertc::attentionKernel(ModuleOp module, int64_t heads,
                                    int64_t headSize, int64_t maxPositions,
                                    const TargetDescription &target) {
  int64_t hidden = heads * headSize;
  return makeKernel(llvm::formatv("attention_{0}x{1}", heads, headSize).str(),
                    module, 3 * hidden, hidden, heads,
                    ScratchPlan(headSize, maxPositions, target),
                    /*mapColumns=*/0, target);
}

func::FuncOp bertc::attentionProbsKernel(ModuleOp module, int64_t inputs,
                                         int64_t heads, int64_t headSize,
                                         int64_t maxPositions,
                                         const TargetDescription &target) {
  return makeKernel(
      llvm::formatv("attention_probs_{0}_{1}x{2}", inputs, heads, headSize)
          .str(),
      module, inputs, heads * maxPositions, heads,
      ScratchPlan(headSize, maxPositions, target), maxPositions, target);
}
