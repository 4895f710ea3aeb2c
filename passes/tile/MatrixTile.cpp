//===- MatrixTile.cpp - grouped products on a matrix unit -----------------===//
//
// Intel's Software Developer's Manual, volume 1, chapter 18: a tile register is
// 16 rows of 64 bytes. A left tile is 16 rows of 16 groups of k, a right one 16
// groups of 16 columns, which is how bert.pack lays a panel out; their product
// adds to 16 x 16 sums of 32 bits.
//
//===----------------------------------------------------------------------===//

#include "passes/tile/MatrixTile.h"

#include "dialect/PackedLayout.h"

#include "mlir/Dialect/AMX/AMXDialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace bertc;
using namespace mlir;

namespace {

constexpr int64_t rowsOfTile = TargetDescription::matrixRows;
/// Eight registers: four of sums, two of each factor.
constexpr int64_t mostTiles = 2;

MemRefType typeOf(Value memref) { return cast<MemRefType>(memref.getType()); }

/// The fill that clears `sums` before `product`, with nothing between them that
/// touches memory; null where there is none.
linalg::FillOp clearingFill(linalg::LinalgOp product) {
  Operation *before = product->getPrevNode();
  while (before && isMemoryEffectFree(before))
    before = before->getPrevNode();
  auto fill = dyn_cast_or_null<linalg::FillOp>(before);
  if (!fill || fill.getDpsInits()[0] != product.getDpsInits()[0] ||
      !matchPattern(fill.getDpsInputs()[0], m_AnyZeroFloat()))
    return {};
  return fill;
}

class MatrixTileBuilder {
public:
  MatrixTileBuilder(ImplicitLocOpBuilder &b, linalg::LinalgOp product)
      : b(b), group(typeOf(product.getDpsInputs()[0]).getDimSize(2)),
        sums(product.getDpsInits()[0]),
        rowTiles(typeOf(sums).getDimSize(0) / rowsOfTile),
        columnTiles(typeOf(sums).getDimSize(1) / rowsOfTile),
        factorType(amx::TileType::get(
            {rowsOfTile, rowsOfTile * group},
            typeOf(product.getDpsInputs()[0]).getElementType())),
        sumType(amx::TileType::get({rowsOfTile, rowsOfTile},
                                   typeOf(sums).getElementType())) {
    const ReassociationIndices first = {0}, rest = {1, 2};
    left = memref::CollapseShapeOp::create(b, product.getDpsInputs()[0],
                                           ArrayRef{first, rest});
    right = memref::CollapseShapeOp::create(b, product.getDpsInputs()[1],
                                            ArrayRef{first, rest});
  }

  void build(bool fromZero) {
    SmallVector<Value> start;
    forEachSum([&](int64_t r, int64_t c) {
      start.push_back(fromZero ? Value(amx::TileZeroOp::create(b, sumType))
                               : load(b, sumType, sums, at(b, r * rowsOfTile),
                                      at(b, c * rowsOfTile)));
    });
    auto loop = scf::ForOp::create(
        b, at(b, 0), memref::DimOp::create(b, right, 0), at(b, rowsOfTile),
        start,
        [&](OpBuilder &inner, Location loc, Value k, ValueRange carried) {
          ImplicitLocOpBuilder i(loc, inner);
          scf::YieldOp::create(i, step(i, k, carried));
        });
    unsigned sum = 0;
    forEachSum([&](int64_t r, int64_t c) {
      amx::TileStoreOp::create(
          b, sums, ValueRange{at(b, r * rowsOfTile), at(b, c * rowsOfTile)},
          loop.getResult(sum++));
    });
  }

private:
  /// The sums after 16 groups of k.
  SmallVector<Value> step(ImplicitLocOpBuilder &i, Value k,
                          ValueRange carried) {
    SmallVector<Value> rows, columns;
    Value element = arith::MulIOp::create(i, k, at(i, group));
    for (int64_t r = 0; r < rowTiles; ++r)
      rows.push_back(load(i, factorType, left, at(i, r * rowsOfTile), element));
    for (int64_t c = 0; c < columnTiles; ++c)
      columns.push_back(
          load(i, factorType, right, k, at(i, c * rowsOfTile * group)));
    SmallVector<Value> next;
    forEachSum([&](int64_t r, int64_t c) {
      next.push_back(multiply(i, rows[r], columns[c], carried[next.size()]));
    });
    return next;
  }

  /// Of integers the left ones have no sign (RowQuantization.h).
  Value multiply(ImplicitLocOpBuilder &i, Value row, Value column, Value sum) {
    if (sumType.getElementType().isF32())
      return amx::TileMulFOp::create(i, sumType, row, column, sum);
    return amx::TileMulIOp::create(i, sumType, row, column, sum,
                                   /*isZextLhs=*/true, /*isZextRhs=*/false);
  }

  static Value load(ImplicitLocOpBuilder &i, amx::TileType type, Value from,
                    Value row, Value column) {
    return amx::TileLoadOp::create(i, type, from, ValueRange{row, column});
  }
  static Value at(ImplicitLocOpBuilder &i, int64_t value) {
    return arith::ConstantIndexOp::create(i, value);
  }
  void forEachSum(llvm::function_ref<void(int64_t, int64_t)> body) const {
    for (int64_t r = 0; r < rowTiles; ++r)
      for (int64_t c = 0; c < columnTiles; ++c)
        body(r, c);
  }

  ImplicitLocOpBuilder &b;
  const int64_t group;
  Value left, right, sums;
  const int64_t rowTiles, columnTiles;
  const amx::TileType factorType, sumType;
};

} // namespace

bool bertc::isMatrixTile(linalg::LinalgOp product,
                         const TargetDescription &target) {
  const MemRefType left = typeOf(product.getDpsInputs()[0]);
  const MemRefType sums = typeOf(product.getDpsInits()[0]);
  const Type element = left.getElementType();
  if (element != typeOf(product.getDpsInputs()[1]).getElementType() ||
      !target.usesTiles(bert::precisionOf(element)) || !sums.hasStaticShape())
    return false;
  return llvm::all_of(sums.getShape(), [](int64_t size) {
    return size % rowsOfTile == 0 && size / rowsOfTile <= mostTiles;
  });
}

void bertc::buildMatrixTile(ImplicitLocOpBuilder &b, linalg::LinalgOp product) {
  linalg::FillOp fill = clearingFill(product);
  MatrixTileBuilder(b, product).build(/*fromZero=*/bool(fill));
  if (fill)
    fill.erase();
}
