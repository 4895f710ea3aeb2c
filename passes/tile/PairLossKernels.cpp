//===- PairLossKernels.cpp - losses of pairs of rows ----------------------===//

#include "passes/tile/LossBuilder.h"
#include "passes/tile/LossKernels.h"
#include "passes/tile/RowSteps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/FormatVariadic.h"

#include <limits>

using namespace bertc;
using namespace mlir;

namespace {

/// Rows of pairs, and their products.
class PairRows : public LossBuilder {
public:
  PairRows(KernelBuilder &k, Value x, int64_t columns)
      : LossBuilder(k), columns(columns), x(x) {}

  using LossBuilder::load;
  using LossBuilder::store;
  Value load(Value array, Value row, int64_t column) {
    return load(array, {row, k.index(column)});
  }
  void store(Value value, Value array, Value row, int64_t column) {
    store(value, array, {row, k.index(column)});
  }

  Value first(Value pair) { return k.mul(pair, k.index(2)); }
  Value second(Value pair) { return k.add(first(pair), one); }

  Value dot(Value row, Value other) {
    return k.sumOf(k.overRow(
        columns, k.splat(none),
        [&](Value column, Value mask, ValueRange sum) -> SmallVector<Value> {
          return {vector::FMAOp::create(b, k.load(x, {row, column}, mask),
                                        k.load(x, {other, column}, mask),
                                        sum[0])};
        })[0]);
  }
  Value score(Value pair, Value other, double scale) {
    return mul(k.f32(scale), dot(first(pair), second(other)));
  }
  /// dx[row] += weight x[other]
  void addTimes(Value weight, Value other, Value dx, Value row) {
    Value factor = k.splat(weight);
    writeRow(k, columns, dx, row, [&](Value column, Value mask) -> Value {
      return vector::FMAOp::create(b, factor, k.load(x, {other, column}, mask),
                                   k.load(dx, {row, column}, mask));
    });
  }

  /// Of a pair's scores: the largest, and the sums of exponentials of what lies
  /// below it, of all and of all but the label's.
  struct Scores {
    Value most, sum, others;
  };
  Scores scores(Value pair, Value label, Value pairs, double scale) {
    Value lowest = k.f32(-std::numeric_limits<float>::infinity());
    ValueRange carried =
        k.reduce(zero, pairs, one, {lowest, none, none},
                 [&](Value other, ValueRange before) -> SmallVector<Value> {
                   Value s = score(pair, other, scale);
                   Value most = arith::MaxNumFOp::create(b, before[0], s);
                   Value shrink = exp(sub(before[0], most)),
                         e = exp(sub(s, most));
                   Value ofOthers = select(k.equal(other, label), none, e);
                   return {most, add(mul(before[1], shrink), e),
                           add(mul(before[2], shrink), ofOthers)};
                 });
    return {carried[0], carried[1], carried[2]};
  }

private:
  const int64_t columns;
  Value x;
};

} // namespace

func::FuncOp bertc::pairSimilarityKernel(ModuleOp module, int64_t columns,
                                         const TargetDescription &target) {
  LossTypes types(module, target);
  return kernelOnce(
      module, llvm::formatv("pair_similarity_{0}", columns).str(),
      types.arguments(
          {types.rows(columns), types.rows(1), types.rows(lossParts)}),
      target, [&](KernelBuilder &k) {
        PairRows r(k, k.argument(0), columns);
        overRows(k, 3, [&](Value pair) {
          Value apart = r.sub(r.dot(r.first(pair), r.second(pair)),
                              r.load(k.argument(1), pair, 0));
          r.storeParts(k.argument(2), pair, r.mul(apart, apart), k.f32(1));
        });
      });
}

func::FuncOp
bertc::pairSimilarityGradientKernel(ModuleOp module, int64_t columns,
                                    const TargetDescription &target) {
  LossTypes types(module, target);
  return kernelOnce(
      module, llvm::formatv("pair_similarity_gradient_{0}", columns).str(),
      types.arguments({types.scalar(), types.rows(columns), types.rows(1),
                       types.rows(columns)}),
      target, [&](KernelBuilder &k) {
        Value x = k.argument(1), dx = k.argument(3);
        PairRows r(k, x, columns);
        Value gradient = r.load(k.argument(0), r.zero);
        Value share = r.div(gradient, k.toFloat(k.argument(4)));
        overRows(k, 4, [&](Value pair) {
          Value first = r.first(pair), second = r.second(pair);
          Value apart =
              r.sub(r.dot(first, second), r.load(k.argument(2), pair, 0));
          Value slope = k.splat(r.mul(share, r.add(apart, apart)));
          auto write = [&](Value to, Value from) {
            writeRow(k, columns, dx, to, [&](Value column, Value mask) {
              return r.mul(slope, k.load(x, {from, column}, mask));
            });
          };
          write(first, second);
          write(second, first);
        });
      });
}

func::FuncOp bertc::pairRankingKernel(ModuleOp module, int64_t columns,
                                      double scale,
                                      const TargetDescription &target) {
  LossTypes types(module, target);
  return kernelOnce(
      module, llvm::formatv("pair_ranking_{0}_{1:e17}", columns, scale).str(),
      types.arguments(
          {types.rows(columns), types.numbers(), types.rows(lossParts)}),
      target, [&](KernelBuilder &k) {
        Value parts = k.argument(2), pairs = k.argument(3);
        PairRows r(k, k.argument(0), columns);
        overRows(k, 3, [&](Value pair) {
          Value label = k.numberAt(k.argument(1), pair);
          k.choose(
              r.isWithin(label, pairs),
              [&] {
                PairRows::Scores scores = r.scores(pair, label, pairs, scale);
                // A score is large: to it nothing small is added.
                Value below = r.sub(scores.most, r.score(pair, label, scale));
                r.storeParts(parts, pair, r.add(below, r.log(scores.sum)),
                             k.f32(1));
              },
              [&] { r.storeParts(parts, pair, r.none, r.none); });
        });
      });
}

func::FuncOp bertc::pairRankingFactsKernel(ModuleOp module, int64_t columns,
                                           double scale,
                                           const TargetDescription &target) {
  LossTypes types(module, target);
  return kernelOnce(
      module,
      llvm::formatv("pair_ranking_facts_{0}_{1:e17}", columns, scale).str(),
      types.arguments({types.scalar(), types.rows(columns), types.numbers(),
                       types.rows(rankingFacts)}),
      target, [&](KernelBuilder &k) {
        Value labels = k.argument(2), facts = k.argument(3),
              pairs = k.argument(4);
        PairRows r(k, k.argument(1), columns);
        Value share = r.shareOfEach(
            k.argument(0), pairs,
            [&](Value pair) {
              return r.isWithin(k.numberAt(labels, pair), pairs);
            },
            scale);
        overRows(k, 4, [&](Value pair) {
          Value label = k.numberAt(labels, pair);
          k.choose(
              r.isWithin(label, pairs),
              [&] {
                PairRows::Scores scores = r.scores(pair, label, pairs, scale);
                Value factor = r.div(share, scores.sum);
                r.store(scores.most, facts, pair, 0);
                r.store(factor, facts, pair, 1);
                // As crossEntropyGradientKernel.
                r.store(r.neg(r.mul(scores.others, factor)), facts, pair, 2);
              },
              [&] {
                for (int64_t column = 0; column < rankingFacts; ++column)
                  r.store(r.none, facts, pair, column);
              });
        });
      });
}

func::FuncOp bertc::pairRankingGradientKernel(ModuleOp module, int64_t columns,
                                              double scale,
                                              const TargetDescription &target) {
  LossTypes types(module, target);
  return kernelOnce(
      module,
      llvm::formatv("pair_ranking_gradient_{0}_{1:e17}", columns, scale).str(),
      types.arguments({types.rows(columns), types.numbers(),
                       types.rows(rankingFacts), types.rows(columns)}),
      target, [&](KernelBuilder &k) {
        Value labels = k.argument(1), facts = k.argument(2), dx = k.argument(3),
              pairs = k.argument(4);
        PairRows r(k, k.argument(0), columns);
        // What the score of a pair's first row with another's second weighs.
        auto weight = [&](Value pair, Value other) {
          Value below =
              r.sub(r.score(pair, other, scale), r.load(facts, pair, 0));
          return r.select(k.equal(other, k.numberAt(labels, pair)),
                          r.load(facts, pair, 2),
                          r.mul(r.exp(below), r.load(facts, pair, 1)));
        };
        overRows(k, 4, [&](Value pair) {
          Value first = r.first(pair), second = r.second(pair);
          for (Value row : {first, second})
            writeRow(k, columns, dx, row,
                     [&](Value, Value) { return k.splat(r.none); });
          k.loop(r.zero, pairs, r.one, [&](Value other) {
            r.addTimes(weight(pair, other), r.second(other), dx, first);
            r.addTimes(weight(other, pair), r.first(other), dx, second);
          });
        });
      });
}
