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
// With dropout the weights are multiplied by its factors as they are made.
//
// In bf16 queries, keys, values and weights are rounded, pairs of their
// elements lie side by side, and scores and sums stay f32.
//
// Pairs go to threads by their cost (AttentionShares.h). A row's arithmetic
// depends on its own sequence only.
//
//===----------------------------------------------------------------------===//

#include "passes/tile/AttentionPlan.h"
#include "passes/tile/AttentionShares.h"
#include "passes/tile/DropoutSteps.h"
#include "passes/tile/GroupedProduct.h"
#include "passes/tile/KernelBuilder.h"
#include "passes/tile/Kernels.h"
#include "passes/tile/ProductFactor.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

#include <cmath>
#include <limits>
#include <optional>

using namespace bertc;
using namespace mlir;

namespace {

/// Where the three are: in three arrays, or side by side in one.
struct AttentionSources {
  Value query, key, value;
  int64_t keyColumn = 0, valueColumn = 0; ///< of the first head
};

/// What a kernel computes from them.
struct AttentionForm {
  int64_t mapColumns = 0; ///< of a head's map; 0: contexts, not maps
  std::optional<double> dropout;
};

class AttentionBuilder {
public:
  /// The sources are the kernel's first `inputs` arguments.
  AttentionBuilder(KernelBuilder &k, int64_t heads, const AttentionPlan &plan,
                   const AttentionSources &sources, unsigned inputs,
                   const AttentionForm &form)
      : AttentionBuilder(k, heads, plan, sources, k.argument(inputs),
                         inputs + (form.dropout ? 3 : 1), form.mapColumns) {
    if (form.dropout) {
      draws.emplace(k, k.argument(inputs + 1), *form.dropout);
      sequenceIds = k.argument(inputs + 2);
    }
  }

  void build() {
    forPairs(k, offsets, heads, sequences, thread, threads,
             [&](const AttentionPair &one) { pair(one); });
  }

private:
  /// `next` is the number of the first argument behind the inputs.
  AttentionBuilder(KernelBuilder &k, int64_t heads, const AttentionPlan &plan,
                   const AttentionSources &sources, Value offsets,
                   unsigned next, int64_t mapColumns)
      : k(k), b(k.builder()), heads(heads), plan(plan), mapColumns(mapColumns),
        from(sources), offsets(offsets), result(k.argument(next)),
        sequences(k.argument(next + 2)), thread(k.argument(next + 3)),
        threads(k.argument(next + 4)), zero(k.index(0)), one(k.index(1)),
        places(k, k.argument(next + 1)), arrays(places, plan) {
    if (plan.group > 1)
      flatWeights = memref::CollapseShapeOp::create(
          b, arrays.weights, ArrayRef<ReassociationIndices>{{0}, {1, 2}});
  }

  void pair(const AttentionPair &taken) {
    Value begin = taken.begin, size = taken.size, head = taken.head;
    // A sequence has a token. Told so, LLVM keeps the accumulators of the
    // products over the keys in registers; with a way around the loop it has
    // spilled them inside.
    Value depth = k.max(size, one);
    Value column = k.mul(head, k.index(plan.headSize));
    packKeys(k, plan, from.key, begin, size,
             k.add(column, k.index(from.keyColumn)), arrays);
    if (mapColumns == 0)
      packValues(k, plan, from.value, begin, size,
                 k.add(column, k.index(from.valueColumn)), arrays);

    DropoutDraws::Row drawn;
    if (draws)
      drawn = draws->rowOfHead(sequenceIds, taken.sequence, head);
    k.forTiles(size, plan.tileRows, plan.usesTiles,
               [&](Value first, Value rows) {
                 Value row = k.add(begin, first);
                 scoreKeys(row, rows, size, column);
                 k.loop(zero, rows, one, [&](Value r) {
                   if (draws)
                     drawn.place = draws->wordOf(k.add(first, r));
                   softmax(r, size, drawn);
                 });
                 if (mapColumns > 0)
                   storeMaps(row, rows, head, size);
                 else
                   mixValues(row, rows, column, depth);
               });
  }

  /// scores[r, s] = sum over e of q[row + r, e] k[s, e].
  void scoreKeys(Value row, Value rows, Value size, Value column) {
    if (plan.group > 1)
      roundRows(k, from.query, row, rows, column, k.index(plan.headSize),
                arrays.queries, plan.step);
    k.forTileRows(rows, plan.usesTiles, [&](OpFoldResult height) {
      Value queries =
          plan.group == 1
              ? k.slice(from.query, {row, column},
                        {height, k.attr(plan.headSize)})
              : k.slice(arrays.queries, {k.attr(0), k.attr(0), k.attr(0)},
                        {height, k.attr(plan.keyGroups()), k.attr(plan.group)});
      k.loop(zero, k.ceilDiv(size, k.index(plan.panel)), one, [&](Value p) {
        product(queries,
                k.panelOf(arrays.keys, p, k.attr(0), k.attr(plan.keyGroups())),
                k.slice(arrays.scores,
                        {k.attr(0), k.mul(p, k.index(plan.panel))},
                        {height, k.attr(plan.panel)}));
      });
    });
  }

  /// result[row + r, column + c] = sum over s of weight[r, s] v[s, c].
  void mixValues(Value row, Value rows, Value column, Value depth) {
    Value groups = k.groupsOf(depth, plan.step, plan.group);
    k.forTileRows(rows, plan.usesTiles, [&](OpFoldResult height) {
      Value weights =
          plan.group == 1
              ? k.slice(arrays.scores, {k.attr(0), k.attr(0)}, {height, depth})
              : k.slice(arrays.weights, {k.attr(0), k.attr(0), k.attr(0)},
                        {height, groups, k.attr(plan.group)});
      for (int64_t p = 0; p < plan.valuePanels; ++p)
        product(weights, k.panelOf(arrays.values, k.attr(p), k.attr(0), groups),
                k.slice(arrays.contexts, {k.attr(0), k.attr(p * plan.panel)},
                        {height, k.attr(plan.panel)}));
    });
    k.loop(zero, rows, one, [&](Value r) {
      Value inverse = k.splat(memref::LoadOp::create(b, arrays.sums, r));
      k.overRow(plan.headSize, {},
                [&](Value c, Value mask, ValueRange) -> SmallVector<Value> {
                  Value v = arith::MulFOp::create(
                      b, k.load(arrays.contexts, {r, c}, mask), inverse);
                  k.store(v, result, {k.add(row, r), k.add(column, c)}, mask);
                  return {};
                });
    });
  }

  /// result[row + r, head * mapColumns + s] = weight[r, s], zero from s = size
  /// on. A row of scores has room for all columns of a map.
  void storeMaps(Value row, Value rows, Value head, Value size) {
    Value column = k.mul(head, k.index(mapColumns));
    k.loop(zero, rows, one, [&](Value r) {
      Value inverse = k.splat(memref::LoadOp::create(b, arrays.sums, r));
      k.overRow(mapColumns, {},
                [&](Value c, Value mask, ValueRange) -> SmallVector<Value> {
                  Value keys = k.firstLanes(k.max(k.sub(size, c), zero));
                  Value v = arith::MulFOp::create(
                      b, k.load(arrays.scores, {r, c}, keys), inverse);
                  k.store(v, result, {k.add(row, r), k.add(column, c)}, mask);
                  return {};
                });
    });
  }

  /// c = a * panel, all on tiles.
  void product(Value a, Value panel, Value c) {
    linalg::FillOp::create(b, ValueRange{k.f32(0)}, ValueRange{c});
    if (plan.group == 1)
      linalg::MatmulOp::create(b, ValueRange{a, panel}, ValueRange{c});
    else
      buildGroupedProduct(b, a, panel, c);
  }

  /// weights[r, :] = exp((scores[r, :] - max) / sqrt(d)), sums[r] = 1 / sum.
  /// Without groups the weights take the place of the scores; else they are
  /// rounded, and so is what is summed. Some are dropped then, by `drawn`: the
  /// sum has all.
  void softmax(Value r, Value size, const DropoutDraws::Row &drawn) {
    auto overKeys = [&](Value init, auto body) -> Value {
      return k.overColumns(
          size, init,
          [&](Value c, Value rest, ValueRange carried) -> SmallVector<Value> {
            Value mask = rest ? k.firstLanes(rest) : Value();
            return {body(c, mask, rest, carried[0])};
          })[0];
    };
    Value lowest = k.splat(k.f32(-std::numeric_limits<float>::infinity()));
    Value highest = k.maxOf(overKeys(
        lowest, [&](Value c, Value mask, Value, Value carried) -> Value {
          Value v = k.load(arrays.scores, {r, c}, mask);
          if (mask)
            v = arith::SelectOp::create(b, mask, v, lowest);
          return arith::MaxNumFOp::create(b, carried, v);
        }));
    Value top = k.splat(highest), none = k.splat(k.f32(0));
    Value scale = k.splat(k.f32(1.0 / std::sqrt(double(plan.headSize))));
    Value sum = k.sumOf(overKeys(
        none, [&](Value c, Value mask, Value rest, Value carried) -> Value {
          Value v = arith::SubFOp::create(
              b, k.load(arrays.scores, {r, c}, mask), top);
          v = math::ExpOp::create(b, arith::MulFOp::create(b, v, scale));
          if (mask)
            v = arith::SelectOp::create(b, mask, v, none);
          if (plan.group == 1)
            k.store(draws ? dropped(v, c, drawn) : v, arrays.scores, {r, c},
                    mask);
          else
            v = storeRounded(k, v, flatWeights, {r, c}, plan.step, rest);
          return arith::AddFOp::create(b, carried, v);
        }));
    memref::StoreOp::create(b, arith::DivFOp::create(b, k.f32(1), sum),
                            arrays.sums, r);
  }

  Value dropped(Value weights, Value column, const DropoutDraws::Row &drawn) {
    return arith::MulFOp::create(b, weights,
                                 draws->factors(draws->kept(column, drawn)));
  }

  KernelBuilder &k;
  ImplicitLocOpBuilder &b;
  int64_t heads;
  const AttentionPlan &plan;
  int64_t mapColumns;
  AttentionSources from;
  Value offsets, result, sequences, thread, threads, zero, one;
  ScratchPlaces places;
  AttentionArrays arrays;
  Value flatWeights; ///< [tileRows, scoreStride]
  std::optional<DropoutDraws> draws;
  Value sequenceIds;
};

} // namespace

int64_t bertc::attentionScratchBytes(MLIRContext *context, int64_t headSize,
                                     int64_t maxPositions,
                                     bert::Precision precision,
                                     const TargetDescription &target) {
  return AttentionPlan(context, headSize, maxPositions, precision, target)
      .bytes();
}

namespace {

func::FuncOp makeKernel(StringRef name, ModuleOp module, int64_t inputs,
                        int64_t outputs, int64_t heads,
                        const AttentionPlan &plan, int64_t mapColumns,
                        const TargetDescription &target) {
  Builder types(module.getContext());
  Type index = types.getIndexType();
  SmallVector<Type> arguments = {
      rowsType(module.getContext(), inputs, target),
      numbersType(module.getContext()),
      rowsType(module.getContext(), outputs, target),
      MemRefType::get({ShapedType::kDynamic}, types.getI8Type()),
      index,
      index,
      index};
  return kernelOnce(module, name, arguments, target, [&](KernelBuilder &k) {
    const int64_t hidden = heads * plan.headSize;
    Value qkv = k.argument(0);
    AttentionBuilder(k, heads, plan, {qkv, qkv, qkv, hidden, 2 * hidden},
                     /*inputs=*/1, {mapColumns, std::nullopt})
        .build();
  });
}

} // namespace

func::FuncOp bertc::attentionKernel(ModuleOp module, int64_t heads,
                                    int64_t headSize, int64_t maxPositions,
                                    bert::Precision precision,
                                    const TargetDescription &target) {
  int64_t hidden = heads * headSize;
  std::string name = llvm::formatv("attention_{0}x{1}", heads, headSize).str();
  if (precision != bert::Precision::f32)
    name += ("_" + bert::stringifyPrecision(precision)).str();
  return makeKernel(name, module, 3 * hidden, hidden, heads,
                    AttentionPlan(module.getContext(), headSize, maxPositions,
                                  precision, target),
                    /*mapColumns=*/0, target);
}

func::FuncOp bertc::separateAttentionKernel(ModuleOp module, int64_t heads,
                                            int64_t headSize,
                                            int64_t maxPositions,
                                            std::optional<double> dropout,
                                            const TargetDescription &target) {
  std::string name =
      llvm::formatv("attention_separate_{0}x{1}", heads, headSize).str();
  if (dropout)
    name += llvm::formatv("_dropout_{0:e17}", *dropout).str();
  MLIRContext *context = module.getContext();
  Builder types(context);
  Type index = types.getIndexType(),
       rows = rowsType(context, heads * headSize, target);
  SmallVector<Type> arguments = {rows, rows, rows, numbersType(context)};
  if (dropout)
    arguments.append({keyType(context, target), numbersType(context)});
  arguments.append({rows,
                    MemRefType::get({ShapedType::kDynamic}, types.getI8Type()),
                    index, index, index});
  const AttentionPlan plan(context, headSize, maxPositions,
                           bert::Precision::f32, target);
  return kernelOnce(module, name, arguments, target, [&](KernelBuilder &k) {
    AttentionBuilder(k, heads, plan,
                     {k.argument(0), k.argument(1), k.argument(2)},
                     /*inputs=*/3, {/*mapColumns=*/0, dropout})
        .build();
  });
}

func::FuncOp bertc::attentionProbsKernel(ModuleOp module, int64_t inputs,
                                         int64_t heads, int64_t headSize,
                                         int64_t maxPositions,
                                         const TargetDescription &target) {
  return makeKernel(
      llvm::formatv("attention_probs_{0}_{1}x{2}", inputs, heads, headSize)
          .str(),
      module, inputs, heads * maxPositions, heads,
      AttentionPlan(module.getContext(), headSize, maxPositions,
                    bert::Precision::f32, target),
      maxPositions, target);
}
