//===- ScatterKernels.cpp - rows and columns to where they came from ------===//
//
// The backward passes of GatherKernels.cpp. What nothing comes to is zero.
//
//===----------------------------------------------------------------------===//

#include "passes/tile/GradientKernels.h"
#include "passes/tile/RowSteps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/FormatVariadic.h"

using namespace bertc;
using namespace mlir;

func::FuncOp bertc::placeColumnsKernel(ModuleOp module, int64_t count,
                                       int64_t first, int64_t columns,
                                       const TargetDescription &target) {
  std::string name =
      llvm::formatv("place_columns_{0}_{1}_{2}", count, first, columns).str();
  MLIRContext *context = module.getContext();
  Type index = IndexType::get(context);
  return kernelOnce(
      module, name,
      {rowsType(context, count, target), rowsType(context, columns, target),
       index, index, index},
      target, [&](KernelBuilder &k) {
        Value x = k.argument(0), y = k.argument(1);
        Value none = k.splat(k.f32(0));
        overRows(k, 2, [&](Value row) {
          writeRow(k, columns, y, row, [&](Value, Value) { return none; });
          k.overRow(
              count, {},
              [&](Value column, Value mask, ValueRange) -> SmallVector<Value> {
                k.store(k.load(x, {row, column}, mask), y,
                        {row, k.add(column, k.index(first))}, mask);
                return {};
              });
        });
      });
}

func::FuncOp bertc::gatherGradientKernel(ModuleOp module, int64_t columns,
                                         const TargetDescription &target) {
  std::string name = llvm::formatv("gather_gradient_{0}", columns).str();
  MLIRContext *context = module.getContext();
  Type index = IndexType::get(context);
  Type rows = rowsType(context, columns, target);
  return kernelOnce(
      module, name, {rows, numbersType(context), rows, index, index, index},
      target, [&](KernelBuilder &k) {
        ImplicitLocOpBuilder &b = k.builder();
        Value gradient = k.argument(0), numbers = k.argument(1),
              dx = k.argument(2);
        Value zero = k.index(0), one = k.index(1);
        auto [first, last] =
            k.share(k.argument(3), k.argument(4), k.argument(5));
        Value none = k.splat(k.f32(0));
        k.loop(first, last, one, [&](Value row) {
          writeRow(k, columns, dx, row, [&](Value, Value) { return none; });
        });
        // Every thread reads all numbers and takes those of its rows.
        Value selected = memref::DimOp::create(b, numbers, zero);
        k.loop(zero, selected, one, [&, first = first, last = last](Value p) {
          Value row = k.numberAt(numbers, p);
          Value isMine = arith::AndIOp::create(
              b,
              arith::CmpIOp::create(b, arith::CmpIPredicate::sge, row, first),
              arith::CmpIOp::create(b, arith::CmpIPredicate::slt, row, last));
          k.when(isMine, [&] {
            writeRow(k, columns, dx, row, [&](Value column, Value mask) {
              return Value(
                  arith::AddFOp::create(b, k.load(dx, {row, column}, mask),
                                        k.load(gradient, {p, column}, mask)));
            });
          });
        });
      });
}

func::FuncOp bertc::poolingGradientKernel(ModuleOp module, Pooling pooling,
                                          int64_t columns,
                                          const TargetDescription &target) {
  const bool mean = pooling == Pooling::mean;
  std::string name = llvm::formatv("{0}_gradient_{1}",
                                   mean ? "mean_pool" : "first_token", columns)
                         .str();
  MLIRContext *context = module.getContext();
  Type index = IndexType::get(context);
  Type rows = rowsType(context, columns, target);
  return kernelOnce(
      module, name, {rows, numbersType(context), rows, index, index, index},
      target, [&](KernelBuilder &k) {
        ImplicitLocOpBuilder &b = k.builder();
        Value gradient = k.argument(0), offsets = k.argument(1),
              dx = k.argument(2);
        Value one = k.index(1);
        overRows(k, 3, [&](Value sequence) {
          Value begin = k.numberAt(offsets, sequence);
          Value end = k.numberAt(offsets, k.add(sequence, one));
          Value length = k.toFloat(k.sub(end, begin));
          Value divisor = k.splat(length), none = k.splat(k.f32(0));
          auto taken = [&](Value column, Value mask) -> Value {
            Value g = k.load(gradient, {sequence, column}, mask);
            return mean ? Value(arith::DivFOp::create(b, g, divisor)) : g;
          };
          if (!mean)
            writeRow(k, columns, dx, begin, taken);
          Value rest = mean ? begin : k.add(begin, one);
          k.loop(rest, end, one, [&](Value row) {
            writeRow(k, columns, dx, row, [&](Value column, Value mask) {
              return mean ? taken(column, mask) : none;
            });
          });
        });
      });
}
