//===- Halves.h - what is saved and what is recomputed --------------------===//

#ifndef BERTC_PASSES_DIFFERENTIATE_HALVES_H
#define BERTC_PASSES_DIFFERENTIATE_HALVES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Block.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

#include <optional>

namespace bertc {

/// What a backward pass computes again instead of taking it from memory. The
/// results have the same bits either way.
/// In the order of recomputeNames.
enum class Recompute {
  none,  ///< all that it reads is saved
  cheap, ///< ops without products, where their operands are there anyway
  layer  ///< whole functions, from their arguments
};

/// The names on the command line, what costs most memory and least time first.
llvm::ArrayRef<llvm::StringRef> recomputeNames();
/// By its name, "recompute-cheap".
std::optional<Recompute> recomputeFromName(llvm::StringRef name);

/// A function's forward and backward pass.
struct Halves {
  /// Gives the function's results, and then what `backward` reads of it.
  mlir::func::FuncOp forward;
  /// Takes some arguments of the function, what `forward` saved, and gradients
  /// of results; gives gradients of arguments.
  mlir::func::FuncOp backward;
  llvm::SmallVector<unsigned> arguments; ///< that `backward` takes
  unsigned numSaved = 0;
  /// The result of `backward` that is the gradient of an argument, -1: none.
  llvm::SmallVector<int> gradientOf;
};

/// Makes two functions of a joint one. `forward` is a function as it was but
/// for its calls, `backward` has a block argument for each gradient that it is
/// given and reads values of `forward`; `gradients` are the values of
/// either that it returns, for each argument of the function, null for none.
/// `forward` becomes part of the module with a name of its own.
Halves makeHalves(mlir::func::FuncOp forward, mlir::Block &backward,
                  llvm::ArrayRef<mlir::Value> gradients, Recompute recompute,
                  mlir::SymbolTable &symbols);

} // namespace bertc

#endif // BERTC_PASSES_DIFFERENTIATE_HALVES_H
