//===- Family.h - what tells one encoder family from another --------------===//
//
// All families are post-LayerNorm encoders of the same blocks (Encoder.h,
// Heads.h). They differ in the names of their tensors, in the fields of
// config.json and in a few choices; a family's file states these and nothing
// else. Source of all names: transformers 5.24, models/FAMILY/modeling_*.py.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_MODELS_FAMILY_H
#define BERTC_MODELS_FAMILY_H

#include "models/Config.h"
#include "models/ConfigReader.h"
#include "models/Task.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>
#include <vector>

namespace bertc {

/// Names of a layer's affine parts, below the layer's own name.
struct LayerNames {
  llvm::StringRef query, key, value, attended, attendedNorm;
  llvm::StringRef inner, outer, outerNorm;
};

/// A linear layer over x, or over activation(dense(x)), for labels.
struct ClassifierNames {
  /// Over pooler_output, else over the first token's hidden state.
  bool pooled = true;
  llvm::StringRef dense = ""; ///< none when empty
  bert::Activation activation = bert::Activation::none;
  llvm::StringRef out;
};

/// norm(activation(dense(x))) decoderT + bias, for the vocabulary.
struct VocabularyNames {
  llvm::StringRef dense, norm, decoder;
  /// What the decoder's bias is tied to, like its weight to the words; none
  /// when empty.
  llvm::StringRef bias;
  /// The activation; config.json's where there is none.
  std::optional<bert::Activation> activation = std::nullopt;
};

/// Whether two segments belong together, over pooler_output.
struct RelationNames {
  llvm::StringRef linear; ///< none when empty
  llvm::StringRef output; ///< transformers' name of the logits
  bool labels = false;    ///< as many rows as labels, else 2
};

/// Names of tensors. Those of the bare model come after the family's prefix in
/// checkpoints with a head, and stand alone in others; heads have none.
struct FamilyNames {
  llvm::StringRef prefix; ///< "bert."
  /// The embeddings, added in the order words, types, positions.
  llvm::StringRef words, types, positions, embeddingNorm;
  llvm::StringRef projection = ""; ///< E -> H; none when empty
  /// Of each layer; layers of one name share their parameters.
  std::vector<std::string> layers;
  LayerNames layer;
  llvm::StringRef pooler = ""; ///< none when empty
  VocabularyNames vocabulary;
  RelationNames relation = {"", ""};
  ClassifierNames sequence, choice;
  llvm::StringRef token = "classifier", answer = "qa_outputs";
};

/// A model that a family serves, as transformers calls it.
struct FamilyType {
  llvm::StringLiteral modelType; ///< "xlm-roberta"
  llvm::StringLiteral classes;   ///< "XLMRoberta", which its classes begin with
};

struct Family {
  llvm::ArrayRef<FamilyType> types;
  /// Reads the family's fields; `reader` keeps the first error.
  void (*readConfig)(ConfigReader &reader, ModelConfig &config);
  FamilyNames (*names)(const ModelConfig &config);
};

extern const Family bertFamily, robertaFamily, albertFamily, distilbertFamily;

/// Null for a model_type that no family serves.
const Family *findFamily(llvm::StringRef modelType);
/// transformers' class of a model for a task: "BertForMaskedLM" for bert and
/// mlm; "" for a model_type that no family serves and for embed, which has
/// none.
std::string architectureOf(llvm::StringRef modelType, Task task);
/// All model types, separated by ", ".
std::string familyNames();

} // namespace bertc

#endif // BERTC_MODELS_FAMILY_H
