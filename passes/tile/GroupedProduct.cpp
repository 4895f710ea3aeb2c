//===- GroupedProduct.cpp -------------------------------------------------===//

#include "passes/tile/GroupedProduct.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/TypeUtilities.h"

using namespace bertc;
using namespace mlir;

namespace {

/// Whether a group of `a` has two dimensions: pairs of words.
bool hasPairs(Value a) { return getElementTypeOrSelf(a).isInteger(16); }

/// The maps of a, w and c where it has.
SmallVector<AffineMap> pairIndexing(MLIRContext *context) {
  AffineExpr m, n, k, p, q;
  bindDims(context, m, n, k, p, q);
  auto map = [&](ArrayRef<AffineExpr> results) {
    return AffineMap::get(5, 0, results, context);
  };
  return {map({m, k, p, q}), map({k, n, 2 * q + p}), map({m, n})};
}

SmallVector<AffineMap> indexing(MLIRContext *context) {
  AffineExpr m, n, k, v;
  bindDims(context, m, n, k, v);
  auto map = [&](ArrayRef<AffineExpr> results) {
    return AffineMap::get(4, 0, results, context);
  };
  return {map({m, k, v}), map({k, n, v}), map({m, n})};
}

/// sum + x y
Value addFloats(ImplicitLocOpBuilder &b, Value x, Value y, Value sum) {
  auto wide = [&](Value v) -> Value {
    const Type type = v.getType();
    return type.isF32() ? v : arith::ExtFOp::create(b, b.getF32Type(), v);
  };
  return arith::AddFOp::create(b, sum,
                               arith::MulFOp::create(b, wide(x), wide(y)));
}

Value addIntegers(ImplicitLocOpBuilder &b, Value x, Value y, Value sum) {
  Value product =
      arith::MulIOp::create(b, arith::ExtUIOp::create(b, sum.getType(), x),
                            arith::ExtSIOp::create(b, sum.getType(), y));
  return arith::AddIOp::create(b, sum, product);
}

} // namespace

void bertc::buildGroupedProduct(ImplicitLocOpBuilder &b, Value a, Value w,
                                Value c) {
  using utils::IteratorType;
  SmallVector<AffineMap> maps =
      hasPairs(a) ? pairIndexing(b.getContext()) : indexing(b.getContext());
  SmallVector<IteratorType> iterators(maps[0].getNumDims(),
                                      IteratorType::reduction);
  iterators[0] = iterators[1] = IteratorType::parallel;
  linalg::GenericOp::create(
      b, ValueRange{a, w}, ValueRange{c}, maps, iterators,
      [](OpBuilder &inner, Location loc, ValueRange elements) {
        ImplicitLocOpBuilder i(loc, inner);
        linalg::YieldOp::create(
            i, elements[2].getType().isF32()
                   ? addFloats(i, elements[0], elements[1], elements[2])
                   : addIntegers(i, elements[0], elements[1], elements[2]));
      });
}

void bertc::buildOnTile(
    ImplicitLocOpBuilder &b, ValueRange inputs,
    ArrayRef<ArrayRef<unsigned>> dimensions, Value c,
    llvm::function_ref<Value(ImplicitLocOpBuilder &, ValueRange)> body) {
  SmallVector<AffineMap> maps;
  for (ArrayRef<unsigned> of : dimensions)
    maps.push_back(AffineMap::getMultiDimMapWithTargets(2, of, b.getContext()));
  maps.push_back(b.getMultiDimIdentityMap(2));
  SmallVector<utils::IteratorType> parallel(2, utils::IteratorType::parallel);
  linalg::GenericOp::create(
      b, inputs, ValueRange{c}, maps, parallel,
      [&](OpBuilder &inner, Location loc, ValueRange elements) {
        ImplicitLocOpBuilder i(loc, inner);
        linalg::YieldOp::create(i, body(i, elements));
      });
}

void bertc::buildZeroPoints(ImplicitLocOpBuilder &b, Value zeros,
                            Value columnSums, Value sums) {
  buildOnTile(b, {zeros, columnSums}, {{0}, {1}}, sums,
              [](ImplicitLocOpBuilder &i, ValueRange x) -> Value {
                Value none = arith::ConstantIntOp::create(i, 0, 32);
                return arith::SubIOp::create(
                    i, none, arith::MulIOp::create(i, x[0], x[1]));
              });
}

bool bertc::isGroupedProduct(linalg::LinalgOp op) {
  if (!isa<linalg::GenericOp>(op.getOperation()) || op.getNumDpsInputs() != 2 ||
      op.getNumDpsInits() != 1)
    return false;
  return op.getIndexingMapsArray() == (hasPairs(op.getDpsInputs()[0])
                                           ? pairIndexing(op.getContext())
                                           : indexing(op.getContext()));
}
