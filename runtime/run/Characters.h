//===- Characters.h - places in a text, as people count them --------------===//

#ifndef BERTC_RUNTIME_RUN_CHARACTERS_H
#define BERTC_RUNTIME_RUN_CHARACTERS_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bertc::run {

/// From byte offsets to counts of code points, which is what transformers'
/// offsets and Python's strings count. A maximal run of bytes that is no UTF-8
/// counts as one, as in Python's errors="replace". Fast for offsets that rise.
class Characters {
public:
  /// `text` must outlive it.
  explicit Characters(std::string_view text) : text(text) {}
  /// How many code points begin before byte `offset`.
  int64_t before(size_t offset);

private:
  std::string_view text;
  size_t byte = 0;
  int64_t count = 0;
};

/// Lower case, code point by code point, as Python's str.lower but for a sigma
/// at the end of a word.
std::string lowerCase(std::string_view text);

} // namespace bertc::run

#endif // BERTC_RUNTIME_RUN_CHARACTERS_H
