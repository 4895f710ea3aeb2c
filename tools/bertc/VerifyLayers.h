//===- VerifyLayers.h - bertc verify --layers -----------------------------===//

#ifndef BERTC_TOOLS_BERTC_VERIFYLAYERS_H
#define BERTC_TOOLS_BERTC_VERIFYLAYERS_H

#include "compiler/Model.h"
#include "compiler/Reference.h"
#include "runtime/run/Execute.h"

#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace bertc {

/// The outputs that --layers is about.
inline constexpr char hiddenStates[] = "hidden_states";

/// An artifact and its model, after both have run the same tokens.
struct VerifiedRun {
  std::string artifactPath, modelPath;
  const bertc_model *artifact;
  /// Opened with `hiddenStates` among its outputs.
  const Model &model;
  const run::Batch &batch;
  int64_t threads; ///< of the artifact's run
  const std::vector<run::Output> &outputs;
  const std::vector<NamedReference> &expected;
};

/// Prints how far each layer's hidden states are from the reference's, and how
/// far they would be had the layer read the artifact's states in f64. Where the
/// artifact does not give the states, its model is compiled again for them.
llvm::Error reportLayers(const VerifiedRun &run);

} // namespace bertc

#endif // BERTC_TOOLS_BERTC_VERIFYLAYERS_H
