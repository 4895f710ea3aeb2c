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
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/DenseMap.h"

using namespace bertc;
using namespace mlir;

namespace {

constexpr int64_t rowsOfTile = TargetDescription::matrixRows;
/// Eight registers: four of sums, two of each factor.
constexpr int64_t mostTiles = 2;

MemRefType typeOf(Value memref) { return cast<MemRefType>(memref.getType()); }

/// The op before `op` that touches memory; null where there is none.
Operation *memoryOpBefore(Operation *op) {
  do
    op = op->getPrevNode();
  while (op && isMemoryEffectFree(op));
  return op;
}

/// The fill that clears `sums` right before `product`; null where there is
/// none.
linalg::FillOp clearingFill(linalg::LinalgOp product) {
  auto fill = dyn_cast_or_null<linalg::FillOp>(memoryOpBefore(product));
  if (!fill || fill.getDpsInits()[0] != product.getDpsInits()[0] ||
      !matchPattern(fill.getDpsInputs()[0], m_AnyZeroFloat()))
    return {};
  return fill;
}

class MatrixTileBuilder {
public:
  MatrixTileBuilder(ImplicitLocOpBuilder &b,
                    ArrayRef<linalg::LinalgOp> products)
      : MatrixTileBuilder(b, products[0]) {
    for (linalg::LinalgOp product : products)
      factors.push_back(
          {flat(product.getDpsInputs()[0]), flat(product.getDpsInputs()[1])});
  }

  void build(bool fromZero) {
    SmallVector<Value> start;
    forEachSum([&](int64_t r, int64_t c) {
      start.push_back(fromZero ? Value(amx::TileZeroOp::create(b, sumType))
                               : load(b, sumType, sums, at(b, r * rowsOfTile),
                                      at(b, c * rowsOfTile)));
    });
    auto loop = scf::ForOp::create(
        b, at(b, 0), memref::DimOp::create(b, factors[0].right, 0),
        at(b, rowsOfTile), start,
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
  struct Factors {
    Value left, right; ///< [rows, k], [k, columns] of elements
  };

  MatrixTileBuilder(ImplicitLocOpBuilder &b, linalg::LinalgOp product)
      : b(b), group(typeOf(product.getDpsInputs()[0]).getDimSize(2)),
        sums(product.getDpsInits()[0]),
        rowTiles(typeOf(sums).getDimSize(0) / rowsOfTile),
        columnTiles(typeOf(sums).getDimSize(1) / rowsOfTile),
        factorType(amx::TileType::get(
            {rowsOfTile, rowsOfTile * group},
            typeOf(product.getDpsInputs()[0]).getElementType())),
        sumType(amx::TileType::get({rowsOfTile, rowsOfTile},
                                   typeOf(sums).getElementType())) {}

  /// Groups become elements; the same value for the same factor.
  Value flat(Value factor) {
    Value &made = flattened[factor];
    if (!made)
      made = memref::CollapseShapeOp::create(
          b, factor, ArrayRef<ReassociationIndices>{{0}, {1, 2}});
    return made;
  }

  /// The sums after 16 groups of k.
  SmallVector<Value> step(ImplicitLocOpBuilder &i, Value k,
                          ValueRange carried) {
    SmallVector<Value> next(carried), rows, columns;
    Value element = arith::MulIOp::create(i, k, at(i, group));
    Factors loaded;
    for (const Factors &product : factors) {
      if (product.left != loaded.left) {
        rows.clear();
        for (int64_t r = 0; r < rowTiles; ++r)
          rows.push_back(load(i, factorType, product.left,
                              at(i, r * rowsOfTile), element));
      }
      if (product.right != loaded.right) {
        columns.clear();
        for (int64_t c = 0; c < columnTiles; ++c)
          columns.push_back(load(i, factorType, product.right, k,
                                 at(i, c * rowsOfTile * group)));
      }
      loaded = product;
      unsigned sum = 0;
      forEachSum([&](int64_t r, int64_t c) {
        next[sum] = multiply(i, rows[r], columns[c], next[sum]);
        ++sum;
      });
    }
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
  Value sums;
  const int64_t rowTiles, columnTiles;
  const amx::TileType factorType, sumType;
  llvm::SmallDenseMap<Value, Value> flattened;
  SmallVector<Factors> factors;
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
  // Of dynamic sizes the kernels see to whole steps.
  if (!left.isDynamicDim(1) && left.getDimSize(1) % rowsOfTile != 0)
    return false;
  return llvm::all_of(sums.getShape(), [](int64_t size) {
    return size % rowsOfTile == 0 && size / rowsOfTile <= mostTiles;
  });
}

bool bertc::continuesMatrixTile(linalg::LinalgOp product,
                                linalg::LinalgOp next) {
  auto sizes = [](linalg::LinalgOp op) -> SmallVector<OpFoldResult> {
    Value right = op.getDpsInputs()[1];
    if (auto view = right.getDefiningOp<memref::SubViewOp>())
      return view.getMixedSizes();
    return {};
  };
  const MemRefType types[] = {typeOf(product.getDpsInputs()[1]),
                              typeOf(next.getDpsInputs()[1])};
  const bool sameGroups =
      types[0].getShape() == types[1].getShape() &&
      (types[0].hasStaticShape() ||
       (!sizes(product).empty() &&
        isEqualConstantIntOrValueArray(sizes(product), sizes(next))));
  return sameGroups && product.getDpsInits()[0] == next.getDpsInits()[0] &&
         memoryOpBefore(next) == product.getOperation();
}

void bertc::buildMatrixTile(ImplicitLocOpBuilder &b,
                            ArrayRef<linalg::LinalgOp> products) {
  linalg::FillOp fill = clearingFill(products[0]);
  MatrixTileBuilder(b, products).build(/*fromZero=*/bool(fill));
  if (fill)
    fill.erase();
}
