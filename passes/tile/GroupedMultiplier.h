//===- GroupedMultiplier.h - registers of a grouped product ---------------===//

#ifndef BERTC_PASSES_TILE_GROUPEDMULTIPLIER_H
#define BERTC_PASSES_TILE_GROUPEDMULTIPLIER_H

#include "passes/TargetDescription.h"

#include "mlir/Dialect/Linalg/IR/LinalgInterfaces.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

#include <memory>

namespace bertc {

/// How a CPU multiplies the factors of a grouped product (GroupedProduct.h),
/// `lanes` columns at a time. A left factor is the same for all columns, a
/// right one is a group of k for each. A factor is as many registers as the CPU
/// takes steps for the group: one, or one for each element, or for each pair of
/// words.
class GroupedMultiplier {
public:
  using Factor = llvm::SmallVector<mlir::Value>;

  virtual ~GroupedMultiplier() = default;
  /// The group at a[r, k].
  virtual Factor left(mlir::ImplicitLocOpBuilder &b, mlir::Value a,
                      mlir::Value r, mlir::Value k) const = 0;
  /// The groups of columns from `column` on of a panel whose last two
  /// dimensions are one: w [K, columns * group].
  virtual Factor right(mlir::ImplicitLocOpBuilder &b, mlir::Value w,
                       mlir::Value k, int64_t column) const = 0;
  /// sum + the products of a group, step by step, in the order of its elements;
  /// of words first the even ones, then the odd ones, whose sums are exact in
  /// any order.
  virtual mlir::Value multiply(mlir::ImplicitLocOpBuilder &b,
                               const Factor &left, const Factor &right,
                               mlir::Value sum) const = 0;

  /// For the factors of `product` on `target`; null where there is none.
  static std::unique_ptr<GroupedMultiplier>
  create(mlir::linalg::LinalgOp product, const TargetDescription &target);
};

} // namespace bertc

#endif // BERTC_PASSES_TILE_GROUPEDMULTIPLIER_H
