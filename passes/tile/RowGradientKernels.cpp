//===- RowGradientKernels.cpp - backward kernels on single rows -----------===//

#include "passes/tile/GradientKernels.h"
#include "passes/tile/LossBuilder.h"
#include "passes/tile/LossKernels.h"
#include "passes/tile/RowSteps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/Support/FormatVariadic.h"

using namespace bertc;
using namespace mlir;

namespace {

/// What the formulas on rows share.
class RowGradient : public Arithmetic {
public:
  RowGradient(KernelBuilder &k, int64_t columns)
      : Arithmetic(k.builder()), k(k), columns(columns) {}

  Value zero() { return k.splat(k.f32(0)); }

  /// Sums over a row of products of two elements; lanes off the mask are zero
  /// in one of them at least.
  using Factors = llvm::function_ref<SmallVector<std::pair<Value, Value>>(
      Value column, Value mask)>;
  SmallVector<Value> sums(unsigned count, Factors factors) {
    SmallVector<Value> none(count, zero());
    SmallVector<Value> sums = k.overRow(
        columns, none, [&](Value column, Value mask, ValueRange carried) {
          SmallVector<Value> next;
          for (auto [pair, sum] : llvm::zip(factors(column, mask), carried))
            next.push_back(
                vector::FMAOp::create(b, pair.first, pair.second, sum));
          return next;
        });
    for (Value &sum : sums)
      sum = k.sumOf(sum);
    return sums;
  }

  KernelBuilder &k;
  const int64_t columns;
};

/// Arguments of a kernel: so many arrays of rows, then rows, thread, threads.
SmallVector<Type> rowArguments(ModuleOp module, ArrayRef<int64_t> columns,
                               const TargetDescription &target) {
  SmallVector<Type> types;
  for (int64_t one : columns)
    types.push_back(rowsType(module.getContext(), one, target));
  types.append(3, IndexType::get(module.getContext()));
  return types;
}

} // namespace

func::FuncOp bertc::activationGradientKernel(ModuleOp module, int64_t columns,
                                             bert::Activation activation,
                                             const TargetDescription &target) {
  std::string name = llvm::formatv("activation_gradient_{0}_{1}", columns,
                                   bert::stringifyActivation(activation))
                         .str();
  return kernelOnce(
      module, name, rowArguments(module, {columns, columns, columns}, target),
      target, [&](KernelBuilder &k) {
        RowGradient r(k, columns);
        overRows(k, 3, [&](Value row) {
          writeRow(
              k, columns, k.argument(2), row, [&](Value column, Value mask) {
                Value slope = activationDerivative(
                    r.b, r.b.getLoc(), activation,
                    k.load(k.argument(1), {row, column}, mask));
                return r.mul(k.load(k.argument(0), {row, column}, mask), slope);
              });
        });
      });
}

func::FuncOp bertc::layerNormGradientKernel(ModuleOp module, int64_t columns,
                                            double epsilon,
                                            const TargetDescription &target) {
  std::string name =
      llvm::formatv("layer_norm_gradient_{0}_{1:e17}", columns, epsilon).str();
  SmallVector<Type> arguments =
      rowArguments(module, {columns, columns, columns}, target);
  Builder types(module.getContext());
  arguments.insert(arguments.begin() + 2,
                   parameterVectorType(types, columns, target));
  return kernelOnce(module, name, arguments, target, [&](KernelBuilder &k) {
    RowGradient r(k, columns);
    Value gradient = k.argument(0), x = k.argument(1), scale = k.argument(2);
    overRows(k, 4, [&](Value row) {
      RowStatistics facts = rowStatistics(k, columns, epsilon, x, row);
      auto scaled = [&](Value column, Value mask) {
        return r.mul(k.load(gradient, {row, column}, mask),
                     k.load(scale, column, mask));
      };
      auto normal = [&](Value column, Value mask) {
        return facts.normalize(r.b, k.load(x, {row, column}, mask));
      };
      Value ones = k.splat(k.f32(1));
      SmallVector<Value> sums = r.sums(2, [&](Value column, Value mask) {
        Value g = scaled(column, mask);
        return SmallVector<std::pair<Value, Value>>{{g, ones},
                                                    {g, normal(column, mask)}};
      });
      Value mean = k.splat(meanOf(k, sums[0], columns));
      Value along = k.splat(meanOf(k, sums[1], columns));
      writeRow(k, columns, k.argument(3), row, [&](Value column, Value mask) {
        Value g = r.sub(scaled(column, mask), mean);
        g = r.sub(g, r.mul(normal(column, mask), along));
        return r.mul(g, facts.inverse);
      });
    });
  });
}

func::FuncOp bertc::l2NormalizeGradientKernel(ModuleOp module, int64_t columns,
                                              double epsilon,
                                              const TargetDescription &target) {
  std::string name =
      llvm::formatv("l2_normalize_gradient_{0}_{1:e17}", columns, epsilon)
          .str();
  return kernelOnce(
      module, name, rowArguments(module, {columns, columns, columns}, target),
      target, [&](KernelBuilder &k) {
        RowGradient r(k, columns);
        Value gradient = k.argument(0), x = k.argument(1);
        overRows(k, 3, [&](Value row) {
          SmallVector<Value> sums = r.sums(2, [&](Value column, Value mask) {
            Value v = k.load(x, {row, column}, mask);
            return SmallVector<std::pair<Value, Value>>{
                {v, v}, {v, k.load(gradient, {row, column}, mask)}};
          });
          Value norm = math::SqrtOp::create(r.b, sums[0]);
          Value limit = k.f32(epsilon);
          Value isLong = arith::CmpFOp::create(r.b, arith::CmpFPredicate::OGT,
                                               norm, limit);
          // Where the norm is the limit, the unit row does not change with it.
          Value along = arith::SelectOp::create(
              r.b, isLong, r.div(sums[1], sums[0]), k.f32(0));
          Value divisor =
              k.splat(arith::SelectOp::create(r.b, isLong, norm, limit));
          Value part = k.splat(along);
          writeRow(k, columns, k.argument(2), row,
                   [&](Value column, Value mask) {
                     Value v = r.mul(k.load(x, {row, column}, mask), part);
                     v = r.sub(k.load(gradient, {row, column}, mask), v);
                     return r.div(v, divisor);
                   });
        });
      });
}

namespace {

/// Of two rows.
struct CosineParts {
  Value xNorm, otherNorm;    ///< not below epsilon
  Value isLong, isOtherLong; ///< whether they are above it
  Value cosine, xSquares;
};

CosineParts cosineParts(RowGradient &r, Value x, Value other, Value row,
                        double epsilon) {
  KernelBuilder &k = r.k;
  SmallVector<Value> sums = r.sums(3, [&](Value column, Value mask) {
    Value v = k.load(x, {row, column}, mask);
    Value w = k.load(other, {row, column}, mask);
    return SmallVector<std::pair<Value, Value>>{{v, v}, {w, w}, {v, w}};
  });
  Value limit = k.f32(epsilon);
  CosineParts parts;
  parts.xSquares = sums[0];
  Value norm = math::SqrtOp::create(r.b, sums[0]);
  parts.isLong =
      arith::CmpFOp::create(r.b, arith::CmpFPredicate::OGT, norm, limit);
  parts.xNorm = arith::MaximumFOp::create(r.b, norm, limit);
  Value otherNorm = math::SqrtOp::create(r.b, sums[1]);
  parts.isOtherLong =
      arith::CmpFOp::create(r.b, arith::CmpFPredicate::OGT, otherNorm, limit);
  parts.otherNorm = arith::MaximumFOp::create(r.b, otherNorm, limit);
  parts.cosine = r.div(sums[2], r.mul(parts.xNorm, parts.otherNorm));
  return parts;
}

/// dx[row] = g times the gradient of the cosine by x[row].
void writeCosineGradient(RowGradient &r, Value g, Value x, Value other,
                         Value dx, Value row, double epsilon) {
  KernelBuilder &k = r.k;
  CosineParts parts = cosineParts(r, x, other, row, epsilon);
  Value across = k.splat(r.div(g, r.mul(parts.otherNorm, parts.xNorm)));
  Value along = k.splat(arith::SelectOp::create(
      r.b, parts.isLong, r.mul(g, r.div(parts.cosine, parts.xSquares)),
      k.f32(0)));
  writeRow(k, r.columns, dx, row, [&](Value column, Value mask) {
    Value v = r.mul(k.load(other, {row, column}, mask), across);
    return r.sub(v, r.mul(k.load(x, {row, column}, mask), along));
  });
}

} // namespace

func::FuncOp bertc::cosineKernel(ModuleOp module, int64_t columns,
                                 double epsilon,
                                 const TargetDescription &target) {
  std::string name =
      llvm::formatv("cosine_{0}_{1:e17}", columns, epsilon).str();
  return kernelOnce(
      module, name, rowArguments(module, {columns, columns, 1}, target), target,
      [&](KernelBuilder &k) {
        RowGradient r(k, columns);
        overRows(k, 3, [&](Value row) {
          CosineParts parts =
              cosineParts(r, k.argument(0), k.argument(1), row, epsilon);
          memref::StoreOp::create(r.b, parts.cosine, k.argument(2),
                                  ValueRange{row, k.index(0)});
        });
      });
}

func::FuncOp bertc::cosineGradientKernel(ModuleOp module, int64_t columns,
                                         double epsilon,
                                         const TargetDescription &target) {
  std::string name =
      llvm::formatv("cosine_gradient_{0}_{1:e17}", columns, epsilon).str();
  return kernelOnce(
      module, name,
      rowArguments(module, {1, columns, columns, columns}, target), target,
      [&](KernelBuilder &k) {
        RowGradient r(k, columns);
        overRows(k, 4, [&](Value row) {
          Value g = memref::LoadOp::create(r.b, k.argument(0),
                                           ValueRange{row, k.index(0)});
          writeCosineGradient(r, g, k.argument(1), k.argument(2), k.argument(3),
                              row, epsilon);
        });
      });
}

func::FuncOp bertc::cosineEmbeddingKernel(ModuleOp module, int64_t columns,
                                          double epsilon,
                                          const TargetDescription &target) {
  std::string name =
      llvm::formatv("cosine_embedding_{0}_{1:e17}", columns, epsilon).str();
  return kernelOnce(
      module, name, rowArguments(module, {columns, columns, lossParts}, target),
      target, [&](KernelBuilder &k) {
        RowGradient r(k, columns);
        Value x = k.argument(0), y = k.argument(1);
        overRows(k, 3, [&](Value row) {
          CosineParts parts = cosineParts(r, x, y, row, epsilon);
          // Half the squared distance of the unit rows: of a cosine near one
          // its difference from that has few digits left.
          Value xNorm = k.splat(parts.xNorm), yNorm = k.splat(parts.otherNorm);
          Value squares = r.sums(1, [&](Value column, Value mask) {
            Value apart = r.sub(r.div(k.load(x, {row, column}, mask), xNorm),
                                r.div(k.load(y, {row, column}, mask), yNorm));
            return SmallVector<std::pair<Value, Value>>{{apart, apart}};
          })[0];
          Value areUnit =
              arith::AndIOp::create(r.b, parts.isLong, parts.isOtherLong);
          Value loss =
              arith::SelectOp::create(r.b, areUnit, r.mul(k.f32(0.5), squares),
                                      r.sub(k.f32(1), parts.cosine));
          memref::StoreOp::create(r.b, loss, k.argument(2),
                                  ValueRange{row, k.index(0)});
          memref::StoreOp::create(r.b, k.f32(1), k.argument(2),
                                  ValueRange{row, k.index(1)});
        });
      });
}

func::FuncOp
bertc::cosineEmbeddingGradientKernel(ModuleOp module, int64_t columns,
                                     double epsilon,
                                     const TargetDescription &target) {
  std::string name =
      llvm::formatv("cosine_embedding_gradient_{0}_{1:e17}", columns, epsilon)
          .str();
  LossTypes types(module, target);
  return kernelOnce(
      module, name,
      types.arguments({types.scalar(), types.rows(columns), types.rows(columns),
                       types.rows(columns)}),
      target, [&](KernelBuilder &k) {
        RowGradient r(k, columns);
        Value rows = k.toFloat(k.argument(4));
        Value gradient = memref::LoadOp::create(r.b, k.argument(0), k.index(0));
        Value share = r.neg(r.div(gradient, rows));
        overRows(k, 4, [&](Value row) {
          writeCosineGradient(r, share, k.argument(1), k.argument(2),
                              k.argument(3), row, epsilon);
        });
      });
}

func::FuncOp bertc::scaleKernel(ModuleOp module, int64_t columns, double factor,
                                const TargetDescription &target) {
  std::string name = llvm::formatv("scale_{0}_{1:e17}", columns, factor).str();
  return kernelOnce(
      module, name, rowArguments(module, {columns, columns}, target), target,
      [&](KernelBuilder &k) {
        RowGradient r(k, columns);
        Value times = k.splat(k.f32(factor));
        overRows(k, 2, [&](Value row) {
          writeRow(
              k, columns, k.argument(1), row, [&](Value column, Value mask) {
                return r.mul(k.load(k.argument(0), {row, column}, mask), times);
              });
        });
      });
}
