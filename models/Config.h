//===- Config.h - a model's config.json -----------------------------------===//

#ifndef BERTC_MODELS_CONFIG_H
#define BERTC_MODELS_CONFIG_H

#include "dialect/BertOps.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bertc {

/// What config.json says, checked: sizes are positive and small enough that no
/// product of two of them overflows, heads divide the hidden size.
struct ModelConfig {
  std::string path;   ///< of the file, for messages
  std::string family; ///< model_type
  int64_t vocabSize = 0;
  int64_t typeVocabSize = 0; ///< 0: no token types
  int64_t positionRows = 0;  ///< of the position table
  int64_t hiddenSize = 0;
  int64_t embeddingSize = 0; ///< columns of the embeddings
  int64_t numLayers = 0;
  int64_t numHeads = 0;
  int64_t intermediateSize = 0;
  int64_t numGroups = 1, innerGroups = 1; ///< of layers: ALBERT
  int64_t padTokenId = 0;
  /// Position id of a sequence's first token; with `positionsCounted`, padding
  /// is not counted and has the position of its id.
  int64_t positionOffset = 0;
  bool positionsCounted = false;
  double layerNormEpsilon = 0;
  bert::Activation activation = bert::Activation::gelu;
  bool tieWordEmbeddings = true;
  bool sinusoidalPositions = false; ///< what a fresh position table holds
  std::vector<std::string> labels;
  std::string problemType; ///< "" where it is not stated
  std::vector<std::string> architectures;

  /// The longest sequence, in tokens.
  int64_t maxPositions() const { return positionRows - positionOffset; }

  /// Errors are one line that starts with the path.
  static llvm::Expected<ModelConfig> read(llvm::StringRef path);
  static llvm::Expected<ModelConfig> parse(llvm::StringRef text,
                                           llvm::StringRef path);
};

} // namespace bertc

#endif // BERTC_MODELS_CONFIG_H
