//===- Semantics.h - --interpret, --verify-semantics, --verify-gradients --===//

#ifndef BERTC_TOOLS_BERT_OPT_SEMANTICS_H
#define BERTC_TOOLS_BERT_OPT_SEMANTICS_H

#include "tools/bert-opt/RandomTensors.h"

#include "mlir/IR/DialectRegistry.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/LogicalResult.h"

#include <string>

namespace bertc {

struct SemanticsOptions {
  bool interpret = false;
  bool verify = false;
  bool verifyGradients = false;
  std::string function; ///< empty: the entry, or every public function
  std::string inputs;   ///< module with @inputs; empty: random inputs
  double tolerance = 0;
  RandomSizes random;
};

/// Reads modules from `input`, runs the passes of the command line and
/// interprets; verifying alone writes the IR after the passes to `output`, as
/// mlir-opt does, so that a test can look at both.
llvm::LogicalResult runSemantics(llvm::StringRef input, llvm::StringRef output,
                                 mlir::DialectRegistry &registry,
                                 const SemanticsOptions &options);

} // namespace bertc

#endif // BERTC_TOOLS_BERT_OPT_SEMANTICS_H
