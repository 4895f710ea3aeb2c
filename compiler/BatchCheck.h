//===- BatchCheck.h - whether a model takes a batch -----------------------===//

#ifndef BERTC_COMPILER_BATCHCHECK_H
#define BERTC_COMPILER_BATCHCHECK_H

#include "compiler/Facts.h"
#include "runtime/run/Batch.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace bertc {

/// An error that names `file` and the place for a token whose id or type the
/// model does not have, and for a sequence without tokens or with too many:
/// what the runtime checks of a batch, for those that the interpreter runs.
llvm::Error checkBatch(llvm::StringRef file, const run::Batch &batch,
                       const ModelFacts &facts);

} // namespace bertc

#endif // BERTC_COMPILER_BATCHCHECK_H
