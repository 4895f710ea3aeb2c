//===- AttentionGradientKernel.cpp - the backward pass of attention -------===//
//
// For each (sequence, head) pair, with p = softmax(q kT / sqrt(d)) made anew
// (Dao et al. 2022, arXiv:2205.14135) and g the gradient:
//
//   query block   rows of p and of ds = p (dp - row sums of p dp), dp = g vT
//     row tile      scores, softmax, dp, ds; dq = ds k / sqrt(d)
//     key tile      dk += dsT q / sqrt(d), dv += pT g
//
// A row's scores are there as a whole when its softmax is taken, so nothing of
// the forward pass is kept but its operands. What is summed over queries is in
// their order; pairs go to threads as in AttentionKernel.cpp.
//
//===----------------------------------------------------------------------===//

#include "passes/tile/AttentionPlan.h"
#include "passes/tile/AttentionShares.h"
#include "passes/tile/DropoutSteps.h"
#include "passes/tile/GradientKernels.h"
#include "passes/tile/KernelBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/Support/FormatVariadic.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

using namespace bertc;
using namespace mlir;

namespace {

struct AttentionGradientPlan {
  AttentionPlan forward;
  int64_t blockRows; ///< queries of a block: whole tiles

  AttentionGradientPlan(MLIRContext *context, int64_t headSize,
                        int64_t maxPositions, const TargetDescription &target)
      : forward(context, headSize, maxPositions, bert::Precision::f32, target) {
    // Two strips of a block take a quarter of L2.
    const int64_t rowBytes = 2 * 4 * forward.scoreStride();
    blockRows =
        std::max<int64_t>(1, target.l2Bytes / 4 / rowBytes / forward.tileRows) *
        forward.tileRows;
  }
};

struct AttentionGradientArrays {
  AttentionArrays keys;   ///< of k: keys for scores, values for dq
  Value valueColumns;     ///< v as keys: [P, d, panel]
  Value queries, outputs; ///< q and g of a block as values: [P, rows, panel]
  Value weights, slopes;  ///< p and ds: [blockRows, scoreStride]

  AttentionGradientArrays(ScratchPlaces &places,
                          const AttentionGradientPlan &plan)
      : keys(places, plan.forward) {
    const AttentionPlan &p = plan.forward;
    Type f32 = p.packed;
    valueColumns = places.next({p.keyPanels, p.keyGroups(), p.panel}, f32);
    queries = places.next({p.valuePanels, plan.blockRows, p.panel}, f32);
    outputs = places.next({p.valuePanels, plan.blockRows, p.panel}, f32);
    weights = places.next({plan.blockRows, p.scoreStride()}, f32);
    slopes = places.next({plan.blockRows, p.scoreStride()}, f32);
  }
};

class AttentionGradientBuilder {
public:
  AttentionGradientBuilder(KernelBuilder &k, int64_t heads,
                           const AttentionGradientPlan &plan,
                           std::optional<double> dropout)
      : k(k), b(k.builder()), plan(plan), p(plan.forward),
        hidden(heads * plan.forward.headSize), heads(heads),
        next(dropout ? 7 : 5), gradient(k.argument(0)), query(k.argument(1)),
        key(k.argument(2)), value(k.argument(3)), result(k.argument(next)),
        zero(k.index(0)), one(k.index(1)), places(k, k.argument(next + 1)),
        arrays(places, plan) {
    if (dropout)
      draws.emplace(k, k.argument(5), *dropout);
  }

  void build() {
    forPairs(
        k, k.argument(4), heads, k.argument(next + 2), k.argument(next + 3),
        k.argument(next + 4), [&](const AttentionPair &one) {
          if (draws)
            drawn = draws->rowOfHead(k.argument(6), one.sequence, one.head);
          pair(one.begin, one.size, k.mul(one.head, k.index(p.headSize)));
        });
  }

private:
  void pair(Value begin, Value size, Value column) {
    packKeys(k, p, key, begin, size, column, arrays.keys);
    packValues(k, p, key, begin, size, column, arrays.keys);
    packKeysInto(value, begin, size, column, arrays.valueColumns);
    Value depth = k.max(size, one); // as AttentionKernel.cpp
    k.loop(zero, size, k.index(plan.blockRows), [&](Value block) {
      Value rows = k.min(k.sub(size, block), k.index(plan.blockRows));
      Value first = k.add(begin, block);
      packValuesInto(query, first, rows, column, arrays.queries);
      packValuesInto(gradient, first, rows, column, arrays.outputs);
      k.forTiles(rows, p.tileRows, /*usesTiles=*/false,
                 [&](Value inBlock, Value height) {
                   queryTile(k.add(first, inBlock), block, inBlock, height,
                             size, depth, column);
                 });
      Value isFirst = k.equal(block, zero);
      Value blockDepth = k.max(rows, one);
      k.forTiles(
          size, p.tileRows, /*usesTiles=*/false,
          [&](Value keyRow, Value height) {
            Value row = k.add(begin, keyRow);
            keyTile(arrays.slopes, arrays.queries, keyRow, height, blockDepth,
                    row, k.add(column, k.index(hidden)), isFirst);
            keyTile(arrays.weights, arrays.outputs, keyRow, height, blockDepth,
                    row, k.add(column, k.index(2 * hidden)), isFirst);
          });
    });
  }

  /// The packings of AttentionPlan.h, to another place.
  void packKeysInto(Value from, Value begin, Value size, Value column,
                    Value to) {
    AttentionArrays target = arrays.keys;
    target.keys = target.keyLanes = to;
    packKeys(k, p, from, begin, size, column, target);
  }
  void packValuesInto(Value from, Value begin, Value size, Value column,
                      Value to) {
    AttentionArrays target = arrays.keys;
    target.values = to;
    packValues(k, p, from, begin, size, column, target);
  }

  /// Rows of p and ds, and dq, of a tile of queries.
  void queryTile(Value row, Value block, Value inBlock, Value height,
                 Value size, Value depth, Value column) {
    scores(query, arrays.keys.keys, row, inBlock, height, size, column,
           arrays.weights);
    scores(gradient, arrays.valueColumns, row, inBlock, height, size, column,
           arrays.slopes);
    k.loop(zero, height, one, [&](Value r) {
      Value weightRow = k.add(inBlock, r);
      if (draws)
        drawn.place = draws->wordOf(k.add(block, weightRow));
      softmaxSlope(weightRow, size);
    });
    Value slopes =
        k.slice(arrays.slopes, {inBlock, k.attr(0)}, {height, depth});
    toContexts(slopes, arrays.keys.values, height, depth);
    k.loop(zero, height, one, [&](Value r) {
      overHead([&](Value c, Value mask) {
        k.store(k.load(arrays.keys.contexts, {r, c}, mask), result,
                {k.add(row, r), k.add(column, c)}, mask);
      });
    });
  }

  /// to[inBlock + r, s] = sum over e of rows[row + r, e] columns[s, e].
  void scores(Value rows, Value columns, Value row, Value inBlock, Value height,
              Value size, Value column, Value to) {
    Value left = k.slice(rows, {row, column}, {height, k.attr(p.headSize)});
    k.loop(zero, k.ceilDiv(size, k.index(p.panel)), one, [&](Value panel) {
      product(left, k.panelOf(columns, panel, k.attr(0), k.attr(p.keyGroups())),
              k.slice(to, {inBlock, k.mul(panel, k.index(p.panel))},
                      {height, k.attr(p.panel)}));
    });
  }

  /// weights[r, :] = p, slopes[r, :] = ds / sqrt(d), of scores and dp. With
  /// dropout m p and, of g vT, m (g vT) in the place of dp.
  void softmaxSlope(Value r, Value size) {
    auto overKeys = [&](Value init, auto body) -> Value {
      return k.overColumns(
          size, init,
          [&](Value c, Value rest, ValueRange carried) -> SmallVector<Value> {
            Value mask = rest ? k.firstLanes(rest) : Value();
            return {body(c, mask, carried[0])};
          })[0];
    };
    auto where = [&](Value mask, Value x, Value otherwise) -> Value {
      return mask ? Value(arith::SelectOp::create(b, mask, x, otherwise)) : x;
    };
    Value lowest = k.splat(k.f32(-std::numeric_limits<float>::infinity()));
    Value top = k.splat(
        k.maxOf(overKeys(lowest, [&](Value c, Value mask, Value most) -> Value {
          Value v = where(mask, k.load(arrays.weights, {r, c}, mask), lowest);
          return arith::MaxNumFOp::create(b, most, v);
        })));
    Value none = k.splat(k.f32(0));
    Value scale = k.splat(k.f32(1.0 / std::sqrt(double(p.headSize))));
    Value sum = k.sumOf(
        overKeys(none, [&](Value c, Value mask, Value carried) -> Value {
          Value v = arith::SubFOp::create(
              b, k.load(arrays.weights, {r, c}, mask), top);
          v = math::ExpOp::create(b, arith::MulFOp::create(b, v, scale));
          v = where(mask, v, none);
          k.store(v, arrays.weights, {r, c}, mask);
          return arith::AddFOp::create(b, carried, v);
        }));
    Value inverse = k.splat(arith::DivFOp::create(b, k.f32(1), sum));
    Value mean = k.splat(k.sumOf(
        overKeys(none, [&](Value c, Value mask, Value carried) -> Value {
          Value v = arith::MulFOp::create(
              b, k.load(arrays.weights, {r, c}, mask), inverse);
          // No weight is below zero: the sign keeps what is dropped, which is
          // then not drawn twice.
          Value kept = draws ? draws->kept(c, drawn) : Value();
          k.store(kept ? where(kept, v, arith::NegFOp::create(b, v)) : v,
                  arrays.weights, {r, c}, mask);
          Value slope = where(mask, k.load(arrays.slopes, {r, c}, mask), none);
          if (kept) {
            slope = arith::MulFOp::create(b, slope, draws->factors(kept));
            k.store(slope, arrays.slopes, {r, c}, mask);
          }
          return vector::FMAOp::create(b, v, slope, carried);
        })));
    overKeys(none, [&](Value c, Value mask, Value carried) -> Value {
      Value v =
          arith::SubFOp::create(b, k.load(arrays.slopes, {r, c}, mask), mean);
      Value weight = k.load(arrays.weights, {r, c}, mask);
      if (draws) {
        Value kept =
            arith::CmpFOp::create(b, arith::CmpFPredicate::UGE, weight, none);
        k.store(arith::MulFOp::create(b, weight, draws->factors(kept)),
                arrays.weights, {r, c}, mask);
        weight = math::AbsFOp::create(b, weight);
      }
      weight = arith::MulFOp::create(b, weight, scale);
      k.store(arith::MulFOp::create(b, v, weight), arrays.slopes, {r, c}, mask);
      return carried;
    });
  }

  /// result[row + r, column + c] += sum over i of strip[i, keyRow + r]
  /// panels[i, c], the queries i of a block.
  void keyTile(Value strip, Value panels, Value keyRow, Value height,
               Value depth, Value row, Value column, Value isFirst) {
    MLIRContext *context = b.getContext();
    AffineExpr i = getAffineDimExpr(0, context),
               j = getAffineDimExpr(1, context);
    Value part = k.slice(strip, {k.attr(0), keyRow}, {depth, height});
    Value transposed = memref::TransposeOp::create(
        b, part, AffineMapAttr::get(AffineMap::get(2, 0, {j, i}, context)));
    toContexts(transposed, panels, height, depth);
    k.loop(zero, height, one, [&](Value r) {
      overHead([&](Value c, Value mask) {
        SmallVector<Value> place = {k.add(row, r), k.add(column, c)};
        Value sum = k.load(arrays.keys.contexts, {r, c}, mask);
        Value before = arith::SelectOp::create(b, isFirst, k.splat(k.f32(0)),
                                               k.load(result, place, mask));
        k.store(arith::AddFOp::create(b, before, sum), result, place, mask);
      });
    });
  }

  /// contexts = left panels, `height` rows.
  void toContexts(Value left, Value panels, Value height, Value depth) {
    for (int64_t panel = 0; panel < p.valuePanels; ++panel)
      product(left, k.panelOf(panels, k.attr(panel), k.attr(0), depth),
              k.slice(arrays.keys.contexts,
                      {k.attr(0), k.attr(panel * p.panel)},
                      {height, k.attr(p.panel)}));
  }

  void product(Value left, Value panel, Value c) {
    linalg::FillOp::create(b, ValueRange{k.f32(0)}, ValueRange{c});
    linalg::MatmulOp::create(b, ValueRange{left, panel}, ValueRange{c});
  }

  void overHead(llvm::function_ref<void(Value, Value)> body) {
    k.overRow(p.headSize, {},
              [&](Value c, Value mask, ValueRange) -> SmallVector<Value> {
                body(c, mask);
                return {};
              });
  }

  KernelBuilder &k;
  ImplicitLocOpBuilder &b;
  const AttentionGradientPlan &plan;
  const AttentionPlan &p;
  const int64_t hidden, heads;
  const unsigned next; ///< number of the argument behind the inputs
  Value gradient, query, key, value, result, zero, one;
  ScratchPlaces places;
  AttentionGradientArrays arrays;
  std::optional<DropoutDraws> draws;
  DropoutDraws::Row drawn; ///< of the row at work
};

} // namespace

int64_t bertc::attentionGradientScratchBytes(MLIRContext *context,
                                             int64_t headSize,
                                             int64_t maxPositions,
                                             const TargetDescription &target) {
  ScratchPlaces places;
  AttentionGradientArrays(
      places, AttentionGradientPlan(context, headSize, maxPositions, target));
  return places.bytes();
}

func::FuncOp bertc::attentionGradientKernel(ModuleOp module, int64_t heads,
                                            int64_t headSize,
                                            int64_t maxPositions,
                                            std::optional<double> dropout,
                                            const TargetDescription &target) {
  const int64_t hidden = heads * headSize;
  std::string name =
      llvm::formatv("attention_gradient_{0}x{1}", heads, headSize).str();
  if (dropout)
    name += llvm::formatv("_dropout_{0:e17}", *dropout).str();
  MLIRContext *context = module.getContext();
  Builder types(context);
  Type index = types.getIndexType(), rows = rowsType(context, hidden, target);
  AttentionGradientPlan plan(context, headSize, maxPositions, target);
  SmallVector<Type> arguments = {rows, rows, rows, rows, numbersType(context)};
  if (dropout)
    arguments.append({keyType(context, target), numbersType(context)});
  arguments.append({rowsType(context, 3 * hidden, target),
                    MemRefType::get({ShapedType::kDynamic}, types.getI8Type()),
                    index, index, index});
  return kernelOnce(module, name, arguments, target, [&](KernelBuilder &k) {
    AttentionGradientBuilder(k, heads, plan, dropout).build();
  });
}
