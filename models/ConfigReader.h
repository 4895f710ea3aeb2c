//===- ConfigReader.h - fields of a config.json, checked ------------------===//

#ifndef BERTC_MODELS_CONFIGREADER_H
#define BERTC_MODELS_CONFIGREADER_H

#include "models/Config.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace bertc {

/// Reads fields until the first that is wrong; what it returns after that one
/// has no meaning.
class ConfigReader {
public:
  // Far above any published encoder, and low enough that the bytes of a tensor
  // of any two sizes fit into 64 bits.
  static constexpr int64_t maxHidden = 1 << 16;
  static constexpr int64_t maxIntermediate = 1 << 20;
  static constexpr int64_t maxLayers = 1024;
  static constexpr int64_t maxVocabulary = 1 << 24;
  static constexpr int64_t maxTypes = 1 << 16;
  static constexpr int64_t maxTokens = 1 << 20;

  /// `path` names the file in messages. Both must outlive the reader.
  ConfigReader(const nlohmann::json &object, llvm::StringRef path)
      : object(object), path(path) {}

  /// A whole number from `least` to `most`. Without a default the field must
  /// be there: a guessed size only moves the error to a tensor's shape.
  int64_t integer(llvm::StringRef name, int64_t least, int64_t most,
                  std::optional<int64_t> absent = std::nullopt);
  /// A number above 0.
  double positive(llvm::StringRef name, double absent);
  /// A number from 0 to below 1. What is wrong with it is a problem of
  /// learning alone: `rateProblem`.
  double rate(llvm::StringRef name, double absent);
  std::string text(llvm::StringRef name, llvm::StringRef absent);
  bool flag(llvm::StringRef name, bool absent);
  /// One of transformers' ACT2FN that has an op here.
  bert::Activation activation(llvm::StringRef name, llvm::StringRef absent);
  /// The strings of a list; none where the field is absent.
  std::vector<std::string> texts(llvm::StringRef name);
  /// The names of the labels 0, 1, ...: `id2label`, or as many as `num_labels`
  /// says under transformers' names; LABEL_0 and LABEL_1 without both.
  std::vector<std::string> labels();
  /// Fails where the field is true.
  void mustBeFalse(llvm::StringRef name);

  /// What some families call otherwise.
  struct SizeNames {
    llvm::StringRef hidden = "hidden_size", layers = "num_hidden_layers",
                    heads = "num_attention_heads",
                    intermediate = "intermediate_size";
  };
  /// The fields that all families have.
  void readCommon(ModelConfig &config, const SizeNames &names);

  /// Keeps the first problem.
  void fail(const llvm::Twine &what);
  llvm::Error takeError() const;
  /// The first problem of a rate; "" for none.
  const std::string &rateProblem() const { return badRate; }

private:
  /// Null where the field is absent or null, which transformers takes for one.
  const nlohmann::json *find(llvm::StringRef name) const;
  void failField(llvm::StringRef name, const nlohmann::json &value,
                 const llvm::Twine &expected);
  /// "PATH: NAME is VALUE; EXPECTED"
  std::string aboutField(llvm::StringRef name, const nlohmann::json &value,
                         const llvm::Twine &expected) const;

  const nlohmann::json &object;
  llvm::StringRef path;
  std::string problem, badRate;
};

} // namespace bertc

#endif // BERTC_MODELS_CONFIGREADER_H
