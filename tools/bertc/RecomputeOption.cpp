//===- RecomputeOption.cpp ------------------------------------------------===//

#include "tools/bertc/RecomputeOption.h"

#include "passes/differentiate/Halves.h"

#include "llvm/ADT/StringExtras.h"

using namespace bertc;

std::optional<int> bertc::checkRecompute(const CommandLine &line,
                                         const std::string &policy) {
  if (recomputeFromName(policy))
    return std::nullopt;
  return line.usageError("--recompute " + policy + " is none of " +
                         llvm::join(recomputeNames(), ", "));
}
