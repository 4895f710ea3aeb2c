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

/// A tensor of a checkpoint, under the name that it has there.
struct FoundTensor {
  std::string name;
  TensorInfo info;
};

/// The tensor `name`, which old files have under gamma or beta where it is
/// weight or bias of a LayerNorm.
std::optional<FoundTensor> findTensor(const ParameterCatalog &catalog,
                                      llvm::StringRef name);

/// A linear layer's or a LayerNorm's two tensors.
struct AffineParameters {
  bert::ParameterOp weight, bias;
};

/// Declares parameters in a module under canonical names: those that
/// transformers gives the bare model, without the prefix that the same tensors
/// have below a head. A head's own tensors have one name everywhere.
class Parameters {
public:
  /// `prefix` is the family's, "bert."; `probe` the canonical name of a tensor
  /// that every checkpoint has, which tells whether the prefix is used.
  Parameters(mlir::ModuleOp module, const ModelConfig &config,
             const ParameterCatalog &catalog, llvm::StringRef prefix,
             llvm::StringRef probe);

  bool has(llvm::StringRef name) const {
    return findTensor(catalog, nameInFile(name)).has_value();
  }
  /// The tensor's name in this checkpoint, were it there.
  std::string nameInFile(llvm::StringRef name) const {
    return prefix + name.str();
  }
  /// Adds a parameter; an error unless the checkpoint has floats of this shape.
  llvm::Expected<bert::ParameterOp> declare(llvm::StringRef name,
                                            llvm::ArrayRef<int64_t> shape);
  /// `name`.weight of this shape and `name`.bias, which has as many rows.
  llvm::Error declareAffine(llvm::StringRef name,
                            llvm::ArrayRef<int64_t> weightShape,
                            AffineParameters &place);
  /// "model.safetensors: tensor "..." is missing".
  llvm::Error missing(llvm::StringRef name) const;

  /// An error that names every tensor, of the affine parts `names` of a head,
  /// that the checkpoint lacks.
  llvm::Error requireHead(llvm::ArrayRef<llvm::StringRef> names) const;
  bool hasHeadTensor(llvm::StringRef name) const;
  llvm::Expected<bert::ParameterOp>
  declareHeadTensor(llvm::StringRef name, llvm::ArrayRef<int64_t> shape);
  llvm::Error declareHead(llvm::StringRef name,
                          llvm::ArrayRef<int64_t> weightShape,
                          AffineParameters &place);

private:
  using Declare = llvm::Expected<bert::ParameterOp> (Parameters::*)(
      llvm::StringRef, llvm::ArrayRef<int64_t>);
  llvm::Error declarePair(Declare declare, llvm::StringRef name,
                          llvm::ArrayRef<int64_t> weightShape,
                          AffineParameters &place);
  llvm::Expected<bert::ParameterOp> declare(llvm::StringRef name,
                                            const FoundTensor &found,
                                            llvm::ArrayRef<int64_t> shape);

  mlir::ModuleOp module;
  const ModelConfig &config;
  const ParameterCatalog &catalog;
  std::string prefix;
};

} // namespace bertc

#endif // BERTC_MODELS_PARAMETERS_H
