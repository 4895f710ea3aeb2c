//===- FlatKernels.cpp - elementwise kernels on whole parameters ----------===//

#include "passes/tile/GradientKernels.h"
#include "passes/tile/KernelBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/FormatVariadic.h"

using namespace bertc;
using namespace mlir;

namespace {

/// The kernel of `inputs` arrays and one result; its element is `formula` of
/// theirs.
func::FuncOp
flatKernel(ModuleOp module, StringRef name, unsigned inputs,
           const TargetDescription &target,
           llvm::function_ref<Value(KernelBuilder &, ValueRange)> formula) {
  Builder types(module.getContext());
  SmallVector<Type> arguments(
      inputs + 1, MemRefType::get({ShapedType::kDynamic}, types.getF32Type()));
  arguments.append(3, types.getIndexType());
  return kernelOnce(module, name, arguments, target, [&](KernelBuilder &k) {
    // Threads share out whole vectors.
    Value count = k.argument(inputs + 1), wide = k.index(k.wide());
    auto [first, last] = k.share(k.ceilDiv(count, wide), k.argument(inputs + 2),
                                 k.argument(inputs + 3));
    Value begin = k.mul(first, wide);
    Value length = k.sub(k.min(k.mul(last, wide), count), begin);
    k.overColumns(
        k.max(length, k.index(0)), {},
        [&](Value column, Value rest, ValueRange) -> SmallVector<Value> {
          Value place = k.add(begin, column);
          Value mask = rest ? k.firstLanes(rest) : Value();
          SmallVector<Value> elements;
          for (unsigned i = 0; i < inputs; ++i)
            elements.push_back(k.load(k.argument(i), place, mask));
          k.store(formula(k, elements), k.argument(inputs), place, mask);
          return {};
        });
  });
}

} // namespace

func::FuncOp bertc::flatAddKernel(ModuleOp module,
                                  const TargetDescription &target) {
  return flatKernel(module, "flat_add", 2, target,
                    [](KernelBuilder &k, ValueRange x) -> Value {
                      return arith::AddFOp::create(k.builder(), x[0], x[1]);
                    });
}

func::FuncOp bertc::flatFillKernel(ModuleOp module, double value,
                                   const TargetDescription &target) {
  std::string name = llvm::formatv("flat_fill_{0:e17}", value).str();
  return flatKernel(module, name, 0, target, [&](KernelBuilder &k, ValueRange) {
    return k.splat(k.f32(value));
  });
}

func::FuncOp bertc::flatScaleKernel(ModuleOp module, double factor,
                                    const TargetDescription &target) {
  std::string name = llvm::formatv("flat_scale_{0:e17}", factor).str();
  return flatKernel(
      module, name, 1, target, [&](KernelBuilder &k, ValueRange x) -> Value {
        return arith::MulFOp::create(k.builder(), x[0], k.splat(k.f32(factor)));
      });
}
