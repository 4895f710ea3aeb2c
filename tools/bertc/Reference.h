//===- Reference.h - a model run by the reference interpreter -------------===//

#ifndef BERTC_TOOLS_BERTC_REFERENCE_H
#define BERTC_TOOLS_BERTC_REFERENCE_H

#include "compiler/Model.h"
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

/// Runs the entry function of a model as imported on the batch's tokens.
llvm::Expected<std::vector<NamedReference>>
runReference(const Model &model, const run::Batch &batch,
             const ValueHook &hook = {});

} // namespace bertc

#endif // BERTC_TOOLS_BERTC_REFERENCE_H
