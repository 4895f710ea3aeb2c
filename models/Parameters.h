//===- Parameters.h - a checkpoint's tensors as bert.parameter ------------===//

#ifndef BERTC_MODELS_PARAMETERS_H
#define BERTC_MODELS_PARAMETERS_H

#include "dialect/BertOps.h"
#include "models/Config.h"
#include "models/ParameterCatalog.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <optional>
#include <string>

namespace bertc {

/// Declares parameters in a module under canonical names: those that
/// transformers gives the bare model, without the prefix that the same tensors
/// have below a head.
class Parameters {
public:
  /// `prefix` is the family's, "bert."; `probe` the canonical name of a tensor
  /// that every checkpoint has, which tells whether the prefix is used.
  Parameters(mlir::ModuleOp module, const ModelConfig &config,
             const ParameterCatalog &catalog, llvm::StringRef prefix,
             llvm::StringRef probe);

  bool has(llvm::StringRef name) const { return find(name).has_value(); }
  /// The tensor's name in this checkpoint, were it there.
  std::string nameInFile(llvm::StringRef name) const {
    return prefix + name.str();
  }
  /// Adds a parameter; an error unless the checkpoint has floats of this shape.
  llvm::Expected<bert::ParameterOp> declare(llvm::StringRef name,
                                            llvm::ArrayRef<int64_t> shape);
  /// "model.safetensors: tensor "..." is missing".
  llvm::Error missing(llvm::StringRef name) const;

private:
  struct Found {
    std::string name;
    TensorInfo info;
  };
  std::optional<Found> find(llvm::StringRef name) const;

  mlir::ModuleOp module;
  const ModelConfig &config;
  const ParameterCatalog &catalog;
  std::string prefix;
};

} // namespace bertc

#endif // BERTC_MODELS_PARAMETERS_H
