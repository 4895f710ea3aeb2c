//===- LossKernels.cpp ----------------------------------------------------===//

#include "passes/tile/LossKernels.h"

#include "passes/tile/LossBuilder.h"
#include "passes/tile/RowSteps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/Support/FormatVariadic.h"

#include <limits>

using namespace bertc;
using namespace mlir;

namespace {

std::string crossEntropyName(StringRef what, int64_t classes, int64_t ignored) {
  std::string name = llvm::formatv("{0}_{1}", what, classes).str();
  if (ignored >= 0 && ignored < classes)
    name += "_without_" + std::to_string(ignored);
  return name;
}

} // namespace

func::FuncOp bertc::meanOfPartsKernel(ModuleOp module,
                                      const TargetDescription &target) {
  LossTypes types(module, target);
  return kernelOnce(
      module, "mean_of_parts",
      types.arguments({types.rows(lossParts), types.scalar()}), target,
      [](KernelBuilder &k) {
        LossBuilder l(k);
        k.when(k.equal(k.argument(3), l.zero), [&] {
          Value start = arith::ConstantOp::create(l.b, l.b.getF64FloatAttr(0));
          auto wide = [&](Value x) -> Value {
            return arith::ExtFOp::create(l.b, l.b.getF64Type(), x);
          };
          auto sums = k.reduce(
              l.zero, k.argument(2), l.one, {start, start},
              [&](Value row, ValueRange carried) -> SmallVector<Value> {
                Value part = wide(l.load(k.argument(0), {row, l.zero}));
                Value weight = wide(l.load(k.argument(0), {row, l.one}));
                return {l.add(carried[0], part), l.add(carried[1], weight)};
              });
          Value isAny = arith::CmpFOp::create(l.b, arith::CmpFPredicate::UNE,
                                              sums[1], start);
          Value mean = l.select(isAny, l.div(sums[0], sums[1]), start);
          l.store(arith::TruncFOp::create(l.b, l.b.getF32Type(), mean),
                  k.argument(1), l.zero);
        });
      });
}

func::FuncOp bertc::crossEntropyKernel(ModuleOp module, int64_t classes,
                                       int64_t ignoreLabel,
                                       const TargetDescription &target) {
  LossTypes types(module, target);
  return kernelOnce(
      module, crossEntropyName("cross_entropy", classes, ignoreLabel),
      types.arguments(
          {types.rows(classes), types.numbers(), types.rows(lossParts)}),
      target, [&](KernelBuilder &k) {
        LossBuilder l(k);
        Value logits = k.argument(0), parts = k.argument(2);
        overRows(k, 3, [&](Value row) {
          Value label = l.k.numberAt(k.argument(1), row);
          k.choose(
              l.isClass(label, classes, ignoreLabel),
              [&] {
                Value total = l.logSumExp(l.softmaxFacts(logits, row, classes));
                l.storeParts(parts, row,
                             l.sub(total, l.load(logits, {row, label})),
                             k.f32(1));
              },
              [&] { l.storeParts(parts, row, l.none, l.none); });
        });
      });
}

func::FuncOp
bertc::crossEntropyGradientKernel(ModuleOp module, int64_t classes,
                                  int64_t ignoreLabel,
                                  const TargetDescription &target) {
  LossTypes types(module, target);
  return kernelOnce(
      module, crossEntropyName("cross_entropy_gradient", classes, ignoreLabel),
      types.arguments({types.scalar(), types.rows(classes), types.numbers(),
                       types.rows(classes)}),
      target, [&](KernelBuilder &k) {
        LossBuilder l(k);
        Value logits = k.argument(1), labels = k.argument(2),
              dx = k.argument(3);
        Value share = l.shareOfEach(k.argument(0), k.argument(4), [&](Value i) {
          return l.isClass(l.k.numberAt(labels, i), classes, ignoreLabel);
        });
        overRows(k, 4, [&](Value row) {
          Value label = l.k.numberAt(labels, row);
          k.choose(
              l.isClass(label, classes, ignoreLabel),
              [&] {
                LossBuilder::SoftmaxFacts facts =
                    l.softmaxFacts(logits, row, classes);
                Value top = k.splat(facts.most);
                Value factor = k.splat(l.div(share, facts.sum));
                writeRow(k, classes, dx, row, [&](Value column, Value mask) {
                  Value v = l.sub(k.load(logits, {row, column}, mask), top);
                  return l.mul(l.exp(v), factor);
                });
                // Its probability less one is what the others have: of one
                // that is nearly sure, that has digits left.
                l.store(l.none, dx, {row, label});
                Value others = k.sumOf(k.overRow(
                    classes, k.splat(l.none),
                    [&](Value column, Value mask,
                        ValueRange sum) -> SmallVector<Value> {
                      return {l.add(sum[0], k.load(dx, {row, column}, mask))};
                    })[0]);
                l.store(l.neg(others), dx, {row, label});
              },
              [&] {
                writeRow(k, classes, dx, row,
                         [&](Value, Value) { return k.splat(l.none); });
              });
        });
      });
}

namespace {

/// Rows of a sequence, and its label where that is one of them.
struct LabelledSequence {
  Value begin, end, label, isLabelled;
};

LabelledSequence sequenceAt(LossBuilder &l, Value offsets, Value labels,
                            Value sequence) {
  LabelledSequence s;
  s.begin = l.k.numberAt(offsets, sequence);
  s.end = l.k.numberAt(offsets, l.k.add(sequence, l.one));
  s.label = l.k.numberAt(labels, sequence);
  s.isLabelled = l.isWithin(s.label, l.k.sub(s.end, s.begin));
  return s;
}

} // namespace

func::FuncOp
bertc::sequenceCrossEntropyKernel(ModuleOp module,
                                  const TargetDescription &target) {
  LossTypes types(module, target);
  return kernelOnce(
      module, "sequence_cross_entropy",
      types.arguments({types.rows(1), types.numbers(), types.numbers(),
                       types.rows(lossParts)}),
      target, [](KernelBuilder &k) {
        LossBuilder l(k);
        Value logits = k.argument(0), parts = k.argument(3);
        overRows(k, 4, [&](Value sequence) {
          LabelledSequence s =
              sequenceAt(l, k.argument(1), k.argument(2), sequence);
          k.choose(
              s.isLabelled,
              [&] {
                Value total =
                    l.logSumExp(l.softmaxFacts(logits, s.begin, s.end));
                Value right = l.load(logits, {k.add(s.begin, s.label), l.zero});
                l.storeParts(parts, sequence, l.sub(total, right), k.f32(1));
              },
              [&] { l.storeParts(parts, sequence, l.none, l.none); });
        });
      });
}

func::FuncOp
bertc::sequenceCrossEntropyGradientKernel(ModuleOp module,
                                          const TargetDescription &target) {
  LossTypes types(module, target);
  return kernelOnce(
      module, "sequence_cross_entropy_gradient",
      types.arguments({types.scalar(), types.rows(1), types.numbers(),
                       types.numbers(), types.rows(1)}),
      target, [](KernelBuilder &k) {
        LossBuilder l(k);
        Value logits = k.argument(1), offsets = k.argument(2),
              labels = k.argument(3), dx = k.argument(4);
        Value share = l.shareOfEach(k.argument(0), k.argument(5), [&](Value i) {
          return sequenceAt(l, offsets, labels, i).isLabelled;
        });
        overRows(k, 5, [&](Value sequence) {
          LabelledSequence s = sequenceAt(l, offsets, labels, sequence);
          k.choose(
              s.isLabelled,
              [&] {
                LossBuilder::SoftmaxFacts facts =
                    l.softmaxFacts(logits, s.begin, s.end);
                Value factor = l.div(share, facts.sum);
                Value right = k.add(s.begin, s.label);
                Value others = k.reduce(
                    s.begin, s.end, l.one, l.none,
                    [&](Value row, ValueRange sum) -> SmallVector<Value> {
                      Value v =
                          l.sub(l.load(logits, {row, l.zero}), facts.most);
                      v = l.mul(l.exp(v), factor);
                      l.store(v, dx, {row, l.zero});
                      return {l.add(sum[0],
                                    l.select(k.equal(row, right), l.none, v))};
                    })[0];
                // As crossEntropyGradientKernel.
                l.store(l.neg(others), dx, {right, l.zero});
              },
              [&] {
                k.loop(s.begin, s.end, l.one,
                       [&](Value row) { l.store(l.none, dx, {row, l.zero}); });
              });
        });
      });
}

namespace {

StringRef nameOf(PairLoss loss) {
  return loss == PairLoss::squaredError ? "mean_squared_error"
                                        : "binary_cross_entropy";
}

Value lossOf(LossBuilder &l, PairLoss loss, Value x, Value y) {
  if (loss == PairLoss::squaredError) {
    Value d = l.sub(x, y);
    return l.mul(d, d);
  }
  // log(1 + exp(x)) - x y without a large exp.
  Value tail = l.exp(l.neg(math::AbsFOp::create(l.b, x)));
  Value positive = arith::MaximumFOp::create(l.b, x, l.k.splat(l.none));
  return l.sub(l.add(positive, math::Log1pOp::create(l.b, tail)), l.mul(x, y));
}

Value slopeOf(LossBuilder &l, PairLoss loss, Value x, Value y) {
  if (loss == PairLoss::squaredError)
    return l.mul(l.k.splat(l.k.f32(2)), l.sub(x, y));
  Value one = l.k.splat(l.k.f32(1));
  Value e = l.exp(l.neg(x));
  return l.sub(l.div(one, l.add(one, e)), y);
}

} // namespace

func::FuncOp bertc::pairLossKernel(ModuleOp module, PairLoss loss,
                                   int64_t columns,
                                   const TargetDescription &target) {
  LossTypes types(module, target);
  std::string name = llvm::formatv("{0}_{1}", nameOf(loss), columns).str();
  return kernelOnce(
      module, name,
      types.arguments(
          {types.rows(columns), types.rows(columns), types.rows(lossParts)}),
      target, [&](KernelBuilder &k) {
        LossBuilder l(k);
        Value nothing = k.splat(l.none);
        overRows(k, 3, [&](Value row) {
          Value sum = k.sumOf(k.overRow(
              columns, nothing,
              [&](Value column, Value mask,
                  ValueRange carried) -> SmallVector<Value> {
                Value v =
                    lossOf(l, loss, k.load(k.argument(0), {row, column}, mask),
                           k.load(k.argument(1), {row, column}, mask));
                if (mask)
                  v = l.select(mask, v, nothing);
                return {l.add(carried[0], v)};
              })[0]);
          l.storeParts(k.argument(2), row, sum, k.f32(columns));
        });
      });
}

func::FuncOp bertc::pairLossGradientKernel(ModuleOp module, PairLoss loss,
                                           int64_t columns,
                                           const TargetDescription &target) {
  LossTypes types(module, target);
  std::string name =
      llvm::formatv("{0}_gradient_{1}", nameOf(loss), columns).str();
  return kernelOnce(
      module, name,
      types.arguments({types.scalar(), types.rows(columns), types.rows(columns),
                       types.rows(columns)}),
      target, [&](KernelBuilder &k) {
        LossBuilder l(k);
        Value elements = k.toFloat(k.mul(k.argument(4), k.index(columns)));
        Value share = k.splat(l.div(l.load(k.argument(0), l.zero), elements));
        overRows(k, 4, [&](Value row) {
          k.overRow(
              columns, {},
              [&](Value column, Value mask, ValueRange) -> SmallVector<Value> {
                Value slope =
                    slopeOf(l, loss, k.load(k.argument(1), {row, column}, mask),
                            k.load(k.argument(2), {row, column}, mask));
                k.store(l.mul(share, slope), k.argument(3), {row, column},
                        mask);
                return {};
              });
        });
      });
}

namespace {

/// A vector of the softened softmaxes of a row of logits, q, and of its
/// teacher's, p.
class SoftenedPair {
public:
  SoftenedPair(LossBuilder &l, Value logits, Value teacher, Value row,
               int64_t columns, double temperature)
      : l(l), logits(logits), teacher(teacher), row(row),
        temperature(temperature) {
    LossBuilder::SoftmaxFacts ours =
        l.softmaxFacts(logits, row, columns, temperature);
    theirs = l.softmaxFacts(teacher, row, columns, temperature);
    ourMost = l.k.splat(ours.most);
    theirMost = l.k.splat(theirs.most);
    ourFactor = l.k.splat(l.div(l.k.f32(1), ours.sum));
    theirFactor = l.k.splat(l.div(l.k.f32(1), theirs.sum));
    logOfSums = l.k.splat(l.sub(l.log(ours.sum), l.log(theirs.sum)));
  }

  struct Lanes {
    Value p, q, logRatio; ///< log(p / q)
    Value teacher;
  };
  Lanes at(Value column, Value mask) {
    Lanes lanes;
    lanes.teacher = l.k.load(teacher, {row, column}, mask);
    Value x = l.k.load(logits, {row, column}, mask);
    Value v = l.softened(x, ourMost, temperature);
    Value u = l.softened(lanes.teacher, theirMost, temperature);
    lanes.q = l.mul(l.exp(v), ourFactor);
    lanes.p = l.mul(l.exp(u), theirFactor);
    lanes.logRatio = l.add(l.sub(u, v), logOfSums);
    return lanes;
  }

  /// The teacher's logit whose class has more than half of p, in all lanes;
  /// infinity where none has.
  Value likely() {
    Value isLikely = arith::CmpFOp::create(l.b, arith::CmpFPredicate::OLT,
                                           theirs.sum, l.k.f32(2));
    return l.k.splat(l.select(isLikely, theirs.most,
                              l.k.f32(std::numeric_limits<float>::infinity())));
  }

private:
  LossBuilder &l;
  Value logits, teacher, row;
  const double temperature;
  LossBuilder::SoftmaxFacts theirs;
  Value ourMost, theirMost, ourFactor, theirFactor, logOfSums;
};

} // namespace

func::FuncOp bertc::distillationKernel(ModuleOp module, int64_t classes,
                                       double temperature,
                                       const TargetDescription &target) {
  LossTypes types(module, target);
  std::string name =
      llvm::formatv("distillation_{0}_{1:e17}", classes, temperature).str();
  return kernelOnce(
      module, name,
      types.arguments(
          {types.rows(classes), types.rows(classes), types.rows(lossParts)}),
      target, [&](KernelBuilder &k) {
        LossBuilder l(k);
        Value nothing = k.splat(l.none);
        overRows(k, 3, [&](Value row) {
          SoftenedPair pair(l, k.argument(0), k.argument(1), row, classes,
                            temperature);
          // p log(p / q) + (q - p): these are zero in all, and take with them
          // what rounding has made of the sums of exponentials.
          Value sum = k.sumOf(
              k.overRow(classes, nothing,
                        [&](Value column, Value mask,
                            ValueRange carried) -> SmallVector<Value> {
                          SoftenedPair::Lanes lanes = pair.at(column, mask);
                          Value v = l.add(l.mul(lanes.p, lanes.logRatio),
                                          l.sub(lanes.q, lanes.p));
                          if (mask)
                            v = l.select(mask, v, nothing);
                          return {l.add(carried[0], v)};
                        })[0]);
          l.storeParts(k.argument(2), row,
                       l.mul(k.f32(temperature * temperature), sum), k.f32(1));
        });
      });
}

func::FuncOp
bertc::distillationGradientKernel(ModuleOp module, int64_t classes,
                                  double temperature,
                                  const TargetDescription &target) {
  LossTypes types(module, target);
  std::string name =
      llvm::formatv("distillation_gradient_{0}_{1:e17}", classes, temperature)
          .str();
  return kernelOnce(
      module, name,
      types.arguments({types.scalar(), types.rows(classes), types.rows(classes),
                       types.rows(classes)}),
      target, [&](KernelBuilder &k) {
        LossBuilder l(k);
        Value nothing = k.splat(l.none), teacher = k.argument(2),
              dx = k.argument(3);
        Value share =
            l.div(l.load(k.argument(0), l.zero), k.toFloat(k.argument(4)));
        Value factor = k.splat(l.mul(k.f32(temperature), share));
        overRows(k, 4, [&](Value row) {
          SoftenedPair pair(l, k.argument(1), teacher, row, classes,
                            temperature);
          Value likely = pair.likely();
          auto isLikely = [&](Value logit) -> Value {
            return arith::CmpFOp::create(l.b, arith::CmpFPredicate::OEQ, logit,
                                         likely);
          };
          Value others = k.splat(k.sumOf(
              k.overRow(classes, nothing,
                        [&](Value column, Value mask,
                            ValueRange carried) -> SmallVector<Value> {
                          SoftenedPair::Lanes lanes = pair.at(column, mask);
                          Value v = l.mul(factor, l.sub(lanes.q, lanes.p));
                          v = l.select(isLikely(lanes.teacher), nothing, v);
                          k.store(v, dx, {row, column}, mask);
                          if (mask)
                            v = l.select(mask, v, nothing);
                          return {l.add(carried[0], v)};
                        })[0]));
          // As crossEntropyGradientKernel.
          Value rest = l.neg(others);
          writeRow(k, classes, dx, row, [&](Value column, Value mask) {
            return l.select(isLikely(k.load(teacher, {row, column}, mask)),
                            rest, k.load(dx, {row, column}, mask));
          });
        });
      });
}
