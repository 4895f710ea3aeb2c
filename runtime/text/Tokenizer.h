//===- Tokenizer.h - text to token ids and back ---------------------------===//
//
// Gives what transformers' fast tokenizers give for BERT and DistilBERT
// (WordPiece), RoBERTa (byte-level BPE) and ALBERT (Unigram): ids, types, words
// and offsets. README.md in this folder names the source of each step.
//
//   bertc::text::Result<bertc::text::Tokenizer> tokenizer =
//       bertc::text::Tokenizer::fromFolder("all-MiniLM-L6-v2");
//   if (!tokenizer)
//     return fail(tokenizer.error());
//   bertc::text::Result<bertc::text::Encoding> encoding =
//       tokenizer->encode("A sentence.");
//
// Text is UTF-8, below 4 GiB. Each maximal invalid run of bytes counts as one
// U+FFFD, as Rust's String::from_utf8_lossy would have it; BERT's cleaning then
// drops it. Offsets count bytes of the text as it was given.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_RUNTIME_TEXT_TOKENIZER_H
#define BERTC_RUNTIME_TEXT_TOKENIZER_H

#include "runtime/text/Encoding.h"
#include "runtime/text/Result.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bertc::text {

struct TokenizerFiles;

struct DecodeOptions {
  bool skipSpecialTokens = false;
  /// Whether spaces before punctuation go, as transformers'
  /// clean_up_tokenization_spaces; without a value what the folder's
  /// tokenizer_config.json says. Byte-level BPE never does it.
  std::optional<bool> cleanUpSpaces;
};

/// A tokenizer. It never changes after it was made: any number of threads may
/// call its const members at the same time. Copies share their tables.
class Tokenizer {
public:
  /// Reads the first that is there of tokenizer.json, vocab.txt, vocab.json
  /// with merges.txt, and spiece.model; with tokenizer_config.json,
  /// special_tokens_map.json, added_tokens.json and sentence_bert_config.json
  /// where present.
  static Result<Tokenizer> fromFolder(const std::string &folder);

  /// Reads what `blob` wrote. The bytes are copied.
  static Result<Tokenizer> fromBlob(std::string_view bytes);

  /// The whole tokenizer as bytes to embed into an artifact.
  std::string blob() const;

  Result<Encoding> encode(std::string_view text,
                          const EncodeOptions &options = {}) const;
  Result<Encoding> encodePair(std::string_view first, std::string_view second,
                              const EncodeOptions &options = {}) const;

  /// What truncation cuts away as further encodings of the same length, each
  /// sharing `options.stride` tokens of the text that is cut with the one
  /// before it: transformers' return_overflowing_tokens. The first is what
  /// `encode` gives.
  Result<std::vector<Encoding>>
  encodeWindows(std::string_view text, const EncodeOptions &options = {}) const;
  Result<std::vector<Encoding>>
  encodePairWindows(std::string_view first, std::string_view second,
                    const EncodeOptions &options = {}) const;

  /// The text of ids; those without a token are left out.
  std::string decode(const std::vector<int32_t> &ids,
                     const DecodeOptions &options = {}) const;

  /// Ids lie in [0, vocabularySize()).
  int64_t vocabularySize() const;
  /// The model's maximum of ids, 0 where unknown.
  int64_t maxLength() const;
  /// Ids of the special tokens, -1 where there is none.
  int32_t clsId() const;
  int32_t sepId() const;
  int32_t padId() const;
  int32_t maskId() const;
  int32_t unknownId() const;
  /// The token of an id, "" for an id without one.
  std::string_view token(int32_t id) const;
  /// The id of a token, -1 for one that is not there.
  int32_t find(std::string_view token) const;

private:
  struct Tables;
  static Result<Tokenizer> make(TokenizerFiles files);
  Result<std::vector<Encoding>> encodeTexts(std::string_view first,
                                            const std::string_view *second,
                                            const EncodeOptions &options,
                                            bool allWindows) const;
  explicit Tokenizer(std::shared_ptr<const Tables> tables);
  std::shared_ptr<const Tables> tables;
};

} // namespace bertc::text

#endif // BERTC_RUNTIME_TEXT_TOKENIZER_H
