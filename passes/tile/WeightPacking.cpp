//===- WeightPacking.cpp - weights that a run packs itself ----------------===//

#include "passes/tile/WeightPacking.h"

#include "passes/tile/KernelBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>

using namespace bertc;
using namespace mlir;

int64_t bertc::packedVectors(int64_t rows, const TargetDescription &target) {
  return llvm::alignTo(rows, target.panel) / target.lanes;
}

func::FuncOp bertc::packKernel(ModuleOp module, int64_t rows, int64_t columns,
                               const TargetDescription &target) {
  std::string name = llvm::formatv("pack_{0}x{1}", rows, columns).str();
  Builder types(module.getContext());
  Type f32 = types.getF32Type(), index = types.getIndexType();
  const int64_t panel = target.panel, lanes = target.lanes;
  const int64_t panels = llvm::divideCeil(rows, panel);
  return kernelOnce(
      module, name,
      {MemRefType::get({rows, columns}, f32),
       MemRefType::get({panels, columns, panel}, f32), index, index, index},
      target, [&](KernelBuilder &k) {
        ImplicitLocOpBuilder &b = k.builder();
        const auto rowType = VectorType::get({lanes}, f32);
        const auto squareType = VectorType::get({lanes, lanes}, f32);
        const auto maskType = VectorType::get({lanes}, b.getI1Type());
        auto map = AffineMapAttr::get(
            AffineMap::getMinorIdentityMap(2, 1, b.getContext()));
        Value last = k.index(rows - 1);
        auto [begin, end] =
            k.share(k.argument(2), k.argument(3), k.argument(4));
        k.loop(begin, end, k.index(1), [&](Value vector) {
          Value row = k.mul(vector, k.index(lanes));
          Value p = k.div(row, k.index(panel));
          Value j = k.sub(row, k.mul(p, k.index(panel)));
          // Rows past the last one are that row, then zero.
          Value rest = k.max(k.sub(k.index(rows), row), k.index(0));
          Value isRow = vector::CreateMaskOp::create(b, maskType, rest);
          Value zero = arith::ConstantOp::create(b, b.getZeroAttr(rowType));
          auto square = [&](Value column, int64_t used) {
            Value mask;
            if (used < lanes)
              mask = vector::ConstantMaskOp::create(b, maskType,
                                                    ArrayRef<int64_t>{used});
            Value all = arith::ConstantOp::create(b, b.getZeroAttr(squareType));
            for (int64_t i = 0; i < lanes; ++i) {
              Value source = k.min(k.add(row, k.index(i)), last);
              Value v = vector::TransferReadOp::create(
                  b, rowType, k.argument(0), ValueRange{source, column}, map,
                  k.f32(0), mask, b.getBoolArrayAttr({true}));
              all = vector::InsertOp::create(b, v, all, ArrayRef<int64_t>{i});
            }
            all = vector::TransposeOp::create(b, all, ArrayRef<int64_t>{1, 0});
            for (int64_t i = 0; i < used; ++i) {
              Value v = vector::ExtractOp::create(b, all, ArrayRef<int64_t>{i});
              v = arith::SelectOp::create(b, isRow, v, zero);
              vector::StoreOp::create(
                  b, v, k.argument(1),
                  ValueRange{p, k.add(column, k.index(i)), j});
            }
          };
          const int64_t full = columns / lanes * lanes;
          k.loop(k.index(0), k.index(full), k.index(lanes),
                 [&](Value column) { square(column, lanes); });
          if (columns > full)
            square(k.index(full), columns - full);
        });
      });
}

func::FuncOp bertc::packTransposedKernel(ModuleOp module, int64_t rows,
                                         int64_t columns,
                                         const TargetDescription &target) {
  std::string name =
      llvm::formatv("pack_transposed_{0}x{1}", rows, columns).str();
  Builder types(module.getContext());
  Type f32 = types.getF32Type(), index = types.getIndexType();
  const int64_t panel = target.panel, panels = llvm::divideCeil(columns, panel);
  return kernelOnce(
      module, name,
      {MemRefType::get({rows, columns}, f32),
       MemRefType::get({panels, rows, panel}, f32), index, index, index},
      target, [&](KernelBuilder &k) {
        ImplicitLocOpBuilder &b = k.builder();
        auto [first, last] =
            k.share(k.argument(2), k.argument(3), k.argument(4));
        const auto type = VectorType::get({panel}, f32);
        auto copy = [&](Value row, Value p, int64_t used) {
          Value mask;
          if (used < panel)
            mask = vector::ConstantMaskOp::create(
                b, VectorType::get({panel}, b.getI1Type()),
                ArrayRef<int64_t>{used});
          auto from = AffineMapAttr::get(
              AffineMap::getMinorIdentityMap(2, 1, b.getContext()));
          Value v = vector::TransferReadOp::create(
              b, type, k.argument(0), ValueRange{row, k.mul(p, k.index(panel))},
              from, k.f32(0), mask, b.getBoolArrayAttr({true}));
          vector::StoreOp::create(b, v, k.argument(1),
                                  ValueRange{p, row, k.index(0)});
        };
        k.loop(first, last, k.index(1), [&](Value row) {
          k.loop(k.index(0), k.index(columns / panel), k.index(1),
                 [&](Value p) { copy(row, p, panel); });
          if (columns % panel != 0)
            copy(row, k.index(columns / panel), columns % panel);
        });
      });
}
