//===- FlatKernels.cpp - elementwise kernels on whole parameters ----------===//

#include "passes/tile/FlatKernels.h"

#include "passes/tile/GradientKernels.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace bertc;
using namespace mlir;

func::FuncOp bertc::flatKernel(ModuleOp module, StringRef name,
                               const FlatShape &shape,
                               const TargetDescription &target,
                               FlatFormula formula) {
  Builder types(module.getContext());
  Type f32 = types.getF32Type();
  SmallVector<Type> arguments(shape.inputs + shape.numbers,
                              MemRefType::get({ShapedType::kDynamic}, f32));
  MemRefLayoutAttrInterface layout;
  if (shape.anywhere)
    layout =
        StridedLayoutAttr::get(module.getContext(), ShapedType::kDynamic, {1});
  arguments.append(shape.outputs,
                   MemRefType::get({ShapedType::kDynamic}, f32, layout));
  arguments.append(3, types.getIndexType());
  return kernelOnce(module, name, arguments, target, [&](KernelBuilder &k) {
    const unsigned results = shape.inputs + shape.numbers;
    // Threads share out whole vectors.
    Value count = k.argument(shape.arrays()), wide = k.index(k.wide());
    auto [first, last] =
        k.share(k.ceilDiv(count, wide), k.argument(shape.arrays() + 1),
                k.argument(shape.arrays() + 2));
    Value begin = k.mul(first, wide);
    Value length = k.sub(k.min(k.mul(last, wide), count), begin);
    SmallVector<Value> numbers;
    for (unsigned i = shape.inputs; i < results; ++i)
      numbers.push_back(k.splat(memref::LoadOp::create(
          k.builder(), k.argument(i), ValueRange{k.index(0)})));
    k.overColumns(
        k.max(length, k.index(0)), {},
        [&](Value column, Value rest, ValueRange) -> SmallVector<Value> {
          Value place = k.add(begin, column);
          Value mask = rest ? k.firstLanes(rest) : Value();
          SmallVector<Value> elements;
          for (unsigned i = 0; i < shape.inputs; ++i)
            elements.push_back(k.load(k.argument(i), place, mask));
          for (auto [i, value] : llvm::enumerate(formula(k, elements, numbers)))
            k.store(value, k.argument(results + i), place, mask);
          return {};
        });
  });
}

func::FuncOp bertc::flatAddKernel(ModuleOp module,
                                  const TargetDescription &target) {
  return flatKernel(
      module, "flat_add", {2}, target,
      [](KernelBuilder &k, ValueRange x, ValueRange) -> SmallVector<Value> {
        return {arith::AddFOp::create(k.builder(), x[0], x[1])};
      });
}

func::FuncOp bertc::copyIntoKernel(ModuleOp module,
                                   const TargetDescription &target) {
  return flatKernel(module, "copy_into", {1, 0, 1, /*anywhere=*/true}, target,
                    [](KernelBuilder &, ValueRange x,
                       ValueRange) -> SmallVector<Value> { return {x[0]}; });
}

func::FuncOp bertc::flatFillKernel(ModuleOp module, double value,
                                   const TargetDescription &target) {
  std::string name = llvm::formatv("flat_fill_{0:e17}", value).str();
  return flatKernel(
      module, name, {0}, target,
      [&](KernelBuilder &k, ValueRange, ValueRange) -> SmallVector<Value> {
        return {k.splat(k.f32(value))};
      });
}

func::FuncOp bertc::flatScaleKernel(ModuleOp module, double factor,
                                    const TargetDescription &target) {
  std::string name = llvm::formatv("flat_scale_{0:e17}", factor).str();
  return flatKernel(
      module, name, {1}, target,
      [&](KernelBuilder &k, ValueRange x, ValueRange) -> SmallVector<Value> {
        return {
            arith::MulFOp::create(k.builder(), x[0], k.splat(k.f32(factor)))};
      });
}

func::FuncOp bertc::accumulateKernel(ModuleOp module,
                                     const TargetDescription &target) {
  return flatKernel(module, "accumulate", {2, 1}, target,
                    [](KernelBuilder &k, ValueRange x,
                       ValueRange numbers) -> SmallVector<Value> {
                      ImplicitLocOpBuilder &b = k.builder();
                      Value isOn =
                          arith::CmpFOp::create(b, arith::CmpFPredicate::UNE,
                                                numbers[0], k.splat(k.f32(0)));
                      // Not times 0: what no run has computed may be no number.
                      Value before = arith::SelectOp::create(
                          b, isOn, x[0], k.splat(k.f32(-0.0)));
                      return {arith::AddFOp::create(b, before, x[1])};
                    });
}

func::FuncOp bertc::weighKernel(ModuleOp module,
                                const TargetDescription &target) {
  return flatKernel(
      module, "weigh", {0, 2}, target,
      [](KernelBuilder &k, ValueRange,
         ValueRange numbers) -> SmallVector<Value> {
        return {arith::MulFOp::create(k.builder(), numbers[0], numbers[1])};
      });
}
