//===- Interpreter.h - runs a function of the bert dialect in f64 ---------===//

#ifndef BERTC_DIALECT_REFERENCE_INTERPRETER_H
#define BERTC_DIALECT_REFERENCE_INTERPRETER_H

#include "dialect/reference/ReferenceTensor.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <functional>
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

/// Runs `function` of `module` on `inputs`, one for each argument, and returns
/// its results. Calls run the callee; derived parameters are made from their
/// sources. An op without a meaning, or a value outside its domain, is an error
/// that names the op.
llvm::Expected<std::vector<ReferenceTensor>>
interpret(mlir::ModuleOp module, llvm::StringRef function,
          llvm::ArrayRef<ReferenceTensor> inputs,
          const ParameterReader &parameters);

} // namespace bertc

#endif // BERTC_DIALECT_REFERENCE_INTERPRETER_H
