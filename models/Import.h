//===- Import.h - from config.json and tensor names to a module -----------===//

#ifndef BERTC_MODELS_IMPORT_H
#define BERTC_MODELS_IMPORT_H

#include "models/Config.h"
#include "models/ParameterCatalog.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace bertc {

enum class SentencePooling { mean, firstToken };

struct ImportOptions {
  /// "encode": last_hidden_state, and pooler_output where the checkpoint has a
  /// pooler; "embed": embedding.
  std::string task = "encode";
  /// Outputs that must exist; the module has all of the task's, and
  /// bert-drop-dead-outputs drops the others.
  std::vector<std::string> outputs;
  /// For "embed".
  SentencePooling pooling = SentencePooling::mean;
  bool normalize = false;
};

/// Builds the module of a checkpoint in stage `bert`. Loads the dialects it
/// uses. Errors are one line: the file, what is wrong, what was expected.
llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>>
importModel(mlir::MLIRContext &context, const ModelConfig &config,
            const ParameterCatalog &catalog, const ImportOptions &options);

} // namespace bertc

#endif // BERTC_MODELS_IMPORT_H
