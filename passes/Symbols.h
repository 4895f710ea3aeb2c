//===- Symbols.h - who uses a module's functions and parameters -----------===//

#ifndef BERTC_PASSES_SYMBOLS_H
#define BERTC_PASSES_SYMBOLS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringRef.h"

#include <optional>

namespace mlir {
class SymbolTable;
} // namespace mlir

namespace bertc {

namespace bert {
class GetParameterOp;
class ParameterOp;
} // namespace bert

/// What follows a weight's name in that of the parameter which scales the
/// inputs of its products (bert-scale-inputs).
inline constexpr llvm::StringLiteral inputScaleSuffix = ".input_scale";

/// The function with `bert.entry`, or null.
mlir::func::FuncOp findEntry(mlir::ModuleOp module);

/// The function with `bert.update`, or null.
mlir::func::FuncOp findUpdate(mlir::ModuleOp module);

/// The function with `bert.evaluation`, or null.
mlir::func::FuncOp findEvaluation(mlir::ModuleOp module);

/// The name that `bert.name` gives an argument or a result; "" without one.
llvm::StringRef nameOf(mlir::DictionaryAttr attributes);

/// The argument of this name, or null.
mlir::Value findArgument(mlir::func::FuncOp function, llvm::StringRef name);

/// All calls of a function whose arguments and results a pass may change;
/// nothing where it is public or used in other ways.
std::optional<llvm::SmallVector<mlir::func::CallOp>>
findCalls(mlir::func::FuncOp function);

/// Whether calls lead from the function back to it.
bool isRecursive(mlir::func::FuncOp function);

/// The parameter that has the values of the one that is read, which may be tied
/// to it.
bert::ParameterOp valuesOf(const mlir::SymbolTable &symbols,
                           bert::GetParameterOp get);

/// The name of the parameter's tensor in a checkpoint.
llvm::StringRef tensorName(bert::ParameterOp parameter);

/// What bert.concat makes a weight of, or the weight itself.
llvm::SmallVector<mlir::Value> partsOf(mlir::Value weight);

/// Erases parameters that no op reads, neither directly nor as a source.
void eraseUnusedParameters(mlir::ModuleOp module);

} // namespace bertc

#endif // BERTC_PASSES_SYMBOLS_H
