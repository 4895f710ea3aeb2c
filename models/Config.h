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

/// Which part of the elements at a site is dropped while the model learns; 0
/// where config.json says so, or the family has no such site.
struct DropoutRates {
  double embeddings = 0; ///< normalised
  double weights = 0;    ///< of attention
  double attended = 0;   ///< what attention's last linear layer makes
  double outer = 0;      ///< what the feed-forward block makes
  /// What the layers of a classifier of sequences read.
  struct Classifier {
    double dense = 0, logits = 0;
  };
  Classifier sequence, choice;
  /// What the linear layer of another head reads.
  double token = 0, answer = 0, relation = 0;
};

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
  DropoutRates dropout;
  /// What is wrong with the rates, a line; only learning needs them.
  std::string dropoutProblem;
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
