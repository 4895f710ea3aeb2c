//===- Trie.cpp - all tokens that a text begins with ----------------------===//

#include "runtime/text/Trie.h"

#include <algorithm>

using namespace bertc::text;

Trie::Trie(const Vocabulary &vocabulary) {
  std::vector<int32_t> sorted;
  for (int32_t id = 0; id < vocabulary.size(); ++id)
    if (!vocabulary.token(id).empty())
      sorted.push_back(id);
  std::sort(sorted.begin(), sorted.end(), [&](int32_t a, int32_t b) {
    return vocabulary.token(a) < vocabulary.token(b);
  });

  // The tokens below a node are a range; the one that is the node comes first.
  struct Range {
    size_t begin, end;
  };
  std::vector<Range> level, next;
  auto addChildren = [&](Range range, size_t depth) {
    while (range.begin < range.end) {
      char label = vocabulary.token(sorted[range.begin])[depth];
      size_t end = range.begin;
      while (end < range.end && vocabulary.token(sorted[end])[depth] == label)
        ++end;
      labels.push_back(label);
      bool isToken = vocabulary.token(sorted[range.begin]).size() == depth + 1;
      ids.push_back(isToken ? sorted[range.begin] : -1);
      next.push_back({range.begin + isToken, end});
      range.begin = end;
    }
  };
  addChildren({0, sorted.size()}, 0);
  for (size_t depth = 1; !next.empty(); ++depth) {
    level.swap(next);
    next.clear();
    for (Range range : level) {
      children.push_back(static_cast<uint32_t>(labels.size()));
      addChildren(range, depth);
    }
  }
  children.push_back(static_cast<uint32_t>(labels.size()));
  findRoots();
}

void Trie::findRoots() {
  roots.fill(none);
  uint32_t end = labels.empty() ? 0 : children[0];
  for (uint32_t i = 0; i < end; ++i)
    roots[static_cast<unsigned char>(labels[i])] = i;
}

std::string Trie::serialize() const {
  std::string out = labels;
  out.append(reinterpret_cast<const char *>(children.data()),
             children.size() * sizeof(uint32_t));
  out.append(reinterpret_cast<const char *>(ids.data()),
             ids.size() * sizeof(int32_t));
  return out;
}

bool Trie::deserialize(std::string_view bytes, int64_t vocabularySize) {
  // 9 bytes a node, and one more place.
  if (bytes.size() < 13 || (bytes.size() - 4) % 9 != 0)
    return false;
  size_t count = (bytes.size() - 4) / 9;
  labels = bytes.substr(0, count);
  children.resize(count + 1);
  std::memcpy(children.data(), bytes.data() + count, 4 * children.size());
  ids.resize(count);
  std::memcpy(ids.data(), bytes.data() + count + 4 * children.size(),
              4 * count);
  for (size_t node = 0; node < count; ++node)
    if (children[node] <= node || children[node] > children[node + 1] ||
        ids[node] >= vocabularySize)
      return false;
  if (children[count] != count)
    return false;
  findRoots();
  return true;
}
