//===- Vocabulary.h - tokens, their ids, and the search for them ----------===//

#ifndef BERTC_RUNTIME_TEXT_VOCABULARY_H
#define BERTC_RUNTIME_TEXT_VOCABULARY_H

#include "runtime/text/Result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bertc::text {

/// FNV-1a: the hash of every prefix of a word falls out of one pass over it, so
/// that trying all prefixes from the longest on costs one probe each.
constexpr uint64_t hashStart = 0xcbf29ce484222325u;
inline uint64_t hashByte(uint64_t hash, char byte) {
  return (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3u;
}
inline uint64_t hashBytes(uint64_t hash, std::string_view bytes) {
  for (char byte : bytes)
    hash = hashByte(hash, byte);
  return hash;
}

/// Tokens and their ids.
class Vocabulary {
public:
  /// One token a line, its id the number of the line. An empty line is an id
  /// without a token. Fails on an empty file, a line that is not UTF-8 and a
  /// token that comes twice; messages begin with `name`.
  static Result<Vocabulary> fromLines(std::string_view lines,
                                      const std::string &name);
  /// The tokens of ids 0, 1, ...; "" for an id without one. Fails as above.
  static Result<Vocabulary> fromTokens(const std::vector<std::string> &tokens,
                                       const std::string &name);
  /// Reads what `serialize` wrote.
  static Result<Vocabulary> deserialize(std::string_view bytes,
                                        const std::string &name);
  /// The number of tokens and the length of each as 32 bits, then the tokens.
  std::string serialize() const;

  int64_t size() const { return static_cast<int64_t>(entries.size()); }
  std::string_view token(int32_t id) const {
    if (id < 0 || id >= size())
      return {};
    const Entry &entry = entries[static_cast<size_t>(id)];
    return std::string_view(bytes).substr(entry.offset, entry.length);
  }
  /// -1 for a token that is not there.
  int32_t find(std::string_view token) const {
    return lookUp(hashBytes(hashStart, token),
                  [&](std::string_view other) { return other == token; });
  }
  /// As `find`, for a token with the given hash that `equal` recognises.
  template <typename Equal> int32_t lookUp(uint64_t hash, Equal equal) const {
    if (slots.empty())
      return -1;
    uint32_t tag = static_cast<uint32_t>(hash >> 32);
    for (size_t slot = slotOf(hash, slots.size()); slots[slot].id >= 0;
         slot = (slot + 1) & (slots.size() - 1))
      if (slots[slot].tag == tag && equal(token(slots[slot].id)))
        return slots[slot].id;
    return -1;
  }

  /// Bytes of the longest token.
  size_t longestToken() const { return longest; }

private:
  struct Entry {
    uint32_t offset, length;
  };
  /// Open addressing; `id` is -1 where a slot is free.
  struct Slot {
    uint32_t tag;
    int32_t id;
  };

  static size_t slotOf(uint64_t hash, size_t capacity) {
    return (hash ^ hash >> 32) & (capacity - 1);
  }
  /// Fills the slots; `place` says what an id is called in messages.
  std::string index(const std::string &name, const char *place,
                    int64_t firstPlace);

  std::string bytes;
  std::vector<Entry> entries;
  std::vector<Slot> slots;
  size_t longest = 0;
};

} // namespace bertc::text

#endif // BERTC_RUNTIME_TEXT_VOCABULARY_H
