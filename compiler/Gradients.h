//===- Gradients.h - a model's loss and its gradients ---------------------===//

#ifndef BERTC_COMPILER_GRADIENTS_H
#define BERTC_COMPILER_GRADIENTS_H

#include "compiler/GradientOptions.h"
#include "compiler/Labels.h"
#include "compiler/Model.h"
#include "compiler/Reference.h"
#include "compiler/UpdateOptions.h"
#include "runtime/run/Batch.h"

#include "llvm/Support/Error.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bertc {

/// Makes the entry of an imported module compute its loss, as transformers does
/// in training mode without dropout, and the loss's gradient by each parameter
/// that it depends on, under the name of its tensor in the checkpoint; all
/// other outputs go. With `realLabels` labels are floats (LossOptions);
/// `inSeveralRuns` gives each loss a weight (bert-weigh-losses).
llvm::Error addGradients(mlir::ModuleOp module, const GradientOptions &options,
                         bool realLabels, bool inSeveralRuns);

/// Keeps the entry of an imported module, without dropout, beside what
/// addGradients makes of it.
llvm::Error addEvaluation(mlir::ModuleOp module);

/// Makes the parameters with gradients states of a session, the gradients sums
/// over the runs of a step, and adds the optimiser's step where there is one.
llvm::Error addUpdate(mlir::ModuleOp module, const UpdateOptions &options);

/// What addGradients makes `model` compute on a batch, in f64, by the reference
/// interpreter. A model that was opened with dropout draws its numbers by
/// `dropoutKey`; an error where there is a key and the model drops nothing.
llvm::Expected<std::vector<NamedReference>>
computeGradients(Model &model, run::Batch batch, const Labels &labels,
                 const GradientOptions &options,
                 std::optional<uint64_t> dropoutKey);

/// The same of an artifact that was compiled with gradients, natively.
llvm::Expected<std::vector<NamedReference>>
computeGradients(const bertc_model *model, run::Batch batch,
                 const Labels &labels, int64_t threads,
                 std::optional<uint64_t> dropoutKey);

} // namespace bertc

#endif // BERTC_COMPILER_GRADIENTS_H
