//===- Bert.h - BERT as transformers 5.17 defines it ----------------------===//
//
// models/bert/modeling_bert.py: post-LayerNorm encoder, embeddings of words,
// positions (counted from 0) and token types, an optional pooler.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_MODELS_BERT_H
#define BERTC_MODELS_BERT_H

#include "models/Builder.h"
#include "models/Parameters.h"

#include "mlir/IR/Value.h"
#include "llvm/Support/Error.h"

#include <optional>

namespace bertc {

class BertModel {
public:
  /// The arguments of the entry function that the model reads.
  struct Inputs {
    mlir::Value ids, positions, types, offsets;
  };

  /// Declares all parameters in `module`, and the function of a layer.
  static llvm::Expected<BertModel> declare(mlir::ModuleOp module,
                                           const ModelConfig &config,
                                           const ParameterCatalog &catalog);

  /// An error that names the tensor for which there is no pooler; success when
  /// there is one.
  llvm::Error requirePooler() const;
  bool hasPooler() const { return pooler.has_value(); }

  /// The last hidden state, built where `b` stands.
  mlir::Value encode(EncoderBuilder &b, const Inputs &inputs) const;
  mlir::Value pool(EncoderBuilder &b, mlir::Value hidden,
                   mlir::Value offsets) const;

private:
  /// A linear's or a LayerNorm's two tensors.
  struct Affine {
    bert::ParameterOp weight, bias;
  };

  BertModel(mlir::ModuleOp module, const ModelConfig &config,
            const ParameterCatalog &catalog);
  llvm::Error declareParameters();
  llvm::Error declareAffine(llvm::StringRef name,
                            llvm::ArrayRef<int64_t> weightShape, Affine &place);
  void defineLayer();

  const ModelConfig *config;
  mlir::ModuleOp module;
  Parameters parameters;
  bert::ParameterOp words, positions, types;
  Affine embeddingNorm;
  /// In the order of the layer function's arguments.
  llvm::SmallVector<llvm::SmallVector<Affine, 8>> layers;
  std::optional<Affine> pooler;
  mlir::func::FuncOp layer;
};

} // namespace bertc

#endif // BERTC_MODELS_BERT_H
