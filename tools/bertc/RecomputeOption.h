//===- RecomputeOption.h - what a backward pass computes again ------------===//

#ifndef BERTC_TOOLS_BERTC_RECOMPUTEOPTION_H
#define BERTC_TOOLS_BERTC_RECOMPUTEOPTION_H

#include "tools/bertc/CommandLine.h"

#include <optional>
#include <string>

namespace bertc {

/// The exit code where --recompute names no policy; nothing where it does.
std::optional<int> checkRecompute(const CommandLine &line,
                                  const std::string &policy);

} // namespace bertc

#endif // BERTC_TOOLS_BERTC_RECOMPUTEOPTION_H
