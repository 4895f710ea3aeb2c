//===- TextEncoder.h - one text into tokens -------------------------------===//

#ifndef BERTC_RUNTIME_TEXT_TEXTENCODER_H
#define BERTC_RUNTIME_TEXT_TEXTENCODER_H

#include "runtime/text/AddedTokens.h"
#include "runtime/text/AlignedText.h"
#include "runtime/text/Model.h"
#include "runtime/text/Settings.h"

#include <cstdint>
#include <limits>
#include <memory>
#include <string_view>
#include <vector>

namespace bertc::text {

/// The tokens of a text, without those that surround it.
struct Tokens {
  /// White-space characters at the ends of a token, for trimming.
  struct Spaces {
    uint32_t front = 0, back = 0;
  };
  std::vector<int32_t> ids;
  std::vector<int32_t> words;
  std::vector<Offsets> offsets;
  std::vector<Spaces> spaces; ///< only where a model trims
  size_t size() const { return ids.size(); }
};

/// What encoding needs of a tokenizer; it must outlive its use.
struct EncoderParts {
  const Settings &settings;
  const Model &model;
  const Normalizer &normalizer;
  const AddedTokenMatcher &rawTokens;        ///< looked for in the text given
  const AddedTokenMatcher &normalizedTokens; ///< in the normalised text
};

/// Added tokens, normalisation, words, pieces. Serves one thread.
class TextEncoder {
public:
  explicit TextEncoder(const EncoderParts &given)
      : parts(given), words(parts.model.encoder()) {}

  /// `text` is UTF-8 below 4 GiB. Stops behind the word that reaches `limit`
  /// tokens.
  Tokens run(std::string_view text,
             size_t limit = std::numeric_limits<size_t>::max());

  /// A word that was longer than its model takes, 0 where there was none.
  size_t tooLong() const { return longestRefused; }

private:
  /// A word: `prefix` bytes that stand for `covered` bytes of the aligned text
  /// from `begin` on, then bytes of it.
  struct Word {
    std::string_view bytes;
    size_t begin;
    uint32_t prefix = 0, covered = 0;
  };

  void addToken(const AddedSplit &split, Offsets offsets,
                std::string_view bytes);
  void splitBert(size_t begin, size_t end);
  void splitByteLevel(size_t begin, size_t end);
  void splitMetaspace(size_t begin, size_t end);
  void splitAtReplacement(size_t begin, size_t end);
  void addPrefixed(std::string_view prefix, size_t begin, uint32_t covered,
                   size_t end);
  void addPart(size_t begin, size_t end);
  void addWord(const Word &word);
  bool wantsPrefix(size_t begin) const;

  const EncoderParts parts;
  std::unique_ptr<WordEncoder> words;
  AlignedText aligned;
  std::string buffer;
  std::vector<Piece> pieces;
  Tokens tokens;
  size_t limit = 0;
  int32_t word = 0;
  bool done = false;
  size_t longestRefused = 0;
};

} // namespace bertc::text

#endif // BERTC_RUNTIME_TEXT_TEXTENCODER_H
