//===- WordPiece.h - text to token ids, as BERT's tokenizer does ----------===//
//
// Gives the ids that transformers' fast tokenizers give for BERT's WordPiece:
// the same cleaning, splitting, longest-match-first search, special tokens and
// truncation. README.md in this folder names the source of each step.
//
//   bertc::text::Result<bertc::text::WordPiece> tokenizer =
//       bertc::text::WordPiece::fromFolder("all-MiniLM-L6-v2");
//   if (!tokenizer)
//     return fail(tokenizer.error());
//   bertc::text::Result<bertc::text::Encoding> encoding =
//       tokenizer->encode("A sentence.");
//
// Text is UTF-8. Each maximal invalid run of bytes counts as one U+FFFD, which
// the cleaning step then drops, as Rust's String::from_utf8_lossy would have
// it.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_RUNTIME_TEXT_WORDPIECE_H
#define BERTC_RUNTIME_TEXT_WORDPIECE_H

#include "runtime/text/Result.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace bertc::text {

struct TokenizerFiles;

/// Which part loses tokens when an input is longer than the maximum.
enum class Truncation {
  None,         ///< keep everything, however long
  LongestFirst, ///< the longer of a pair first, down to an even split
  OnlyFirst,    ///< the first text of a pair
  OnlySecond    ///< the second text of a pair
};

struct EncodeOptions {
  /// Surround the text with [CLS] and [SEP] (or what the model's template
  /// says).
  bool addSpecialTokens = true;
  Truncation truncation = Truncation::LongestFirst;
  /// Most ids of an encoding, special tokens included; 0 takes maxLength() of
  /// the tokenizer, which is 0 again where the folder does not state one: then
  /// nothing is cut.
  int64_t maxLength = 0;
};

/// What a text becomes. Both vectors have the same length.
struct Encoding {
  std::vector<int32_t> ids;
  std::vector<int32_t> typeIds; ///< 0 for the first text, 1 for the second
};

/// A tokenizer. It never changes after it was made: any number of threads may
/// call its const members at the same time. Copies share their tables.
class WordPiece {
public:
  /// Reads tokenizer.json or else vocab.txt, with tokenizer_config.json,
  /// special_tokens_map.json and sentence_bert_config.json where present.
  static Result<WordPiece> fromFolder(const std::string &folder);

  /// Reads what `blob` wrote: one line of JSON options, then the vocabulary,
  /// one token a line. The bytes are copied.
  static Result<WordPiece> fromBlob(std::string_view bytes);

  /// The whole tokenizer as bytes to embed into an artifact.
  std::string blob() const;

  Result<Encoding> encode(std::string_view text,
                          const EncodeOptions &options = {}) const;
  Result<Encoding> encodePair(std::string_view first, std::string_view second,
                              const EncodeOptions &options = {}) const;

  /// Ids lie in [0, vocabularySize()).
  int64_t vocabularySize() const;
  /// The model's maximum of ids, 0 where unknown.
  int64_t maxLength() const;
  /// Ids of the special tokens, -1 where the vocabulary lacks one.
  int32_t padId() const;
  int32_t maskId() const;
  /// The token of an id, "" for an id without one.
  std::string_view token(int32_t id) const;

  /// The id of a token, -1 for one that is not there.
  int32_t find(std::string_view token) const;

private:
  struct Tables;
  static Result<WordPiece> make(TokenizerFiles files);
  Result<Encoding> encodeTexts(std::string_view first,
                               const std::string_view *second,
                               const EncodeOptions &options) const;
  explicit WordPiece(std::shared_ptr<const Tables> tables);
  std::shared_ptr<const Tables> tables;
};

} // namespace bertc::text

#endif // BERTC_RUNTIME_TEXT_WORDPIECE_H
