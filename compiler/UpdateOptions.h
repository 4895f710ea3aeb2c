//===- UpdateOptions.h - the optimiser of a training artifact -------------===//

#ifndef BERTC_COMPILER_UPDATEOPTIONS_H
#define BERTC_COMPILER_UPDATEOPTIONS_H

#include <limits>
#include <string>
#include <vector>

namespace bertc {

/// Options of bert-add-update; what is NaN is as the optimiser has it.
struct UpdateOptions {
  std::string optimizer; ///< empty: gradients alone
  double beta1 = std::numeric_limits<double>::quiet_NaN();
  double beta2 = std::numeric_limits<double>::quiet_NaN();
  double epsilon = std::numeric_limits<double>::quiet_NaN();
  double momentum = std::numeric_limits<double>::quiet_NaN();
  double maxNorm = std::numeric_limits<double>::quiet_NaN();
  bool nesterov = false;
  /// Globs over the checkpoint's names: parameters without weight decay. Empty:
  /// vectors have none.
  std::vector<std::string> noDecay;
};

} // namespace bertc

#endif // BERTC_COMPILER_UPDATEOPTIONS_H
