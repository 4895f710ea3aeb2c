//===- Vocabulary.h - tokens, their ids, and the search for them ----------===//

#ifndef BERTC_RUNTIME_TEXT_VOCABULARY_H
#define BERTC_RUNTIME_TEXT_VOCABULARY_H

#include "runtime/text/Result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bertc::text {

/// The vocabulary of a WordPiece model and its longest-match-first search.
class Vocabulary {
public:
  /// One token a line, its id the number of the line. An empty line is an id
  /// without a token. Fails on an empty file, a line that is not UTF-8 and a
  /// token that comes twice; messages begin with `name`.
  static Result<Vocabulary> fromLines(std::string_view lines,
                                      const std::string &name);

  /// The inverse of fromLines.
  std::string lines() const;

  int64_t size() const { return static_cast<int64_t>(entries.size()); }
  std::string_view token(int32_t id) const;
  /// -1 for a token that is not there.
  int32_t find(std::string_view token) const;

  /// Appends the ids of `word` (valid UTF-8), or `unknown` alone where a part
  /// of it is not in the vocabulary. `prefix` marks the parts that continue a
  /// word.
  void appendWord(std::string_view word, std::string_view prefix,
                  int32_t unknown, std::vector<int32_t> &ids) const;

private:
  struct Entry {
    uint32_t offset, length;
  };
  /// Open addressing; `id` is -1 where a slot is free.
  struct Slot {
    uint32_t hash;
    int32_t id;
  };

  void insert(uint64_t hash, int32_t id);
  template <typename Equal> int32_t lookUp(uint64_t hash, Equal equal) const;

  std::string bytes;
  std::vector<Entry> entries;
  std::vector<Slot> slots;
  size_t longest = 0; ///< bytes of the longest token
};

} // namespace bertc::text

#endif // BERTC_RUNTIME_TEXT_VOCABULARY_H
