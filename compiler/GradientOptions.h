//===- GradientOptions.h - which gradients, and what is kept for them -----===//

#ifndef BERTC_COMPILER_GRADIENTOPTIONS_H
#define BERTC_COMPILER_GRADIENTOPTIONS_H

#include <string>
#include <vector>

namespace bertc {

struct GradientOptions {
  /// Globs over the checkpoint's names: parameters without gradients.
  std::vector<std::string> freeze;
  std::string recompute = "recompute-cheap"; ///< bert-differentiate's policy
};

} // namespace bertc

#endif // BERTC_COMPILER_GRADIENTOPTIONS_H
