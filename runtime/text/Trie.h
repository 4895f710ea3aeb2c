//===- Trie.h - all tokens that a text begins with ------------------------===//

#ifndef BERTC_RUNTIME_TEXT_TRIE_H
#define BERTC_RUNTIME_TEXT_TRIE_H

#include "runtime/text/Vocabulary.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace bertc::text {

/// A trie over the bytes of tokens. Nodes lie level by level, the children of
/// each side by side, so that it is three arrays and takes no time to load.
class Trie {
public:
  static constexpr uint32_t none = UINT32_MAX;

  explicit Trie(const Vocabulary &vocabulary);
  /// Reads what `serialize` wrote for the same vocabulary; false where it is
  /// damaged.
  bool deserialize(std::string_view bytes, int64_t vocabularySize);
  std::string serialize() const;
  Trie() = default;

  /// The node of the text of one byte, or none.
  uint32_t root(char byte) const {
    return roots[static_cast<unsigned char>(byte)];
  }
  uint32_t child(uint32_t node, char byte) const {
    const uint32_t begin = children[node], end = children[node + 1];
    for (uint32_t i = begin; i < end && end - begin <= 8; ++i)
      if (labels[i] == byte)
        return i;
    if (end - begin <= 8)
      return none;
    const void *found = std::memchr(labels.data() + begin, byte, end - begin);
    return found ? static_cast<uint32_t>(static_cast<const char *>(found) -
                                         labels.data())
                 : none;
  }
  /// The token that a node is, or -1.
  int32_t id(uint32_t node) const { return ids[node]; }

private:
  void findRoots();

  std::string labels;             ///< of each node; those of one byte first
  std::vector<uint32_t> children; ///< where they begin; one more at the end
  std::vector<int32_t> ids;
  std::array<uint32_t, 256> roots{};
};

} // namespace bertc::text

#endif // BERTC_RUNTIME_TEXT_TRIE_H
