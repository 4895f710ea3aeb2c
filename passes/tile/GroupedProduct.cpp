//===- GroupedProduct.cpp -------------------------------------------------===//

#include "passes/tile/GroupedProduct.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace bertc;
using namespace mlir;

namespace {

SmallVector<AffineMap> indexing(MLIRContext *context) {
  AffineExpr m, n, k, v;
  bindDims(context, m, n, k, v);
  auto map = [&](ArrayRef<AffineExpr> results) {
    return AffineMap::get(4, 0, results, context);
  };
  return {map({m, k, v}), map({k, n, v}), map({m, n})};
}

} // namespace

void bertc::buildGroupedProduct(ImplicitLocOpBuilder &b, Value a, Value w,
                                Value c) {
  using utils::IteratorType;
  SmallVector<IteratorType> iterators = {
      IteratorType::parallel, IteratorType::parallel, IteratorType::reduction,
      IteratorType::reduction};
  linalg::GenericOp::create(
      b, ValueRange{a, w}, ValueRange{c}, indexing(b.getContext()), iterators,
      [](OpBuilder &inner, Location loc, ValueRange elements) {
        ImplicitLocOpBuilder i(loc, inner);
        auto wide = [&](Value x) -> Value {
          if (x.getType().isF32())
            return x;
          return arith::ExtFOp::create(i, i.getF32Type(), x);
        };
        Value product =
            arith::MulFOp::create(i, wide(elements[0]), wide(elements[1]));
        Value sum = arith::AddFOp::create(i, elements[2], product);
        linalg::YieldOp::create(i, sum);
      });
}

bool bertc::isGroupedProduct(linalg::LinalgOp op) {
  return isa<linalg::GenericOp>(op.getOperation()) &&
         op.getNumDpsInputs() == 2 && op.getNumDpsInits() == 1 &&
         op.getNumLoops() == 4 &&
         op.getIndexingMapsArray() == indexing(op.getContext());
}
