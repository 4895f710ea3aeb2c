//===- UpdateOptions.cpp --------------------------------------------------===//

#include "tools/bertc/UpdateOptions.h"

#include "passes/update/Optimizer.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <cmath>
#include <string>

using namespace bertc;
namespace po = boost::program_options;

namespace {

std::string names() {
  return llvm::join(optimizerNames().begin(), optimizerNames().end(), ", ");
}

} // namespace

void bertc::addUpdateOptions(CommandLine &line, UpdateOptions &options) {
  line.options.add_options()(
      "optimizer", po::value(&options.optimizer)->value_name("NAME"),
      ("one of " + names() +
       "; torch's AdamW, Google's of BERT and fairseq's, which correct their "
       "moments in other ways, Google's LAMB and NVIDIA's, torch's SGD")
          .c_str())("beta1", po::value(&options.beta1)->value_name("X"),
                    "decay of the first moment; 0.9")(
      "beta2", po::value(&options.beta2)->value_name("X"),
      "decay of the second moment; 0.999, of adamw-fairseq 0.98")(
      "epsilon", po::value(&options.epsilon)->value_name("X"),
      "what is added to the second moment's root; 1e-8 of adamw, 1e-6 of all "
      "others")("momentum", po::value(&options.momentum)->value_name("X"),
                "of sgd; 0")("nesterov", po::bool_switch(&options.nesterov),
                             "sgd looks ahead along its momentum")(
      "max-norm", po::value(&options.maxNorm)->value_name("X"),
      "gradients are scaled down where all of them together have a larger "
      "norm; 0 leaves them, the default but of LAMB: 1")(
      "no-decay", po::value(&options.noDecay)->value_name("PATTERN"),
      "parameters without weight decay, by a glob over their names; may be "
      "repeated. Without it vectors have none: biases and LayerNorms");
}

std::optional<int> bertc::checkUpdateOptions(const CommandLine &line,
                                             const UpdateOptions &options) {
  for (const char *name : {"beta1", "beta2", "epsilon", "momentum", "max-norm",
                           "no-decay", "optimizer"})
    if (line.has(name) && options.optimizer.empty())
      return line.usageError(std::string("--") + name +
                             " goes with --optimizer NAME");
  if (options.nesterov && options.optimizer.empty())
    return line.usageError("--nesterov goes with --optimizer NAME");
  if (!options.optimizer.empty() &&
      !llvm::is_contained(optimizerNames(), options.optimizer))
    return line.usageError("--optimizer " + options.optimizer + " is none of " +
                           names());
  struct Number {
    const char *name;
    double value;
  };
  for (const Number &number :
       {Number{"beta1", options.beta1}, Number{"beta2", options.beta2},
        Number{"epsilon", options.epsilon},
        Number{"momentum", options.momentum},
        Number{"max-norm", options.maxNorm}})
    if (line.has(number.name) && !std::isfinite(number.value))
      return line.usageError(std::string("--") + number.name +
                             " is not finite");
  return std::nullopt;
}
