//===- OptimizerKernels.cpp -----------------------------------------------===//

#include "passes/tile/OptimizerKernels.h"

#include "passes/tile/Arithmetic.h"
#include "passes/tile/FlatKernels.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/AffineMap.h"
#include "llvm/Support/FormatVariadic.h"

#include <limits>
#include <string>

using namespace bertc;
using namespace mlir;

namespace {

/// Arithmetic on vectors of f32.
class Formula : public Arithmetic {
public:
  explicit Formula(KernelBuilder &k) : Arithmetic(k.builder()), k(k) {}

  Value of(double value) { return k.splat(k.f32(value)); }
  Value compare(arith::CmpFPredicate predicate, Value x, Value y) {
    return arith::CmpFOp::create(b, predicate, x, y);
  }
  /// Neither NaN nor infinite.
  Value isFinite(Value x) {
    return compare(arith::CmpFPredicate::OLT, math::AbsFOp::create(b, x),
                   of(std::numeric_limits<double>::infinity()));
  }

  /// Both moments' new values.
  std::pair<Value, Value> moments(const MomentRates &rates, Value m, Value v,
                                  Value g) {
    Value first =
        add(mul(of(rates.firstDecay), m), mul(of(1 - rates.firstDecay), g));
    Value second = add(mul(of(rates.secondDecay), v),
                       mul(of(1 - rates.secondDecay), mul(g, g)));
    return {first, second};
  }

private:
  KernelBuilder &k;
};

/// "adam_<first decay>_...", every digit of the rates.
std::string nameOf(StringRef kernel, const MomentRates &rates, bool decays) {
  return llvm::formatv("{0}_{1:e17}_{2:e17}_{3:e17}{4}", kernel,
                       rates.firstDecay, rates.secondDecay, rates.epsilon,
                       decays ? "_decay" : "")
      .str();
}

} // namespace

func::FuncOp bertc::squaredPartsKernel(ModuleOp module,
                                       const TargetDescription &target) {
  Builder types(module.getContext());
  Type f32 = types.getF32Type(), index = types.getIndexType();
  auto anywhere =
      StridedLayoutAttr::get(module.getContext(), ShapedType::kDynamic, {1});
  return kernelOnce(
      module, "squared_parts",
      {MemRefType::get({ShapedType::kDynamic}, f32),
       MemRefType::get({ShapedType::kDynamic}, f32, anywhere), index, index,
       index},
      target, [](KernelBuilder &k) {
        ImplicitLocOpBuilder &b = k.builder();
        Value count = k.argument(2), block = k.index(normBlock);
        auto [first, last] =
            k.share(k.ceilDiv(count, block), k.argument(3), k.argument(4));
        k.loop(first, last, k.index(1), [&](Value part) {
          Value begin = k.mul(part, block);
          Value length = k.min(k.sub(count, begin), block);
          Value sum = k.overColumns(
              length, k.splat(k.f32(0)),
              [&](Value column, Value rest,
                  ValueRange carried) -> SmallVector<Value> {
                Value x = k.load(k.argument(0), k.add(begin, column),
                                 rest ? k.firstLanes(rest) : Value());
                return {vector::FMAOp::create(b, x, x, carried[0])};
              })[0];
          memref::StoreOp::create(b, k.sumOf(sum), k.argument(1), part);
        });
      });
}

func::FuncOp bertc::normOfPartsKernel(ModuleOp module,
                                      const TargetDescription &target) {
  Builder types(module.getContext());
  Type vector = MemRefType::get({ShapedType::kDynamic}, types.getF32Type());
  Type index = types.getIndexType();
  return kernelOnce(
      module, "norm_of_parts", {vector, vector, index, index, index}, target,
      [](KernelBuilder &k) {
        ImplicitLocOpBuilder &b = k.builder();
        k.when(k.equal(k.argument(3), k.index(0)), [&] {
          Value none = arith::ConstantOp::create(b, b.getF64FloatAttr(0));
          Value sum = k.reduce(
              k.index(0), k.argument(2), k.index(1), none,
              [&](Value part, ValueRange carried) -> SmallVector<Value> {
                Value own = memref::LoadOp::create(b, k.argument(0), part);
                Value x = arith::ExtFOp::create(b, b.getF64Type(), own);
                return {arith::AddFOp::create(b, carried[0], x)};
              })[0];
          Value norm = arith::TruncFOp::create(b, b.getF32Type(),
                                               math::SqrtOp::create(b, sum));
          memref::StoreOp::create(b, norm, k.argument(1), k.index(0));
        });
      });
}

func::FuncOp bertc::clipFactorKernel(ModuleOp module, double maxNorm,
                                     double epsilon,
                                     const TargetDescription &target) {
  std::string name =
      llvm::formatv("clip_factor_{0:e17}_{1:e17}", maxNorm, epsilon).str();
  return flatKernel(
      module, name, {1}, target,
      [&](KernelBuilder &k, ValueRange x, ValueRange) -> SmallVector<Value> {
        Formula f(k);
        Value factor = f.of(1);
        if (maxNorm > 0) {
          Value wanted = f.div(f.of(maxNorm), f.add(x[0], f.of(epsilon)));
          Value isSmaller =
              f.compare(arith::CmpFPredicate::OLT, wanted, factor);
          factor = f.select(isSmaller, wanted, factor);
        }
        return {f.select(f.isFinite(x[0]), factor,
                         f.of(std::numeric_limits<double>::quiet_NaN()))};
      });
}

func::FuncOp bertc::adamKernel(ModuleOp module, const MomentRates &rates,
                               bool decays, const TargetDescription &target) {
  return flatKernel(
      module, nameOf("adam", rates, decays), {4, decays ? 4U : 3U, 3}, target,
      [&](KernelBuilder &k, ValueRange x,
          ValueRange numbers) -> SmallVector<Value> {
        Formula f(k);
        Value p = x[0], factor = numbers[0];
        auto [m, v] = f.moments(rates, x[1], x[2], f.mul(factor, x[3]));
        Value below = f.add(f.mul(numbers[2], f.sqrt(v)), f.of(rates.epsilon));
        if (decays)
          p = f.mul(f.sub(f.of(1), numbers[3]), p);
        p = f.sub(p, f.mul(numbers[1], f.div(m, below)));
        Value moves = f.isFinite(factor);
        return {f.select(moves, p, x[0]), f.select(moves, m, x[1]),
                f.select(moves, v, x[2])};
      });
}

func::FuncOp bertc::sgdKernel(ModuleOp module, double momentum, bool nesterov,
                              bool decays, const TargetDescription &target) {
  std::string name =
      llvm::formatv("sgd_{0:e17}{1}{2}", momentum, nesterov ? "_nesterov" : "",
                    decays ? "_decay" : "")
          .str();
  return flatKernel(
      module, name, {3, decays ? 3U : 2U, 2}, target,
      [&](KernelBuilder &k, ValueRange x,
          ValueRange numbers) -> SmallVector<Value> {
        Formula f(k);
        Value factor = numbers[0], g = f.mul(factor, x[2]);
        if (decays)
          g = f.add(g, f.mul(numbers[2], x[0]));
        Value u = f.add(f.mul(f.of(momentum), x[1]), g);
        Value direction = nesterov ? f.add(g, f.mul(f.of(momentum), u)) : u;
        Value p = f.sub(x[0], f.mul(numbers[1], direction));
        Value moves = f.isFinite(factor);
        return {f.select(moves, p, x[0]), f.select(moves, u, x[1])};
      });
}

func::FuncOp bertc::lambDirectionKernel(ModuleOp module,
                                        const MomentRates &rates, bool decays,
                                        const TargetDescription &target) {
  return flatKernel(
      module, nameOf("lamb_direction", rates, decays), {4, decays ? 4U : 3U, 3},
      target,
      [&](KernelBuilder &k, ValueRange x,
          ValueRange numbers) -> SmallVector<Value> {
        Formula f(k);
        Value factor = numbers[0];
        auto [m, v] = f.moments(rates, x[1], x[2], f.mul(factor, x[3]));
        Value direction =
            f.div(f.mul(numbers[1], m),
                  f.add(f.sqrt(f.mul(numbers[2], v)), f.of(rates.epsilon)));
        if (decays)
          direction = f.add(direction, f.mul(numbers[3], x[0]));
        Value moves = f.isFinite(factor);
        return {f.select(moves, direction, f.of(0)), f.select(moves, m, x[1]),
                f.select(moves, v, x[2])};
      });
}

func::FuncOp bertc::lambDescentKernel(ModuleOp module, bool hasNorms,
                                      const TargetDescription &target) {
  return flatKernel(
      module, hasNorms ? "lamb_descent_ratio" : "lamb_descent",
      {2, hasNorms ? 3U : 1U, 1}, target,
      [&](KernelBuilder &k, ValueRange x,
          ValueRange numbers) -> SmallVector<Value> {
        Formula f(k);
        Value rate = numbers[0];
        if (hasNorms) {
          Value zero = f.of(0);
          auto isPositive = [&](Value norm) {
            return f.compare(arith::CmpFPredicate::OGT, norm, zero);
          };
          Value both = arith::AndIOp::create(
              k.builder(), isPositive(numbers[1]), isPositive(numbers[2]));
          Value ratio = f.select(both, f.div(numbers[1], numbers[2]), f.of(1));
          rate = f.mul(rate, ratio);
        }
        return {f.sub(x[0], f.mul(rate, x[1]))};
      });
}
