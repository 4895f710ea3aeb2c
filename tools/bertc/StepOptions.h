//===- StepOptions.h - options that say how large a step is ---------------===//

#ifndef BERTC_TOOLS_BERTC_STEPOPTIONS_H
#define BERTC_TOOLS_BERTC_STEPOPTIONS_H

#include "compiler/StepMemory.h"
#include "tools/bertc/CommandLine.h"

#include <optional>

namespace bertc {

/// --tokens, --sequences, --selected and --threads.
struct StepOptions {
  Count tokens{1024}, sequences{8}, selected{0};
  ThreadCount threads = ThreadCount::all();

  /// All tokens are selected where it is not said how many.
  StepSize size() const {
    return {tokens, sequences, selected > 0 ? selected : tokens, threads};
  }
};

/// Declares them on a command line, to be parsed into `options`.
void addStepOptions(CommandLine &line, StepOptions &options);

/// Whether one of them was given.
bool hasStepOptions(const CommandLine &line);

/// The exit code where no session takes steps of that size; nothing where all
/// is well.
std::optional<int> checkStepOptions(const CommandLine &line,
                                    const StepOptions &options);

} // namespace bertc

#endif // BERTC_TOOLS_BERTC_STEPOPTIONS_H
