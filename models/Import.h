//===- Import.h - from config.json and tensor names to a module -----------===//

#ifndef BERTC_MODELS_IMPORT_H
#define BERTC_MODELS_IMPORT_H

#include "models/Config.h"
#include "models/Heads.h"
#include "models/ParameterCatalog.h"
#include "models/Task.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bertc {

struct ImportOptions {
  Task task = Task::encode;
  /// Outputs that must exist; the module has all of the task's, and
  /// bert-drop-dead-outputs drops the others. "attentions", or one of them such
  /// as "attentions.0", adds the attention maps of every layer; "hidden_states"
  /// the embeddings, "hidden_states.0", and what each layer makes.
  std::vector<std::string> outputs;
  SentenceOptions sentence; ///< for Task::embed
  /// Whether the model drops what learning does, at config.json's rates. The
  /// entry has two more arguments then, behind the others (Dropout.h).
  bool dropout = false;
};

/// Builds the module of a checkpoint in stage `bert`. Loads the dialects it
/// uses. Errors are one line: the file, what is wrong, what was expected.
llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>>
importModel(mlir::MLIRContext &context, const ModelConfig &config,
            const ParameterCatalog &catalog, const ImportOptions &options);

/// The layers that the checkpoint has, at least those of config.json, which may
/// ask for the first ones alone. ALBERT's share their parameters: none is over.
int64_t layersInCheckpoint(const ModelConfig &config,
                           const ParameterCatalog &catalog);

} // namespace bertc

#endif // BERTC_MODELS_IMPORT_H
