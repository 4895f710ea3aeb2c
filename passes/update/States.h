//===- States.h - arguments and results that are states -------------------===//
//
// A state is told by `bert.name` and `bert.role` (ProgramLayout.h's StateRole).
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_PASSES_UPDATE_STATES_H
#define BERTC_PASSES_UPDATE_STATES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/StringRef.h"

namespace bertc {

mlir::DictionaryAttr describeState(mlir::MLIRContext *context,
                                   llvm::StringRef name, llvm::StringRef role);

/// A further argument of the function, which is that state.
mlir::Value addStateArgument(mlir::func::FuncOp function, llvm::StringRef name,
                             llvm::StringRef role, mlir::Type type);

} // namespace bertc

#endif // BERTC_PASSES_UPDATE_STATES_H
