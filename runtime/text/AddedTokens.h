//===- AddedTokens.h - tokens that are found before words are cut ---------===//

#ifndef BERTC_RUNTIME_TEXT_ADDEDTOKENS_H
#define BERTC_RUNTIME_TEXT_ADDEDTOKENS_H

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bertc::text {

/// A token matched as it stands, such as [MASK] (tokenizer.json's
/// added_tokens).
struct AddedToken {
  std::string content;
  int32_t id = 0;
  bool singleWord = false; ///< only between characters that are not \w
  bool stripLeft = false;  ///< takes the white space before it
  bool stripRight = false; ///< takes the white space behind it
  bool normalized = false; ///< looked for in the normalised text
  bool special = false;    ///< left out of decoded text on demand
};

/// Bytes [begin, end) of a text: an added token, or text without one where `id`
/// is -1.
struct AddedSplit {
  size_t begin, end;
  int32_t id;
};

/// Finds the leftmost, then longest token, and goes on behind it
/// (AddedVocabulary::find_matches in the crate).
class AddedTokenMatcher {
public:
  AddedTokenMatcher() = default;
  /// The tokens that have a content and the given `normalized`; a token to be
  /// found in normalised text must hold its normalised content.
  AddedTokenMatcher(const std::vector<AddedToken> &all, bool normalized);

  bool empty() const { return tokens.empty(); }
  /// Cuts `text` into non-empty pieces.
  std::vector<AddedSplit> split(std::string_view text) const;

private:
  const AddedToken *longestAt(std::string_view text, size_t at) const;

  /// Sorted by first byte, longer ones first; `firsts[b]` is where byte b
  /// begins.
  std::vector<AddedToken> tokens;
  std::array<uint32_t, 257> firsts{};
};

} // namespace bertc::text

#endif // BERTC_RUNTIME_TEXT_ADDEDTOKENS_H
