//===- TokenizerConfig.h - the files beside a tokenizer -------------------===//

#ifndef BERTC_RUNTIME_TEXT_TOKENIZERCONFIG_H
#define BERTC_RUNTIME_TEXT_TOKENIZERCONFIG_H

#include "runtime/text/Json.h"
#include "runtime/text/Settings.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bertc::text {

/// Names of special tokens that a tokenizer has where no file states them.
struct SpecialNames {
  const char *unk, *sep, *pad, *cls, *mask;
};

/// tokenizer_config.json, special_tokens_map.json, added_tokens.json and
/// sentence_bert_config.json: empty objects where they are not there.
class TokenizerConfig {
public:
  /// The first thing that is wrong goes to `error`.
  TokenizerConfig(const std::string &folder, std::string &error);

  /// Sets what the files state, which wins over tokenizer.json as in
  /// transformers (tokenization_utils_tokenizers.py and the models'
  /// tokenization_*.py).
  void apply(Settings &settings) const;

  /// An error where tokenizer_class, which says how a folder without
  /// tokenizer.json splits its texts, is none of `known` (without "Tokenizer"
  /// or "TokenizerFast" behind them).
  void checkClass(const std::vector<std::string_view> &known) const;

  /// The name of a special token: "cls_token" and its like.
  std::string nameOf(const char *key, const char *otherwise) const;

  /// Makes all token types 0 where the model's inputs, as model_input_names
  /// lists them, have none: transformers then hands none on.
  void applyInputNames(Settings &settings) const;

  /// Adds the special tokens to those that are looked for in a text. One that
  /// is not in the vocabulary gets an id behind it where `mayAppend`, else it
  /// is left out.
  void addSpecialTokens(const SpecialNames &names, bool mayAppend,
                        TokenizerFiles &files) const;

private:
  void applyModel(Settings &settings) const;
  void readAddedTokens(Settings &settings) const;
  const Json *find(const char *key) const;
  AddedToken tokenOf(const Json &value, const std::string &key) const;

  std::string configPath, addedPath, sentencePath;
  std::string &error;
  Json config, map, added, sentence;
};

/// A file that is not there gives no value and no error.
std::optional<std::string> readFile(const std::string &path,
                                    std::string &error);

} // namespace bertc::text

#endif // BERTC_RUNTIME_TEXT_TOKENIZERCONFIG_H
