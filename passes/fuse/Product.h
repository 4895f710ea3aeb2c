//===- Product.h - bert.linear and bert.fused_linear alike ----------------===//

#ifndef BERTC_PASSES_FUSE_PRODUCT_H
#define BERTC_PASSES_FUSE_PRODUCT_H

#include "dialect/BertOps.h"

#include "mlir/IR/Builders.h"

#include <optional>

namespace bertc {

/// layer_norm(activation(input weightT + bias) + residual); what is absent is
/// null, or Activation::none.
struct Product {
  mlir::Operation *op = nullptr;
  mlir::Value input, weight, inputScale, bias, residual, scale, beta;
  bert::Activation activation = bert::Activation::none;
  mlir::FloatAttr epsilon;
  bert::Precision precision = bert::Precision::f32;

  /// Nothing for ops that are no product on a weight in its plain layout, and
  /// for block arguments.
  static std::optional<Product> of(mlir::Operation *op);

  /// Replaces `last`, which must read the product and use everything else only
  /// where it stands, by one bert.fused_linear; erases the product.
  void replace(mlir::Operation *last) const;
};

} // namespace bertc

#endif // BERTC_PASSES_FUSE_PRODUCT_H
