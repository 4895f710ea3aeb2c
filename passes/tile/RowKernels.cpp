//===- RowKernels.cpp - kernels that treat each row by itself -------------===//

#include "passes/tile/RowSteps.h"

#include "passes/tile/Kernels.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/Support/FormatVariadic.h"

using namespace bertc;
using namespace mlir;

void bertc::writeRow(KernelBuilder &k, int64_t columns, Value y, Value row,
                     llvm::function_ref<Value(Value, Value)> value) {
  k.overRow(columns, {},
            [&](Value column, Value mask, ValueRange) -> SmallVector<Value> {
              k.store(value(column, mask), y, {row, column}, mask);
              return {};
            });
}

// The number of elements as f32 and the reciprocal would round twice: divide.
Value bertc::meanOf(KernelBuilder &k, Value sum, int64_t columns) {
  return arith::DivFOp::create(k.builder(), sum, k.f32(columns));
}

Value RowStatistics::normalize(ImplicitLocOpBuilder &b, Value x) const {
  return arith::MulFOp::create(b, arith::SubFOp::create(b, x, mean), inverse);
}

void bertc::overRows(KernelBuilder &k, unsigned firstOfThree,
                     KernelBuilder::Body body) {
  auto [first, last] =
      k.share(k.argument(firstOfThree), k.argument(firstOfThree + 1),
              k.argument(firstOfThree + 2));
  k.loop(first, last, k.index(1), body);
}

RowStatistics bertc::rowStatistics(KernelBuilder &k, int64_t columns,
                                   double epsilon, Value x, Value row) {
  ImplicitLocOpBuilder &b = k.builder();
  Value zero = k.splat(k.f32(0));
  Value sum = k.sumOf(k.overRow(
      columns, zero,
      [&](Value column, Value mask, ValueRange sums) -> SmallVector<Value> {
        Value v = k.load(x, {row, column}, mask);
        return {arith::AddFOp::create(b, sums[0], v)};
      })[0]);
  Value mean = k.splat(meanOf(k, sum, columns));
  Value squares = k.sumOf(k.overRow(
      columns, zero,
      [&](Value column, Value mask, ValueRange sums) -> SmallVector<Value> {
        Value v =
            arith::SubFOp::create(b, k.load(x, {row, column}, mask), mean);
        if (mask)
          v = arith::SelectOp::create(b, mask, v, zero);
        return {vector::FMAOp::create(b, v, v, sums[0])};
      })[0]);
  Value deviation = math::SqrtOp::create(
      b, arith::AddFOp::create(b, meanOf(k, squares, columns), k.f32(epsilon)));
  return {mean, k.splat(arith::DivFOp::create(b, k.f32(1), deviation))};
}

void bertc::normalizeRow(KernelBuilder &k, int64_t columns, double epsilon,
                         Value x, Value xRow, Value scale, Value bias, Value y,
                         Value yRow) {
  ImplicitLocOpBuilder &b = k.builder();
  RowStatistics row = rowStatistics(k, columns, epsilon, x, xRow);
  k.overRow(columns, {},
            [&](Value column, Value mask, ValueRange) -> SmallVector<Value> {
              Value v = row.normalize(b, k.load(x, {xRow, column}, mask));
              v = vector::FMAOp::create(b, v, k.load(scale, column, mask),
                                        k.load(bias, column, mask));
              k.store(v, y, {yRow, column}, mask);
              return {};
            });
}

func::FuncOp bertc::layerNormKernel(ModuleOp module, int64_t columns,
                                    double epsilon,
                                    const TargetDescription &target) {
  std::string name =
      llvm::formatv("layer_norm_{0}_{1:e17}", columns, epsilon).str();
  Builder types(module.getContext());
  Type rows = rowsType(module.getContext(), columns, target);
  Type vector = parameterVectorType(types, columns, target);
  Type index = types.getIndexType();
  return kernelOnce(
      module, name, {rows, vector, vector, rows, index, index, index}, target,
      [&](KernelBuilder &k) {
        overRows(k, 4, [&](Value row) {
          normalizeRow(k, columns, epsilon, k.argument(0), row, k.argument(1),
                       k.argument(2), k.argument(3), row);
        });
      });
}

func::FuncOp bertc::l2NormalizeKernel(ModuleOp module, int64_t columns,
                                      double epsilon,
                                      const TargetDescription &target) {
  std::string name =
      llvm::formatv("l2_normalize_{0}_{1:e17}", columns, epsilon).str();
  Builder types(module.getContext());
  Type rows = rowsType(module.getContext(), columns, target);
  Type index = types.getIndexType();
  return kernelOnce(
      module, name, {rows, rows, index, index, index}, target,
      [&](KernelBuilder &k) {
        ImplicitLocOpBuilder &b = k.builder();
        overRows(k, 2, [&](Value row) {
          Value squares = k.sumOf(
              k.overRow(columns, k.splat(k.f32(0)),
                        [&](Value column, Value mask,
                            ValueRange sums) -> SmallVector<Value> {
                          Value v = k.load(k.argument(0), {row, column}, mask);
                          return {vector::FMAOp::create(b, v, v, sums[0])};
                        })[0]);
          Value norm = arith::MaximumFOp::create(
              b, math::SqrtOp::create(b, squares), k.f32(epsilon));
          Value divisor = k.splat(norm);
          k.overRow(
              columns, {},
              [&](Value column, Value mask, ValueRange) -> SmallVector<Value> {
                Value v = k.load(k.argument(0), {row, column}, mask);
                k.store(arith::DivFOp::create(b, v, divisor), k.argument(1),
                        {row, column}, mask);
                return {};
              });
        });
      });
}

func::FuncOp bertc::elementwiseKernel(ModuleOp module, int64_t columns,
                                      bert::Activation activation,
                                      bool residual,
                                      const TargetDescription &target) {
  std::string name = llvm::formatv("elementwise_{0}_{1}{2}", columns,
                                   bert::stringifyActivation(activation),
                                   residual ? "_residual" : "")
                         .str();
  Builder types(module.getContext());
  Type rows = rowsType(module.getContext(), columns, target);
  Type index = types.getIndexType();
  SmallVector<Type> arguments(residual ? 3 : 2, rows);
  arguments.append({index, index, index});
  return kernelOnce(module, name, arguments, target, [&](KernelBuilder &k) {
    ImplicitLocOpBuilder &b = k.builder();
    unsigned output = residual ? 2 : 1;
    overRows(k, output + 1, [&](Value row) {
      k.overRow(
          columns, {},
          [&](Value column, Value mask, ValueRange) -> SmallVector<Value> {
            Value v = k.load(k.argument(0), {row, column}, mask);
            v = activationFormula(b, b.getLoc(), activation, v);
            if (residual)
              v = arith::AddFOp::create(
                  b, v, k.load(k.argument(1), {row, column}, mask));
            k.store(v, k.argument(output), {row, column}, mask);
            return {};
          });
    });
  });
}
