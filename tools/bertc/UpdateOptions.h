//===- UpdateOptions.h - options of optimisers ----------------------------===//

#ifndef BERTC_TOOLS_BERTC_UPDATEOPTIONS_H
#define BERTC_TOOLS_BERTC_UPDATEOPTIONS_H

#include "compiler/UpdateOptions.h"
#include "tools/bertc/CommandLine.h"

#include <optional>

namespace bertc {

/// Declares them on a command line, to be parsed into `options`.
void addUpdateOptions(CommandLine &line, UpdateOptions &options);

/// The exit code where one of them was given that goes with no optimiser;
/// nothing where all is well.
std::optional<int> checkUpdateOptions(const CommandLine &line,
                                      const UpdateOptions &options);

} // namespace bertc

#endif // BERTC_TOOLS_BERTC_UPDATEOPTIONS_H
