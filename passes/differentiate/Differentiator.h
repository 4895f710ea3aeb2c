//===- Differentiator.h - reverse-mode differentiation of a module --------===//

#ifndef BERTC_PASSES_DIFFERENTIATE_DIFFERENTIATOR_H
#define BERTC_PASSES_DIFFERENTIATE_DIFFERENTIATOR_H

#include "passes/differentiate/Halves.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Block.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SmallVector.h"

#include <map>
#include <string>

namespace bertc {

/// Reverse-mode differentiation (Griewank and Walther 2008, "Evaluating
/// Derivatives"). Functions that are called are differentiated once for each
/// choice of arguments whose gradients are wanted, so that layers go on sharing
/// code.
class Differentiator {
public:
  Differentiator(mlir::ModuleOp module, Recompute recompute)
      : symbols(module), recompute(recompute) {}

  /// Appends to `function` what computes the gradients of its result 0, a
  /// number, by `wanted`, values of the function: one each, null where the
  /// result does not depend on it. An op in the way without an adjoint is an
  /// error, told where it stands.
  mlir::FailureOr<llvm::SmallVector<mlir::Value>>
  differentiate(mlir::func::FuncOp function,
                llvm::ArrayRef<mlir::Value> wanted);

private:
  using Gradients = llvm::DenseMap<mlir::Value, mlir::Value>;

  /// Fills `backward` with the adjoints of the ops in `forward` that lead from
  /// the `wanted` values to those that `gradients` has entries for, and adds
  /// entries for all values between. Calls in `forward` become calls of
  /// functions that save what the backward pass needs.
  llvm::LogicalResult sweep(mlir::Block &forward, mlir::Block &backward,
                            llvm::ArrayRef<mlir::Value> wanted,
                            Gradients &gradients);
  llvm::LogicalResult sweepCall(mlir::func::CallOp call, mlir::Block &backward,
                                const llvm::BitVector &wanted,
                                Gradients &gradients);
  /// `function` in two, for gradients of its arguments `wanted` from those of
  /// its results `given`.
  mlir::FailureOr<const Halves *> halvesOf(mlir::func::FuncOp function,
                                           const llvm::BitVector &wanted,
                                           const llvm::BitVector &given);

  mlir::SymbolTable symbols;
  Recompute recompute;
  /// By the function's name and the bits of what is wanted and given.
  std::map<std::string, Halves> known;
};

} // namespace bertc

#endif // BERTC_PASSES_DIFFERENTIATE_DIFFERENTIATOR_H
