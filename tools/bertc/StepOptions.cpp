//===- StepOptions.cpp ----------------------------------------------------===//

#include "tools/bertc/StepOptions.h"

#include "llvm/ADT/STLExtras.h"

#include <string>

using namespace bertc;
namespace po = boost::program_options;

void bertc::addStepOptions(CommandLine &line, StepOptions &options) {
  line.options.add_options()(
      "tokens", po::value(&options.tokens)->value_name("N"),
      "tokens of the largest step of training, without padding; 1024")(
      "sequences", po::value(&options.sequences)->value_name("N"),
      "its sequences; 8")(
      "selected", po::value(&options.selected)->value_name("N"),
      "its tokens whose words are learned from, where the host selects them "
      "(bertc_select); all by default")(
      "threads", po::value(&options.threads)->value_name("N"),
      "that it runs on; all CPUs by default");
}

bool bertc::hasStepOptions(const CommandLine &line) {
  return llvm::any_of(llvm::ArrayRef<const char *>{"tokens", "sequences",
                                                   "selected", "threads"},
                      [&](const char *name) { return line.has(name); });
}

std::optional<int> bertc::checkStepOptions(const CommandLine &line,
                                           const StepOptions &options) {
  const StepSize size = options.size();
  if (size.selected > size.tokens)
    return line.usageError("--selected " + std::to_string(size.selected) +
                           " is more than --tokens " +
                           std::to_string(size.tokens));
  if (stepBytes({}, size) < 0)
    return line.usageError("no session takes " + sizeText(size));
  return std::nullopt;
}
