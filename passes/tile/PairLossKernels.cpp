//===- PairLossKernels.cpp - losses of pairs of rows ----------------------===//

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
class PairRows {
public:
  PairRows(KernelBuilder &k, Value x, int64_t columns)
      : k(k), b(k.builder()), columns(columns), zero(k.index(0)),
        one(k.index(1)), none(k.f32(0)), x(x) {}

  Value add(Value x, Value y) { return arith::AddFOp::create(b, x, y); }
  Value sub(Value x, Value y) { return arith::SubFOp::create(b, x, y); }
  Value mul(Value x, Value y) { return arith::MulFOp::create(b, x, y); }
  Value div(Value x, Value y) { return arith::DivFOp::create(b, x, y); }
  Value exp(Value x) { return math::ExpOp::create(b, x); }
  Value select(Value condition, Value x, Value y) {
    return arith::SelectOp::create(b, condition, x, y);
  }
  Value load(Value array, Value row, int64_t column) {
    return memref::LoadOp::create(b, array, {row, k.index(column)});
  }
  void store(Value value, Value array, Value row, int64_t column) {
    memref::StoreOp::create(b, value, array, ValueRange{row, k.index(column)});
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

  /// Whether a pair's label is a pair.
  Value isLabelled(Value label, Value pairs) {
    return arith::CmpIOp::create(b, arith::CmpIPredicate::ult, label, pairs);
  }

  KernelBuilder &k;
  ImplicitLocOpBuilder &b;
  const int64_t columns;
  Value zero, one, none;

private:
  Value x;
};

Value toFloat(PairRows &r, Value index) {
  return arith::UIToFPOp::create(
      r.b, r.b.getF32Type(),
      arith::IndexCastOp::create(r.b, r.b.getI64Type(), index));
}

/// Types of arrays, and with them rows, thread and threads.
class Arguments {
public:
  Arguments(ModuleOp module, const TargetDescription &target)
      : context(module.getContext()), target(target) {}
  Arguments &rows(int64_t columns) {
    types.push_back(rowsType(context, columns, target));
    return *this;
  }
  Arguments &numbers() {
    types.push_back(numbersType(context));
    return *this;
  }
  Arguments &scalar() {
    types.push_back(MemRefType::get({target.panel}, Float32Type::get(context)));
    return *this;
  }
  SmallVector<Type> done() {
    types.append(3, IndexType::get(context));
    return types;
  }

private:
  MLIRContext *context;
  const TargetDescription &target;
  SmallVector<Type> types;
};

} // namespace

func::FuncOp bertc::pairSimilarityKernel(ModuleOp module, int64_t columns,
                                         const TargetDescription &target) {
  return kernelOnce(
      module, llvm::formatv("pair_similarity_{0}", columns).str(),
      Arguments(module, target).rows(columns).rows(1).rows(lossParts).done(),
      target, [&](KernelBuilder &k) {
        PairRows r(k, k.argument(0), columns);
        overRows(k, 3, [&](Value pair) {
          Value apart = r.sub(r.dot(r.first(pair), r.second(pair)),
                              r.load(k.argument(1), pair, 0));
          r.store(r.mul(apart, apart), k.argument(2), pair, 0);
          r.store(k.f32(1), k.argument(2), pair, 1);
        });
      });
}

func::FuncOp
bertc::pairSimilarityGradientKernel(ModuleOp module, int64_t columns,
                                    const TargetDescription &target) {
  return kernelOnce(
      module, llvm::formatv("pair_similarity_gradient_{0}", columns).str(),
      Arguments(module, target)
          .scalar()
          .rows(columns)
          .rows(1)
          .rows(columns)
          .done(),
      target, [&](KernelBuilder &k) {
        Value x = k.argument(1), dx = k.argument(3);
        PairRows r(k, x, columns);
        Value gradient = memref::LoadOp::create(r.b, k.argument(0), r.zero);
        Value share = r.div(gradient, toFloat(r, k.argument(4)));
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
  return kernelOnce(
      module, llvm::formatv("pair_ranking_{0}_{1:e17}", columns, scale).str(),
      Arguments(module, target).rows(columns).numbers().rows(lossParts).done(),
      target, [&](KernelBuilder &k) {
        Value parts = k.argument(2), pairs = k.argument(3);
        PairRows r(k, k.argument(0), columns);
        overRows(k, 3, [&](Value pair) {
          Value label = k.numberAt(k.argument(1), pair);
          k.choose(
              r.isLabelled(label, pairs),
              [&] {
                PairRows::Scores scores = r.scores(pair, label, pairs, scale);
                // A score is large: to it nothing small is added.
                Value below = r.sub(scores.most, r.score(pair, label, scale));
                r.store(r.add(below, math::LogOp::create(r.b, scores.sum)),
                        parts, pair, 0);
                r.store(k.f32(1), parts, pair, 1);
              },
              [&] {
                r.store(r.none, parts, pair, 0);
                r.store(r.none, parts, pair, 1);
              });
        });
      });
}

func::FuncOp bertc::pairRankingFactsKernel(ModuleOp module, int64_t columns,
                                           double scale,
                                           const TargetDescription &target) {
  return kernelOnce(
      module,
      llvm::formatv("pair_ranking_facts_{0}_{1:e17}", columns, scale).str(),
      Arguments(module, target)
          .scalar()
          .rows(columns)
          .numbers()
          .rows(rankingFacts)
          .done(),
      target, [&](KernelBuilder &k) {
        Value labels = k.argument(2), facts = k.argument(3),
              pairs = k.argument(4);
        PairRows r(k, k.argument(1), columns);
        Value count =
            k.reduce(r.zero, pairs, r.one, r.zero,
                     [&](Value pair, ValueRange sum) -> SmallVector<Value> {
                       Value isOne =
                           r.isLabelled(k.numberAt(labels, pair), pairs);
                       return {r.select(isOne, k.add(sum[0], r.one), sum[0])};
                     })[0];
        Value gradient = memref::LoadOp::create(r.b, k.argument(0), r.zero);
        Value share = r.div(r.mul(k.f32(scale), gradient), toFloat(r, count));
        overRows(k, 4, [&](Value pair) {
          Value label = k.numberAt(labels, pair);
          k.choose(
              r.isLabelled(label, pairs),
              [&] {
                PairRows::Scores scores = r.scores(pair, label, pairs, scale);
                Value factor = r.div(share, scores.sum);
                r.store(scores.most, facts, pair, 0);
                r.store(factor, facts, pair, 1);
                // As crossEntropyGradientKernel.
                r.store(
                    arith::NegFOp::create(r.b, r.mul(scores.others, factor)),
                    facts, pair, 2);
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
  return kernelOnce(
      module,
      llvm::formatv("pair_ranking_gradient_{0}_{1:e17}", columns, scale).str(),
      Arguments(module, target)
          .rows(columns)
          .numbers()
          .rows(rankingFacts)
          .rows(columns)
          .done(),
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
