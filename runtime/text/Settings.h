//===- Settings.h - all that a tokenizer is made from, but its words ------===//

#ifndef BERTC_RUNTIME_TEXT_SETTINGS_H
#define BERTC_RUNTIME_TEXT_SETTINGS_H

#include "runtime/text/AddedTokens.h"
#include "runtime/text/Normalizer.h"
#include "runtime/text/Result.h"
#include "runtime/text/Vocabulary.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bertc::text {

/// One place of a template such as `[CLS] $A [SEP]`: ids, or one of the texts.
struct TemplatePiece {
  enum Kind { Ids, First, Second };
  Kind kind = Ids;
  int32_t typeId = 0;
  std::vector<int32_t> ids;
};

struct Settings {
  NormalizerOptions normalizer;
  std::string unknown = "[UNK]";
  std::string prefix = "##";
  int64_t maxWordChars = 100;
  std::vector<AddedToken> added;
  std::vector<TemplatePiece> single;
  std::vector<TemplatePiece> pair;
  std::string pad = "[PAD]";
  std::string mask = "[MASK]";
  int64_t maxLength = 0; ///< 0 where no file states it
  bool truncateLeft = false;
};

/// What a folder or a blob holds.
struct TokenizerFiles {
  Settings settings;
  Vocabulary vocabulary;
};

Result<TokenizerFiles> readFolder(const std::string &folder);

/// A blob's first line is a tokenizer.json without its vocabulary and with one
/// more key, "bertc", for what other files say. So one reader serves both.
Result<TokenizerFiles> readBlob(std::string_view bytes);
std::string writeBlob(const Settings &settings, const Vocabulary &vocabulary);

} // namespace bertc::text

#endif // BERTC_RUNTIME_TEXT_SETTINGS_H
