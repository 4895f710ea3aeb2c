//===- Interpreter.h - runs a function of the bert dialect in f64 ---------===//

#ifndef BERTC_DIALECT_REFERENCE_INTERPRETER_H
#define BERTC_DIALECT_REFERENCE_INTERPRETER_H

#include "dialect/reference/ReferenceTensor.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <functional>
#include <optional>
#include <vector>

namespace bertc {

namespace bert {
class ParameterOp;
} // namespace bert

/// The values of a plain parameter: one without `sources` and `tied_to`.
using ParameterReader =
    std::function<llvm::Expected<ReferenceTensor>(bert::ParameterOp)>;

/// A reader for modules whose parameters carry their `value`; an error for one
/// that does not.
ParameterReader inlineParameters();

/// Told of each value that an op of the function makes, but not of those in
/// functions it calls. What the hook returns stands in the value's place from
/// there on.
using ValueHook = std::function<std::optional<ReferenceTensor>(
    mlir::Value, const ReferenceTensor &)>;

/// Runs `function` of `module` on `inputs`, one for each argument, and returns
/// its results. Calls run the callee; derived parameters are made from their
/// sources. An op without a meaning, or a value outside its domain, is an error
/// that names the op.
llvm::Expected<std::vector<ReferenceTensor>>
interpret(mlir::ModuleOp module, llvm::StringRef function,
          llvm::ArrayRef<ReferenceTensor> inputs,
          const ParameterReader &parameters, const ValueHook &hook = {});

} // namespace bertc

#endif // BERTC_DIALECT_REFERENCE_INTERPRETER_H
