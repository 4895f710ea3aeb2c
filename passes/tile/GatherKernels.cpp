//===- GatherKernels.cpp - rows and columns from elsewhere ----------------===//
//
// The two ends of an encoder: rows gathered from tables by id, rows of a
// sequence gathered into one, and the parts of a result that were asked for.
//
//===----------------------------------------------------------------------===//

#include "passes/tile/Kernels.h"
#include "passes/tile/RowSteps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace bertc;
using namespace mlir;

MemRefType bertc::parameterVectorType(Builder &builder, int64_t columns,
                                      const TargetDescription &target) {
  return MemRefType::get({int64_t(llvm::alignTo(columns, target.panel))},
                         builder.getF32Type());
}

func::FuncOp bertc::embeddingKernel(ModuleOp module,
                                    const EmbeddingShape &shape,
                                    const TargetDescription &target) {
  std::string name = llvm::formatv("embedding_{0}", shape.columns).str();
  for (int64_t rows : shape.tableRows)
    name += "_" + std::to_string(rows);
  if (shape.layerNorm)
    name += llvm::formatv("_layer_norm_{0:e17}", shape.epsilon).str();

  Builder types(module.getContext());
  Type f32 = types.getF32Type(), index = types.getIndexType();
  unsigned count = shape.tableRows.size();
  SmallVector<Type> arguments(count, numbersType(module.getContext()));
  for (int64_t rows : shape.tableRows)
    arguments.push_back(MemRefType::get({rows, shape.columns}, f32));
  if (shape.layerNorm)
    arguments.append(2, parameterVectorType(types, shape.columns, target));
  arguments.push_back(rowsType(module.getContext(), shape.columns, target));
  arguments.append({index, index, index});

  return kernelOnce(module, name, arguments, target, [&](KernelBuilder &k) {
    ImplicitLocOpBuilder &b = k.builder();
    unsigned output = 2 * count + (shape.layerNorm ? 2 : 0);
    Value y = k.argument(output);
    overRows(k, output + 1, [&](Value row) {
      SmallVector<Value> places;
      for (unsigned i = 0; i < count; ++i)
        places.push_back(k.numberAt(k.argument(i), row));
      k.overRow(
          shape.columns, {},
          [&](Value column, Value mask, ValueRange) -> SmallVector<Value> {
            Value sum;
            for (unsigned i = 0; i < count; ++i) {
              Value v =
                  k.load(k.argument(count + i), {places[i], column}, mask);
              sum = sum ? Value(arith::AddFOp::create(b, sum, v)) : v;
            }
            k.store(sum, y, {row, column}, mask);
            return {};
          });
      if (shape.layerNorm)
        normalizeRow(k, shape.columns, shape.epsilon, y, row,
                     k.argument(2 * count), k.argument(2 * count + 1), y, row);
    });
  });
}

func::FuncOp bertc::poolingKernel(ModuleOp module, Pooling pooling,
                                  int64_t columns,
                                  const TargetDescription &target) {
  bool mean = pooling == Pooling::mean;
  std::string name =
      llvm::formatv("{0}_{1}", mean ? "mean_pool" : "first_token", columns)
          .str();

  Builder types(module.getContext());
  Type index = types.getIndexType();
  Type rows = rowsType(module.getContext(), columns, target);
  Type offsetsType = numbersType(module.getContext());
  return kernelOnce(
      module, name, {rows, offsetsType, rows, index, index, index}, target,
      [&](KernelBuilder &k) {
        ImplicitLocOpBuilder &b = k.builder();
        Value x = k.argument(0), offsets = k.argument(1), y = k.argument(2);
        Value one = k.index(1);
        overRows(k, 3, [&](Value sequence) {
          auto offset = [&](Value i) { return k.numberAt(offsets, i); };
          Value begin = offset(sequence);
          Value end = mean ? offset(k.add(sequence, one)) : k.add(begin, one);
          Value length = k.toFloat(k.sub(end, begin));
          Value divisor = k.splat(length);
          k.overRow(
              columns, {},
              [&](Value column, Value mask, ValueRange) -> SmallVector<Value> {
                Value sum = k.reduce(
                    begin, end, one, k.splat(k.f32(0)),
                    [&](Value row, ValueRange sums) -> SmallVector<Value> {
                      Value v = k.load(x, {row, column}, mask);
                      return {arith::AddFOp::create(b, sums[0], v)};
                    })[0];
                if (mean)
                  sum = arith::DivFOp::create(b, sum, divisor);
                k.store(sum, y, {sequence, column}, mask);
                return {};
              });
        });
      });
}

func::FuncOp bertc::gatherKernel(ModuleOp module, int64_t columns,
                                 const TargetDescription &target) {
  std::string name = llvm::formatv("gather_{0}", columns).str();
  Builder types(module.getContext());
  Type index = types.getIndexType();
  Type rows = rowsType(module.getContext(), columns, target);
  Type numbers = numbersType(module.getContext());
  return kernelOnce(
      module, name, {rows, numbers, rows, index, index, index}, target,
      [&](KernelBuilder &k) {
        overRows(k, 3, [&](Value row) {
          Value from = k.numberAt(k.argument(1), row);
          k.overRow(
              columns, {},
              [&](Value column, Value mask, ValueRange) -> SmallVector<Value> {
                k.store(k.load(k.argument(0), {from, column}, mask),
                        k.argument(2), {row, column}, mask);
                return {};
              });
        });
      });
}

func::FuncOp bertc::sliceKernel(ModuleOp module, int64_t columns, int64_t first,
                                int64_t count,
                                const TargetDescription &target) {
  std::string name =
      llvm::formatv("slice_{0}_{1}_{2}", columns, first, count).str();
  Builder types(module.getContext());
  Type index = types.getIndexType();
  auto rowsOf = [&](int64_t width) {
    return rowsType(module.getContext(), width, target);
  };
  return kernelOnce(
      module, name, {rowsOf(columns), rowsOf(count), index, index, index},
      target, [&](KernelBuilder &k) {
        overRows(k, 2, [&](Value row) {
          k.overRow(
              count, {},
              [&](Value column, Value mask, ValueRange) -> SmallVector<Value> {
                Value from = k.add(column, k.index(first));
                k.store(k.load(k.argument(0), {row, from}, mask), k.argument(1),
                        {row, column}, mask);
                return {};
              });
        });
      });
}
