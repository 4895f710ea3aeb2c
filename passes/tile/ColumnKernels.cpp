//===- ColumnKernels.cpp - sums over the rows of a batch ------------------===//
//
// Threads share out columns and walk all rows in their order.
//
//===----------------------------------------------------------------------===//

#include "passes/tile/GradientKernels.h"
#include "passes/tile/RowSteps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace bertc;
using namespace mlir;

namespace {

/// A kernel whose last three arguments, from `firstOfThree` on, are rows,
/// thread and threads.
class ColumnSums {
public:
  ColumnSums(KernelBuilder &k, int64_t columns, unsigned firstOfThree)
      : k(k), b(k.builder()), columns(columns), rows(k.argument(firstOfThree)) {
    const int64_t vectors = llvm::divideCeil(columns, k.wide());
    std::tie(first, last) =
        k.share(k.index(vectors), k.argument(firstOfThree + 1),
                k.argument(firstOfThree + 2));
  }

  /// body(column, mask) for each vector of this thread's columns; the mask is
  /// null where all columns are in whole vectors.
  void forVectors(llvm::function_ref<void(Value, Value)> body) {
    k.loop(first, last, k.index(1), [&](Value vector) {
      Value column = k.mul(vector, k.index(k.wide())), mask;
      if (columns % k.wide() != 0)
        mask = k.firstLanes(
            k.min(k.sub(k.index(columns), column), k.index(k.wide())));
      body(column, mask);
    });
  }
  void forRows(KernelBuilder::Body body) {
    k.loop(k.index(0), rows, k.index(1), body);
  }
  /// Only where this thread has columns.
  void whenAny(llvm::function_ref<void()> body) {
    k.when(arith::CmpIOp::create(b, arith::CmpIPredicate::slt, first, last),
           body);
  }

  KernelBuilder &k;
  ImplicitLocOpBuilder &b;
  const int64_t columns;
  Value rows, first, last;
};

} // namespace

func::FuncOp bertc::columnSumsKernel(ModuleOp module, int64_t columns,
                                     const TargetDescription &target) {
  std::string name = llvm::formatv("column_sums_{0}", columns).str();
  Builder types(module.getContext());
  Type index = types.getIndexType();
  return kernelOnce(
      module, name,
      {rowsType(module.getContext(), columns, target),
       parameterVectorType(types, columns, target), index, index, index},
      target, [&](KernelBuilder &k) {
        ColumnSums sums(k, columns, 2);
        sums.forVectors([&](Value column, Value mask) {
          Value sum =
              k.reduce(k.index(0), sums.rows, k.index(1), k.splat(k.f32(0)),
                       [&](Value row, ValueRange carried) {
                         Value v = k.load(k.argument(0), {row, column}, mask);
                         return SmallVector<Value>{
                             arith::AddFOp::create(sums.b, carried[0], v)};
                       })[0];
          k.store(sum, k.argument(1), column, mask);
        });
      });
}

func::FuncOp
bertc::layerNormScaleGradientKernel(ModuleOp module, int64_t columns,
                                    double epsilon,
                                    const TargetDescription &target) {
  std::string name =
      llvm::formatv("layer_norm_scale_gradient_{0}_{1:e17}", columns, epsilon)
          .str();
  Builder types(module.getContext());
  Type index = types.getIndexType();
  Type rows = rowsType(module.getContext(), columns, target);
  return kernelOnce(
      module, name,
      {rows, rows, parameterVectorType(types, columns, target), index, index,
       index},
      target, [&](KernelBuilder &k) {
        ColumnSums sums(k, columns, 3);
        Value x = k.argument(1), ds = k.argument(2);
        sums.forVectors([&](Value column, Value mask) {
          k.store(k.splat(k.f32(0)), ds, column, mask);
        });
        // Each thread computes the statistics of all rows: a second array of
        // them, and a barrier, would cost more.
        sums.whenAny([&] {
          sums.forRows([&](Value row) {
            RowStatistics facts = rowStatistics(k, columns, epsilon, x, row);
            sums.forVectors([&](Value column, Value mask) {
              Value normal =
                  facts.normalize(sums.b, k.load(x, {row, column}, mask));
              Value g = k.load(k.argument(0), {row, column}, mask);
              k.store(vector::FMAOp::create(sums.b, g, normal,
                                            k.load(ds, column, mask)),
                      ds, column, mask);
            });
          });
        });
      });
}

func::FuncOp bertc::embeddingGradientKernel(ModuleOp module, int64_t rows,
                                            int64_t columns,
                                            std::optional<int64_t> padding,
                                            bool accumulates,
                                            const TargetDescription &target) {
  std::string name =
      llvm::formatv("{0}embedding_gradient_{1}_{2}",
                    accumulates ? "accumulate_" : "", rows, columns)
          .str();
  if (padding)
    name += "_padding_" + std::to_string(*padding);
  Builder types(module.getContext());
  Type index = types.getIndexType();
  SmallVector<Type> arguments;
  if (accumulates)
    arguments.push_back(parameterVectorType(types, 1, target));
  arguments.append({rowsType(module.getContext(), columns, target),
                    numbersType(module.getContext()),
                    MemRefType::get({rows, columns}, types.getF32Type()), index,
                    index, index});
  return kernelOnce(module, name, arguments, target, [&](KernelBuilder &k) {
    const unsigned first = accumulates ? 1 : 0;
    ColumnSums sums(k, columns, first + 3);
    Value gradient = k.argument(first), table = k.argument(first + 2);
    Value none = k.splat(k.f32(0));
    auto clear = [&] {
      k.loop(k.index(0), k.index(rows), k.index(1), [&](Value row) {
        sums.forVectors([&](Value column, Value mask) {
          k.store(none, table, {row, column}, mask);
        });
      });
    };
    if (accumulates)
      k.when(k.isZero(k.argument(0)), clear);
    else
      clear();
    sums.forRows([&](Value row) {
      Value id = k.numberAt(k.argument(first + 1), row);
      auto add = [&] {
        sums.forVectors([&](Value column, Value mask) {
          Value sum =
              arith::AddFOp::create(sums.b, k.load(table, {id, column}, mask),
                                    k.load(gradient, {row, column}, mask));
          k.store(sum, table, {id, column}, mask);
        });
      };
      if (!padding)
        return add();
      k.when(arith::CmpIOp::create(sums.b, arith::CmpIPredicate::ne, id,
                                   k.index(*padding)),
             add);
    });
  });
}
