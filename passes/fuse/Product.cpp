//===- Product.cpp --------------------------------------------------------===//

#include "passes/fuse/Product.h"

using namespace bertc;
using namespace mlir;

std::optional<Product> Product::of(Operation *op) {
  if (auto linear = dyn_cast_or_null<bert::LinearOp>(op)) {
    Product product;
    product.op = op;
    product.input = linear.getInput();
    product.weight = linear.getWeight();
    product.bias = linear.getBias();
    return product;
  }
  if (auto fused = dyn_cast_or_null<bert::FusedLinearOp>(op))
    return Product{op,
                   fused.getInput(),
                   fused.getWeight(),
                   fused.getInputScale(),
                   fused.getBias(),
                   fused.getResidual(),
                   fused.getScale(),
                   fused.getBeta(),
                   fused.getActivation(),
                   fused.getEpsilonAttr(),
                   fused.getPrecision()};
  return std::nullopt;
}

void Product::replace(Operation *last) const {
  OpBuilder b(last);
  auto fused = bert::FusedLinearOp::create(
      b, b.getFusedLoc({op->getLoc(), last->getLoc()}),
      last->getResult(0).getType(), input, weight, inputScale, bias, residual,
      scale, beta, bert::ActivationAttr::get(b.getContext(), activation),
      epsilon, bert::PrecisionAttr::get(b.getContext(), precision));
  last->replaceAllUsesWith(fused);
  last->erase();
  op->erase();
}
