//===- Gradients.h - a model's loss and its gradients ---------------------===//

#ifndef BERTC_COMPILER_GRADIENTS_H
#define BERTC_COMPILER_GRADIENTS_H

#include "compiler/Labels.h"
#include "compiler/Model.h"
#include "compiler/Reference.h"
#include "runtime/run/Batch.h"

#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace bertc {

struct GradientOptions {
  /// Globs over the checkpoint's names: parameters without gradients.
  std::vector<std::string> freeze;
  std::string recompute = "recompute-cheap"; ///< bert-differentiate's policy
};

/// The loss of `model` on a batch, as transformers computes it in training mode
/// without dropout, and its gradient by each parameter that it depends on under
/// the name of its tensor in the checkpoint; in f64, by the reference
/// interpreter. `model` gets the loss and loses its other outputs.
llvm::Expected<std::vector<NamedReference>>
computeGradients(Model &model, run::Batch batch, const Labels &labels,
                 const GradientOptions &options);

} // namespace bertc

#endif // BERTC_COMPILER_GRADIENTS_H
