//===- Encoder.h - embeddings and layers of any family --------------------===//

#ifndef BERTC_MODELS_ENCODER_H
#define BERTC_MODELS_ENCODER_H

#include "models/Builder.h"
#include "models/Dropout.h"
#include "models/Family.h"
#include "models/Parameters.h"

#include "mlir/IR/Value.h"
#include "llvm/Support/Error.h"

#include <optional>

namespace bertc {

/// A post-LayerNorm encoder: embeddings, their sum normalised, a projection
/// where the family has one, then its layers, of which each is a call of one
/// private function.
class Encoder {
public:
  /// The arguments of the entry function that the model reads.
  struct Inputs {
    mlir::Value ids, positions, types, offsets;
    Dropout dropout; ///< of the model's sites
  };

  /// What the layers make.
  struct Outputs {
    /// The embeddings, as the first layer reads them, and what each layer
    /// makes.
    llvm::SmallVector<mlir::Value> hiddenStates;
    /// bert.attention_probs of each layer; none unless they were asked for.
    llvm::SmallVector<mlir::Value> attentions;
  };

  /// Of the function of a layer.
  struct LayerOptions {
    bool attentions = false; ///< it returns its attention maps too
    bool dropout = false;    ///< it drops, where config.json says so
  };

  /// Declares all parameters, and the function of a layer.
  static llvm::Expected<Encoder> declare(mlir::ModuleOp module,
                                         const ModelConfig &config,
                                         const FamilyNames &names,
                                         const LayerOptions &options,
                                         Parameters &parameters);

  /// Built where `b` stands.
  Outputs build(EncoderBuilder &b, const Inputs &inputs) const;
  /// The table of the words, which decoders are tied to.
  bert::ParameterOp wordTable() const { return words; }

private:
  Encoder(mlir::ModuleOp module, const ModelConfig &config)
      : module(module), config(&config) {}
  llvm::Error declareParameters(const FamilyNames &names,
                                Parameters &parameters);
  void defineLayer(const LayerOptions &options);

  mlir::ModuleOp module;
  const ModelConfig *config;
  bert::ParameterOp words, types, positions;
  AffineParameters embeddingNorm;
  std::optional<AffineParameters> projection;
  /// In the order of the layer function's arguments.
  llvm::SmallVector<llvm::SmallVector<AffineParameters, 8>> layers;
  mlir::func::FuncOp layer;
  bool layerDrops = false; ///< its function takes a key and sequence ids
};

} // namespace bertc

#endif // BERTC_MODELS_ENCODER_H
