//===- Model.h - MODEL of the command line, opened ------------------------===//

#ifndef BERTC_COMPILER_MODEL_H
#define BERTC_COMPILER_MODEL_H

#include "compiler/ModuleParameters.h"
#include "compiler/TokenizerUse.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <memory>
#include <string>
#include <vector>

namespace bertc {

/// A context with the dialects that models and their stages are written in.
std::unique_ptr<mlir::MLIRContext> makeContext();

struct OpenOptions {
  /// Of a folder; "" takes what config.json's `architectures` says. A .mlir
  /// file is what it is.
  std::string task;
  /// Outputs that the model must have; "attentions" means those of all layers.
  std::vector<std::string> outputs;
  TokenizerUse tokenizer = TokenizerUse::ifPresent;
  bool dropout = false; ///< as ImportOptions::dropout; of folders
};

struct Model {
  /// The entry function as imported: stage `bert`.
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::unique_ptr<ModuleParameters> parameters;
  /// The results that OpenOptions::outputs meant, in their order; empty: all.
  std::vector<std::string> outputs;
  /// To embed; empty where the folder has no vocabulary.
  std::string tokenizer;
  /// What is odd about the folder and no error, one line each.
  std::vector<std::string> warnings;

  /// Opens a Hugging Face folder or a .mlir file. Every parameter has a value
  /// afterwards.
  static llvm::Expected<Model> open(mlir::MLIRContext &context,
                                    llvm::StringRef path,
                                    const OpenOptions &options = {});
};

} // namespace bertc

#endif // BERTC_COMPILER_MODEL_H
