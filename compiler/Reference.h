//===- Reference.h - a model run by the reference interpreter -------------===//

#ifndef BERTC_COMPILER_REFERENCE_H
#define BERTC_COMPILER_REFERENCE_H

#include "compiler/Model.h"
#include "compiler/PackedInputs.h"
#include "dialect/reference/Interpreter.h"
#include "runtime/run/Batch.h"

#include "llvm/Support/Error.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bertc {

/// A result of the entry function, rows packed.
struct NamedReference {
  std::string name;
  ReferenceTensor values;
};

/// Runs the entry function of a module with the values of its parameters.
llvm::Expected<std::vector<NamedReference>>
runReference(mlir::ModuleOp module, const ModuleParameters &parameters,
             const PackedInputs &inputs, const ValueHook &hook = {});

/// The same on the batch's tokens.
llvm::Expected<std::vector<NamedReference>>
runReference(mlir::ModuleOp module, const ModuleParameters &parameters,
             const run::Batch &batch, const ValueHook &hook = {});

/// The same of a model as imported.
inline llvm::Expected<std::vector<NamedReference>>
runReference(const Model &model, const run::Batch &batch,
             const ValueHook &hook = {}) {
  return runReference(model.module.get(), *model.parameters, batch, hook);
}

} // namespace bertc

#endif // BERTC_COMPILER_REFERENCE_H
