//===- VectorizeTiles.cpp - bert-vectorize-tiles --------------------------===//
//
// Turns each linalg op on a tile into registers. A product becomes one loop
// over k whose accumulators, at most tileRows x panel (wordTileRows of words),
// never leave registers: one variant a height, chosen by a switch, since a
// register tile has a static shape. Elementwise ops become a loop over the
// tile's rows.
//
// A new element type or matrix unit is a new pattern here and a new layout in
// bert-pack-weights; the loop nest around the tile stays.
//
//===----------------------------------------------------------------------===//

#include "passes/Passes.h"
#include "passes/TargetDescription.h"
#include "passes/tile/GroupedMultiplier.h"
#include "passes/tile/GroupedProduct.h"
#include "passes/tile/MatrixTile.h"

#include "dialect/PackedLayout.h"

#include "mlir/Dialect/AMX/AMXDialect.h"
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

/// The first `height` elements of column `k` of a tile.
Value readColumn(ImplicitLocOpBuilder &b, Value tile, Value k, int64_t height) {
  Type f32 = b.getF32Type();
  auto type = cast<MemRefType>(tile.getType());
  auto [strides, offset] = type.getStridesAndOffset();
  if (strides.back() == 1) {
    Value zero = arith::ConstantIndexOp::create(b, 0);
    Value padding = arith::ConstantOp::create(b, b.getF32FloatAttr(0));
    Value column = vector::TransferReadOp::create(
        b, VectorType::get({height, 1}, f32), tile, ValueRange{zero, k},
        AffineMapAttr::get(b.getMultiDimIdentityMap(2)), padding, Value(),
        b.getBoolArrayAttr({true, true}));
    return vector::ShapeCastOp::create(b, VectorType::get({height}, f32),
                                       column);
  }
  // A transposed tile, whose columns are contiguous. One by one, for each is
  // broadcast from memory: a vector of them would be taken apart in registers.
  SmallVector<Value> elements;
  for (int64_t r = 0; r < height; ++r)
    elements.push_back(memref::LoadOp::create(
        b, tile, ValueRange{arith::ConstantIndexOp::create(b, r), k}));
  return vector::FromElementsOp::create(b, VectorType::get({height}, f32),
                                        elements);
}

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
        Value left = readColumn(i, a, k, height);
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

/// c[m, n] += sum of a[m, k, v] w[k, n, v] on `height` rows, as
/// buildRegisterTile; one register for `lanes` columns of a row.
void buildGroupedTile(ImplicitLocOpBuilder &b, linalg::LinalgOp op,
                      const GroupedMultiplier &multiplier, int64_t height,
                      const TargetDescription &target) {
  Value a = op.getDpsInputs()[0], c = op.getDpsInits()[0];
  Value w = memref::CollapseShapeOp::create(
      b, op.getDpsInputs()[1], ArrayRef<ReassociationIndices>{{0}, {1, 2}});
  auto sums = cast<MemRefType>(c.getType());
  const int64_t width = sums.getDimSize(1);
  auto type = VectorType::get({target.lanes}, sums.getElementType());
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
      [&](OpBuilder &inner, Location loc, Value k, ValueRange carried) {
        ImplicitLocOpBuilder i(loc, inner);
        SmallVector<GroupedMultiplier::Factor> columns;
        for (int64_t n = 0; n < width; n += target.lanes)
          columns.push_back(multiplier.right(i, w, k, n));
        SmallVector<Value> next;
        for (int64_t r = 0; r < height; ++r) {
          GroupedMultiplier::Factor left = multiplier.left(i, a, at(i, r), k);
          for (const GroupedMultiplier::Factor &right : columns)
            next.push_back(
                multiplier.multiply(i, left, right, carried[next.size()]));
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

/// Whether a map gives each row of a tile one element.
bool isByRow(AffineMap map) {
  return map.getNumResults() == 1 &&
         map.getResult(0) == getAffineDimExpr(0, map.getContext());
}

/// One loop over rows; each row of the tile is one vector.
void vectorizeElementwise(linalg::LinalgOp op) {
  ImplicitLocOpBuilder b(op.getLoc(), op);
  Value output = op.getDpsInits()[0];
  int64_t width = cast<MemRefType>(output.getType()).getDimSize(1);
  Value zero = arith::ConstantIndexOp::create(b, 0);
  Value one = arith::ConstantIndexOp::create(b, 1);
  Value rows = memref::DimOp::create(b, output, 0);
  auto rowOf = [&](Type element) { return VectorType::get({width}, element); };
  scf::ForOp::create(
      b, zero, rows, one, ValueRange{},
      [&](OpBuilder &inner, Location loc, Value r, ValueRange) {
        ImplicitLocOpBuilder i(loc, inner);
        IRMapping mapping;
        Block *body = op.getBlock();
        for (OpOperand &operand : op->getOpOperands()) {
          BlockArgument element = op.getMatchingBlockArgument(&operand);
          if (element.use_empty())
            continue;
          auto type = dyn_cast<MemRefType>(operand.get().getType());
          auto rowType = rowOf(element.getType());
          Value row;
          if (!type) {
            row = vector::BroadcastOp::create(i, rowType, operand.get());
          } else if (isByRow(op.getMatchingIndexingMap(&operand))) {
            row = vector::BroadcastOp::create(
                i, rowType, memref::LoadOp::create(i, operand.get(), r));
          } else {
            Value padding =
                arith::ConstantOp::create(i, i.getZeroAttr(element.getType()));
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
            mapping.map(scalar, vector::BroadcastOp::create(
                                    i, rowOf(scalar.getType()), scalar));
        };
        for (Operation &nested : body->without_terminator()) {
          if (isa<arith::ConstantOp>(nested)) {
            Value scalar = i.clone(nested)->getResult(0);
            mapping.map(nested.getResult(0),
                        vector::BroadcastOp::create(i, rowOf(scalar.getType()),
                                                    scalar));
            continue;
          }
          for (Value operand : nested.getOperands())
            spread(operand);
          Operation *copy = i.clone(nested, mapping);
          for (Value result : copy->getResults())
            result.setType(rowOf(result.getType()));
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
    return map.getNumResults() == 0 || isByRow(map) ||
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
    // A matrix unit's products first: they may take in the op before.
    SmallVector<SmallVector<linalg::LinalgOp>> sums;
    getOperation().walk([&](linalg::LinalgOp op) {
      if (!isGroupedProduct(op) || !isMatrixTile(op, *target))
        return;
      if (sums.empty() || !continuesMatrixTile(sums.back().back(), op))
        sums.emplace_back();
      sums.back().push_back(op);
    });
    for (MutableArrayRef<linalg::LinalgOp> products : sums) {
      ImplicitLocOpBuilder b(products.back().getLoc(), products.back());
      buildMatrixTile(b, products);
      for (linalg::LinalgOp op : products)
        op.erase();
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
      } else if (auto multiplier = isGroupedProduct(op)
                                       ? GroupedMultiplier::create(op, *target)
                                       : nullptr) {
        const auto weight = cast<MemRefType>(op.getDpsInputs()[1].getType());
        const int64_t most =
            target->tileRowsOf(bert::precisionOf(weight.getElementType()));
        switchOverHeights(
            op, most, [&](ImplicitLocOpBuilder &b, int64_t height) {
              buildGroupedTile(b, op, *multiplier, height, *target);
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
