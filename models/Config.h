//===- Config.h - a model's config.json -----------------------------------===//

#ifndef BERTC_MODELS_CONFIG_H
#define BERTC_MODELS_CONFIG_H

#include "dialect/BertOps.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <string>

namespace bertc {

/// What config.json says, checked: sizes are positive and small enough that no
/// product of two of them overflows, heads divide the hidden size.
struct ModelConfig {
  std::string path; ///< of the file, for messages
  std::string family;
  int64_t vocabSize = 0;
  int64_t typeVocabSize = 0;
  int64_t maxPositions = 0;
  int64_t hiddenSize = 0;
  int64_t numLayers = 0;
  int64_t numHeads = 0;
  int64_t intermediateSize = 0;
  int64_t padTokenId = 0;
  double layerNormEpsilon = 0;
  bert::Activation activation = bert::Activation::gelu;

  /// Errors are one line that starts with the path.
  static llvm::Expected<ModelConfig> read(llvm::StringRef path);
  static llvm::Expected<ModelConfig> parse(llvm::StringRef text,
                                           llvm::StringRef path);
};

} // namespace bertc

#endif // BERTC_MODELS_CONFIG_H
