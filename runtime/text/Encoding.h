//===- Encoding.h - what a text becomes, and how it is asked for ----------===//

#ifndef BERTC_RUNTIME_TEXT_ENCODING_H
#define BERTC_RUNTIME_TEXT_ENCODING_H

#include <cstdint>
#include <vector>

namespace bertc::text {

/// Which part loses tokens when an input is longer than the maximum.
enum class Truncation {
  None,         ///< keep everything, however long
  LongestFirst, ///< the longer of a pair first, down to an even split
  OnlyFirst,    ///< the first text of a pair
  OnlySecond    ///< the second text of a pair
};

/// Where a text loses its tokens.
enum class Side {
  Model, ///< where the model's files say: at its end, mostly
  Right, ///< at its end
  Left   ///< at its beginning
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
  /// How many tokens a window shares with the one before it; smaller than the
  /// window.
  int64_t stride = 0;
  Side side = Side::Model;
};

/// Bytes [begin, end) of a text.
struct Offsets {
  uint32_t begin = 0;
  uint32_t end = 0;
};
inline bool operator==(Offsets a, Offsets b) {
  return a.begin == b.begin && a.end == b.end;
}

/// What a text, or a pair, becomes. All vectors have the same length.
struct Encoding {
  std::vector<int32_t> ids;
  std::vector<int32_t>
      typeIds; ///< 0 for the first text, mostly 1 for the second
  /// 1 for tokens that surround the texts, 0 for those found in them.
  std::vector<uint8_t> specialMask;
  /// Which text of the pair: 0 or 1; -1 for tokens that surround the texts.
  std::vector<int8_t> sequenceIds;
  /// Which word of its text, counted from 0; -1 as above. What a word is, the
  /// model's splitter says; an added token is one.
  std::vector<int32_t> wordIds;
  /// The bytes of its text that a token stands for; [0, 0) as above.
  std::vector<Offsets> offsets;
  /// Whether the text has tokens that this encoding lacks.
  bool truncated = false;
};

} // namespace bertc::text

#endif // BERTC_RUNTIME_TEXT_ENCODING_H
