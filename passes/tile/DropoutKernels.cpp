//===- DropoutKernels.cpp - keys, and dropout of rows ---------------------===//

#include "passes/tile/DropoutSteps.h"
#include "passes/tile/Kernels.h"
#include "passes/tile/RowSteps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/FormatVariadic.h"

using namespace bertc;
using namespace mlir;

func::FuncOp bertc::constantKeyKernel(ModuleOp module, int32_t words,
                                      const TargetDescription &target) {
  Type index = IndexType::get(module.getContext());
  return kernelOnce(
      module, llvm::formatv("constant_key_{0}", uint32_t(words)).str(),
      {keyType(module.getContext(), target), index, index, index}, target,
      [&](KernelBuilder &k) {
        ImplicitLocOpBuilder &b = k.builder();
        Value word = arith::ConstantOp::create(b, b.getI32IntegerAttr(words));
        overRows(k, 1, [&](Value) {
          for (int64_t i = 0; i < 2; ++i)
            memref::StoreOp::create(b, word, k.argument(0), k.index(i));
        });
      });
}

func::FuncOp bertc::foldInKernel(ModuleOp module, int64_t number,
                                 const TargetDescription &target) {
  Type key = keyType(module.getContext(), target);
  Type index = IndexType::get(module.getContext());
  return kernelOnce(
      module, llvm::formatv("fold_in_{0}", number).str(),
      {key, key, index, index, index}, target, [&](KernelBuilder &k) {
        ImplicitLocOpBuilder &b = k.builder();
        overRows(k, 2, [&](Value) {
          auto word = [&](int64_t value) -> Value {
            return arith::ConstantOp::create(b, b.getI64IntegerAttr(value));
          };
          Philox::Words words =
              Philox(k, k.argument(0))
                  .draw({word(number), word(0), word(0), word(UINT32_MAX)});
          for (int64_t i = 0; i < 2; ++i)
            memref::StoreOp::create(
                b, arith::TruncIOp::create(b, b.getI32Type(), words[i]),
                k.argument(1), k.index(i));
        });
      });
}

namespace {

/// y[row] = m x[row] for a row of `columns` elements.
void dropRow(KernelBuilder &k, int64_t columns, const DropoutDraws &draws,
             const DropoutDraws::Row &drawn, Value x, Value y, Value row) {
  writeRow(k, columns, y, row, [&](Value column, Value mask) -> Value {
    return arith::MulFOp::create(k.builder(), k.load(x, {row, column}, mask),
                                 draws.factors(draws.kept(column, drawn)));
  });
}

std::string nameOf(StringRef rows, int64_t columns, double rate) {
  return llvm::formatv("dropout_of_{0}_{1}_{2:e17}", rows, columns, rate).str();
}

} // namespace

func::FuncOp bertc::tokenDropoutKernel(ModuleOp module, int64_t columns,
                                       double rate,
                                       const TargetDescription &target) {
  MLIRContext *context = module.getContext();
  Type rows = rowsType(context, columns, target),
       numbers = numbersType(context), index = IndexType::get(context);
  return kernelOnce(
      module, nameOf("tokens", columns, rate),
      {rows, keyType(context, target), numbers, numbers, rows, index, index,
       index},
      target, [&](KernelBuilder &k) {
        DropoutDraws draws(k, k.argument(1), rate);
        Value offsets = k.argument(3), sequences = k.argument(5);
        // Threads share out tokens: a batch may be one long sequence.
        auto [first, last] = k.share(k.numberAt(offsets, sequences),
                                     k.argument(6), k.argument(7));
        Value zero = k.index(0), one = k.index(1);
        // For the lambda: a structured binding is no variable.
        Value begin = first, end = last;
        k.loop(zero, sequences, one, [&](Value sequence) {
          Value start = k.numberAt(offsets, sequence);
          Value stop = k.numberAt(offsets, k.add(sequence, one));
          Value id = draws.idOf(k.argument(2), sequence);
          k.loop(k.max(start, begin), k.min(stop, end), one, [&](Value row) {
            dropRow(k, columns, draws,
                    {draws.wordOf(k.sub(row, start)), id, draws.wordOf(zero)},
                    k.argument(0), k.argument(4), row);
          });
        });
      });
}

func::FuncOp bertc::sequenceDropoutKernel(ModuleOp module, int64_t columns,
                                          double rate,
                                          const TargetDescription &target) {
  MLIRContext *context = module.getContext();
  Type rows = rowsType(context, columns, target),
       index = IndexType::get(context);
  return kernelOnce(module, nameOf("sequences", columns, rate),
                    {rows, keyType(context, target), numbersType(context), rows,
                     index, index, index},
                    target, [&](KernelBuilder &k) {
                      DropoutDraws draws(k, k.argument(1), rate);
                      Value none = draws.wordOf(k.index(0));
                      overRows(k, 4, [&](Value row) {
                        Value id = draws.idOf(k.argument(2), row);
                        dropRow(k, columns, draws, {none, id, none},
                                k.argument(0), k.argument(3), row);
                      });
                    });
}
