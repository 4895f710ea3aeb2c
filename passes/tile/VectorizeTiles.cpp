//===- VectorizeTiles.cpp - bert-vectorize-tiles --------------------------===//
//
// Turns each linalg op on a tile into registers. A product becomes one loop
// over k whose accumulators, at most tileRows x panel, never leave registers:
// one variant a height, chosen by a switch, since a register tile has a static
// shape. Elementwise ops become a loop over the tile's rows.
//
// A new element type or matrix unit is a new pattern here and a new layout in
// bert-pack-weights; the loop nest around the tile stays.
//
//===----------------------------------------------------------------------===//

#include "passes/Passes.h"
#include "passes/TargetDescription.h"
#include "passes/tile/GroupedProduct.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Utils/Utils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Dialect/X86Vector/X86VectorDialect.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace bertc {
#define GEN_PASS_DEF_BERTVECTORIZETILES
#include "passes/Passes.h.inc"
} // namespace bertc

using namespace bertc;
using namespace mlir;

namespace {

/// c += a b on `height` rows held in registers over the whole of k.
void buildRegisterTile(ImplicitLocOpBuilder &b, linalg::MatmulOp op,
                       int64_t height) {
  Value a = op.getDpsInputs()[0], w = op.getDpsInputs()[1],
        c = op.getDpsInits()[0];
  int64_t width = cast<MemRefType>(c.getType()).getDimSize(1);
  Type f32 = b.getF32Type();
  auto tileType = VectorType::get({height, width}, f32);
  Value zero = arith::ConstantIndexOp::create(b, 0);
  Value one = arith::ConstantIndexOp::create(b, 1);
  Value padding = arith::ConstantOp::create(b, b.getF32FloatAttr(0));
  auto square = AffineMapAttr::get(b.getMultiDimIdentityMap(2));
  auto row =
      AffineMapAttr::get(AffineMap::getMinorIdentityMap(2, 1, b.getContext()));
  auto inBounds2 = b.getBoolArrayAttr({true, true});
  auto inBounds1 = b.getBoolArrayAttr({true});

  Value start =
      vector::TransferReadOp::create(b, tileType, c, ValueRange{zero, zero},
                                     square, padding, Value(), inBounds2);
  Value depth = memref::DimOp::create(b, w, 0);
  auto loop = scf::ForOp::create(
      b, zero, depth, one, start,
      [&](OpBuilder &inner, Location loc, Value k, ValueRange sums) {
        ImplicitLocOpBuilder i(loc, inner);
        Value column = vector::TransferReadOp::create(
            i, VectorType::get({height, 1}, f32), a, ValueRange{zero, k},
            square, padding, Value(), inBounds2);
        Value left = vector::ShapeCastOp::create(
            i, VectorType::get({height}, f32), column);
        Value right = vector::TransferReadOp::create(
            i, VectorType::get({width}, f32), w, ValueRange{k, zero}, row,
            padding, Value(), inBounds1);
        Value next = vector::OuterProductOp::create(
            i, tileType, left, right, sums[0], vector::CombiningKind::ADD);
        scf::YieldOp::create(i, next);
      });
  // A tall tile's step is long enough to hide the loop's own instructions, and
  // two at once would spill. What is left of k after whole steps runs in a loop
  // of its own, which then holds the sums.
  Value sums = loop.getResult(0);
  int64_t unroll = height <= 3 ? 4 : height <= 6 ? 2 : 1;
  if (unroll > 1) {
    auto unrolled = loopUnrollByFactor(loop, unroll);
    if (succeeded(unrolled) && unrolled->epilogueLoopOp)
      sums = unrolled->epilogueLoopOp->getResult(0);
  }
  vector::TransferWriteOp::create(b, sums, c, ValueRange{zero, zero}, square,
                                  Value(), inBounds2);
}

/// The factors of `lanes` columns of a grouped product: registers that hold a
/// group of k for each column, as the multiplier takes them.
class GroupedFactors {
public:
  GroupedFactors(ImplicitLocOpBuilder &b, const TargetDescription &target)
      : b(b), target(target) {}

  /// Of the rows of a: the group at a[r, k], the same for every column.
  SmallVector<Value> spread(Value a, Value r, Value k) {
    if (target.multipliesBf16) {
      Value zero = arith::ConstantIndexOp::create(b, 0);
      Value pair = vector::LoadOp::create(
          b, VectorType::get({2}, b.getBF16Type()), a, ValueRange{r, k, zero});
      Value bits = vector::BitCastOp::create(
          b, VectorType::get({1}, b.getI32Type()), pair);
      Value all = vector::BroadcastOp::create(
          b, VectorType::get({target.lanes}, b.getI32Type()), bits);
      return {vector::BitCastOp::create(
          b, VectorType::get({2 * target.lanes}, b.getBF16Type()), all)};
    }
    SmallVector<Value> each;
    for (int64_t v = 0; v < 2; ++v) {
      Value place = arith::ConstantIndexOp::create(b, v);
      Value scalar = memref::LoadOp::create(b, a, ValueRange{r, k, place});
      each.push_back(vector::BroadcastOp::create(
          b, VectorType::get({target.lanes}, b.getF32Type()), scalar));
    }
    return each;
  }

  /// Of a panel, [k, 2 * columns] with pairs side by side: those of the columns
  /// from `column` on.
  SmallVector<Value> columns(Value w, Value k, int64_t column) {
    auto pairsType = VectorType::get({2 * target.lanes}, b.getBF16Type());
    Value pairs = vector::LoadOp::create(
        b, pairsType, w,
        ValueRange{k, arith::ConstantIndexOp::create(b, 2 * column)});
    if (target.multipliesBf16)
      return {pairs};
    // A bf16 is the upper half of an f32: the even ones move up, the odd ones
    // stand there already.
    auto bitsType = VectorType::get({target.lanes}, b.getI32Type());
    auto type = VectorType::get({target.lanes}, b.getF32Type());
    auto constant = [&](int32_t value) -> Value {
      return arith::ConstantOp::create(
          b, DenseElementsAttr::get(bitsType, b.getI32IntegerAttr(value)));
    };
    Value bits = vector::BitCastOp::create(b, bitsType, pairs);
    Value even = arith::ShLIOp::create(b, bits, constant(16));
    Value odd = arith::AndIOp::create(b, bits, constant(int32_t(0xffff0000)));
    return {arith::BitcastOp::create(b, type, even),
            arith::BitcastOp::create(b, type, odd)};
  }

  /// sum + the products of a group.
  Value multiply(ArrayRef<Value> left, ArrayRef<Value> right, Value sum) {
    if (target.multipliesBf16)
      return x86vector::DotBF16Op::create(b, sum.getType(), sum, left[0],
                                          right[0]);
    for (auto [x, y] : llvm::zip(left, right))
      sum = vector::FMAOp::create(b, x, y, sum);
    return sum;
  }

private:
  ImplicitLocOpBuilder &b;
  const TargetDescription &target;
};

/// c[m, n] += sum of a[m, k, v] w[k, n, v] on `height` rows, as
/// buildRegisterTile; one register for `lanes` columns of a row.
void buildGroupedTile(ImplicitLocOpBuilder &b, linalg::LinalgOp op,
                      int64_t height, const TargetDescription &target) {
  Value a = op.getDpsInputs()[0], c = op.getDpsInits()[0];
  Value w = memref::CollapseShapeOp::create(
      b, op.getDpsInputs()[1], ArrayRef<ReassociationIndices>{{0}, {1, 2}});
  const int64_t width = cast<MemRefType>(c.getType()).getDimSize(1);
  auto type = VectorType::get({target.lanes}, b.getF32Type());
  auto at = [](ImplicitLocOpBuilder &i, int64_t value) -> Value {
    return arith::ConstantIndexOp::create(i, value);
  };
  SmallVector<Value> start;
  for (int64_t r = 0; r < height; ++r)
    for (int64_t n = 0; n < width; n += target.lanes)
      start.push_back(
          vector::LoadOp::create(b, type, c, ValueRange{at(b, r), at(b, n)}));
  auto loop = scf::ForOp::create(
      b, at(b, 0), memref::DimOp::create(b, w, 0), at(b, 1), start,
      [&](OpBuilder &inner, Location loc, Value k, ValueRange sums) {
        ImplicitLocOpBuilder i(loc, inner);
        GroupedFactors factors(i, target);
        SmallVector<SmallVector<Value>> columns;
        for (int64_t n = 0; n < width; n += target.lanes)
          columns.push_back(factors.columns(w, k, n));
        SmallVector<Value> next;
        for (int64_t r = 0; r < height; ++r) {
          SmallVector<Value> left = factors.spread(a, at(i, r), k);
          for (ArrayRef<Value> right : columns)
            next.push_back(factors.multiply(left, right, sums[next.size()]));
        }
        scf::YieldOp::create(i, next);
      });
  size_t sum = 0;
  for (int64_t r = 0; r < height; ++r)
    for (int64_t n = 0; n < width; n += target.lanes)
      vector::StoreOp::create(b, loop.getResult(sum++), c,
                              ValueRange{at(b, r), at(b, n)});
}

/// `build(height)` for the number of rows that the tile has: one variant for
/// each that occurs, since a register tile has a static shape.
void switchOverHeights(
    linalg::LinalgOp op, int64_t tileRows,
    llvm::function_ref<void(ImplicitLocOpBuilder &, int64_t)> build) {
  ImplicitLocOpBuilder b(op.getLoc(), op);
  auto type = cast<MemRefType>(op.getDpsInits()[0].getType());
  if (!type.isDynamicDim(0))
    return build(b, type.getDimSize(0));
  Value rows = memref::DimOp::create(b, op.getDpsInits()[0], 0);
  SmallVector<int64_t> heights;
  for (int64_t height = 1; height <= tileRows; ++height)
    heights.push_back(height);
  auto choice =
      scf::IndexSwitchOp::create(b, TypeRange{}, rows, heights, heights.size());
  for (auto [height, region] : llvm::zip(heights, choice.getCaseRegions())) {
    b.createBlock(&region);
    build(b, height);
    scf::YieldOp::create(b);
  }
  b.createBlock(&choice.getDefaultRegion());
  scf::YieldOp::create(b);
}

/// One loop over rows; each row of the tile is one vector.
void vectorizeElementwise(linalg::LinalgOp op) {
  ImplicitLocOpBuilder b(op.getLoc(), op);
  Value output = op.getDpsInits()[0];
  int64_t width = cast<MemRefType>(output.getType()).getDimSize(1);
  Value zero = arith::ConstantIndexOp::create(b, 0);
  Value one = arith::ConstantIndexOp::create(b, 1);
  Value rows = memref::DimOp::create(b, output, 0);
  auto rowType = VectorType::get({width}, b.getF32Type());
  scf::ForOp::create(
      b, zero, rows, one, ValueRange{},
      [&](OpBuilder &inner, Location loc, Value r, ValueRange) {
        ImplicitLocOpBuilder i(loc, inner);
        Value padding = arith::ConstantOp::create(i, i.getF32FloatAttr(0));
        IRMapping mapping;
        Block *body = op.getBlock();
        for (OpOperand &operand : op->getOpOperands()) {
          BlockArgument element = op.getMatchingBlockArgument(&operand);
          if (element.use_empty())
            continue;
          auto type = dyn_cast<MemRefType>(operand.get().getType());
          Value row;
          if (!type) {
            row = vector::BroadcastOp::create(i, rowType, operand.get());
          } else {
            SmallVector<Value> place(type.getRank(), zero);
            if (type.getRank() == 2)
              place[0] = r;
            auto map = AffineMapAttr::get(AffineMap::getMinorIdentityMap(
                type.getRank(), 1, i.getContext()));
            row = vector::TransferReadOp::create(i, rowType, operand.get(),
                                                 place, map, padding, Value(),
                                                 i.getBoolArrayAttr({true}));
          }
          mapping.map(element, row);
        }
        // Scalars become rows of themselves, wherever they are defined.
        auto spread = [&](Value scalar) {
          if (!mapping.contains(scalar))
            mapping.map(scalar,
                        vector::BroadcastOp::create(i, rowType, scalar));
        };
        for (Operation &nested : body->without_terminator()) {
          if (isa<arith::ConstantOp>(nested)) {
            Value scalar = i.clone(nested)->getResult(0);
            mapping.map(nested.getResult(0),
                        vector::BroadcastOp::create(i, rowType, scalar));
            continue;
          }
          for (Value operand : nested.getOperands())
            spread(operand);
          Operation *copy = i.clone(nested, mapping);
          for (Value result : copy->getResults())
            result.setType(rowType);
        }
        spread(body->getTerminator()->getOperand(0));
        Value result = mapping.lookup(body->getTerminator()->getOperand(0));
        auto map = AffineMapAttr::get(
            AffineMap::getMinorIdentityMap(2, 1, i.getContext()));
        vector::TransferWriteOp::create(i, result, output, ValueRange{r, zero},
                                        map, Value(),
                                        i.getBoolArrayAttr({true}));
        scf::YieldOp::create(i);
      });
}

/// A tile is rank 2 with a static width; elementwise means that every input is
/// read by row, by column or as a scalar.
bool isElementwiseTile(linalg::LinalgOp op) {
  if (op.getNumDpsInits() != 1 || op.getNumLoops() != 2 ||
      op.getNumParallelLoops() != 2)
    return false;
  auto type = dyn_cast<MemRefType>(op.getDpsInits()[0].getType());
  if (!type || type.getRank() != 2 || type.isDynamicDim(1))
    return false;
  return llvm::all_of(op.getIndexingMapsArray(), [](AffineMap map) {
    return map.getNumResults() == 0 ||
           map == AffineMap::getMinorIdentityMap(2, map.getNumResults(),
                                                 map.getContext());
  });
}

struct VectorizeTilesPass
    : bertc::impl::BertVectorizeTilesBase<VectorizeTilesPass> {
  using Base::Base;

  void runOnOperation() override {
    auto target = TargetDescription::get(targetCpu);
    if (!target) {
      emitError(getOperation().getLoc()) << toString(target.takeError());
      return signalPassFailure();
    }
    SmallVector<linalg::LinalgOp> tiles;
    getOperation().walk([&](linalg::LinalgOp op) { tiles.push_back(op); });
    for (linalg::LinalgOp op : tiles) {
      auto product = dyn_cast<linalg::MatmulOp>(op.getOperation());
      if (product && op.hasPureBufferSemantics()) {
        switchOverHeights(op, target->tileRows,
                          [&](ImplicitLocOpBuilder &b, int64_t height) {
                            buildRegisterTile(b, product, height);
                          });
      } else if (isGroupedProduct(op)) {
        switchOverHeights(op, target->tileRows,
                          [&](ImplicitLocOpBuilder &b, int64_t height) {
                            buildGroupedTile(b, op, height, *target);
                          });
      } else if (isElementwiseTile(op)) {
        vectorizeElementwise(op);
      } else {
        op->emitRemark("not a tile of a kernel: left as it is");
        continue;
      }
      op.erase();
    }
  }
};

} // namespace
