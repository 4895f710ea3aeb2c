//===- WeightPacking.cpp - weights that a run packs itself ----------------===//

#include "passes/tile/WeightPacking.h"

#include "passes/tile/KernelBuilder.h"
#include "passes/tile/ProductFactor.h"

#include "dialect/PackedLayout.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <string>

using namespace bertc;
using namespace mlir;

namespace {

/// `count` elements of w from [row, column] on; zero past the first `used`.
Value readPart(KernelBuilder &k, Value w, Value row, Value column,
               int64_t count, int64_t used) {
  ImplicitLocOpBuilder &b = k.builder();
  const auto type = VectorType::get({count}, b.getF32Type());
  if (used == 0)
    return arith::ConstantOp::create(b, b.getZeroAttr(type));
  Value mask;
  if (used < count)
    mask = vector::ConstantMaskOp::create(
        b, VectorType::get({count}, b.getI1Type()), ArrayRef<int64_t>{used});
  auto map =
      AffineMapAttr::get(AffineMap::getMinorIdentityMap(2, 1, b.getContext()));
  return vector::TransferReadOp::create(b, type, w, ValueRange{row, column},
                                        map, k.f32(0), mask,
                                        b.getBoolArrayAttr({true}));
}

/// A packing of [rows, columns] with the elements of a group side by side.
Value flatPanels(KernelBuilder &k, Value packed) {
  if (cast<MemRefType>(packed.getType()).getRank() == 3)
    return packed;
  return memref::CollapseShapeOp::create(
      k.builder(), packed, ArrayRef<ReassociationIndices>{{0}, {1}, {2, 3}});
}

/// The types of a packing kernel's arguments, for a weight [rows, columns] and
/// a packing of type `packed`.
SmallVector<Type> packingTypes(int64_t rows, int64_t columns,
                               RankedTensorType packed) {
  Builder types(packed.getContext());
  Type index = types.getIndexType();
  return {MemRefType::get({rows, columns}, types.getF32Type()),
          MemRefType::get(packed.getShape(), packed.getElementType()), index,
          index, index};
}

/// "" for f32.
std::string suffixOf(bert::Precision precision) {
  return precision == bert::Precision::f32
             ? ""
             : ("_" + bert::stringifyPrecision(precision)).str();
}

} // namespace

int64_t bertc::packedVectors(int64_t rows, const TargetDescription &target) {
  return llvm::alignTo(rows, target.panel) / target.lanes;
}

func::FuncOp bertc::packKernel(ModuleOp module, int64_t rows, int64_t columns,
                               bert::Precision precision,
                               const TargetDescription &target) {
  std::string name =
      llvm::formatv("pack_{0}x{1}{2}", rows, columns, suffixOf(precision))
          .str();
  const int64_t panel = target.panel, lanes = target.lanes;
  const int64_t group = bert::groupOf(precision);
  const int64_t groups = bert::groupsOf(columns, precision);
  const auto packed =
      bert::packedType(module.getContext(), rows, columns, panel, precision);
  return kernelOnce(
      module, name, packingTypes(rows, columns, packed), target,
      [&](KernelBuilder &k) {
        ImplicitLocOpBuilder &b = k.builder();
        const auto rowType = VectorType::get({lanes}, b.getF32Type());
        const auto squareType = VectorType::get({lanes, lanes}, b.getF32Type());
        const auto groupsType =
            VectorType::get({lanes * group}, packed.getElementType());
        const auto maskType = VectorType::get({lanes}, b.getI1Type());
        Value last = k.index(rows - 1);
        Value to = flatPanels(k, k.argument(1));
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
          // A group is as wide as an f32, and moves as one.
          auto square = [&](Value firstGroup, int64_t used, int64_t stored) {
            Value column = k.mul(firstGroup, k.index(group));
            Value all = arith::ConstantOp::create(b, b.getZeroAttr(squareType));
            for (int64_t i = 0; i < lanes; ++i) {
              Value source = k.min(k.add(row, k.index(i)), last);
              Value v = readPart(k, k.argument(0), source, column,
                                 lanes * group, used);
              if (group > 1)
                v = vector::BitCastOp::create(b, rowType,
                                              narrowToBf16(b, v, target));
              all = vector::InsertOp::create(b, v, all, ArrayRef<int64_t>{i});
            }
            all = vector::TransposeOp::create(b, all, ArrayRef<int64_t>{1, 0});
            for (int64_t i = 0; i < stored; ++i) {
              Value v = vector::ExtractOp::create(b, all, ArrayRef<int64_t>{i});
              v = arith::SelectOp::create(b, isRow, v, zero);
              if (group > 1)
                v = vector::BitCastOp::create(b, groupsType, v);
              vector::StoreOp::create(b, v, to,
                                      ValueRange{p,
                                                 k.add(firstGroup, k.index(i)),
                                                 k.mul(j, k.index(group))});
            }
          };
          const int64_t full = columns / (lanes * group) * lanes;
          k.loop(k.index(0), k.index(full), k.index(lanes),
                 [&](Value firstGroup) {
                   square(firstGroup, lanes * group, lanes);
                 });
          // Zeros fill the last step of groups.
          for (int64_t first = full; first < groups; first += lanes)
            square(
                k.index(first),
                std::clamp<int64_t>(columns - first * group, 0, lanes * group),
                std::min(lanes, groups - first));
        });
      });
}

func::FuncOp bertc::packTransposedKernel(ModuleOp module, int64_t rows,
                                         int64_t columns,
                                         bert::Precision precision,
                                         const TargetDescription &target) {
  std::string name = llvm::formatv("pack_transposed_{0}x{1}{2}", rows, columns,
                                   suffixOf(precision))
                         .str();
  const int64_t panel = target.panel, group = bert::groupOf(precision);
  const auto packed =
      bert::packedType(module.getContext(), columns, rows, panel, precision);
  return kernelOnce(
      module, name, packingTypes(rows, columns, packed), target,
      [&](KernelBuilder &k) {
        ImplicitLocOpBuilder &b = k.builder();
        Value to = flatPanels(k, k.argument(1));
        auto [first, last] =
            k.share(k.argument(2), k.argument(3), k.argument(4));
        auto copy = [&](Value place, Value p, int64_t used) {
          Value column = k.mul(p, k.index(panel));
          auto read = [&](Value row) {
            return readPart(k, k.argument(0), row, column, panel, used);
          };
          // Zero past the last row.
          auto readOrZero = [&](int64_t element) -> Value {
            Value row = k.add(k.mul(place, k.index(group)), k.index(element));
            Value isThere = arith::CmpIOp::create(b, arith::CmpIPredicate::slt,
                                                  row, k.index(rows));
            Value v = read(k.min(row, k.index(rows - 1)));
            Value zero =
                arith::ConstantOp::create(b, b.getZeroAttr(v.getType()));
            return arith::SelectOp::create(b, isThere, v, zero);
          };
          Value v = group == 1
                        ? read(place)
                        : narrowPairs(b, readOrZero(0), readOrZero(1), target);
          vector::StoreOp::create(b, v, to, ValueRange{p, place, k.index(0)});
        };
        k.loop(first, last, k.index(1), [&](Value place) {
          k.loop(k.index(0), k.index(columns / panel), k.index(1),
                 [&](Value p) { copy(place, p, panel); });
          if (columns % panel != 0)
            copy(place, k.index(columns / panel), columns % panel);
        });
      });
}
