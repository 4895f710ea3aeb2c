//===- Vocabulary.cpp - tokens, their ids, and the search for them --------===//

#include "runtime/text/Vocabulary.h"

#include "runtime/text/Utf8.h"

#include <algorithm>
#include <limits>

using namespace bertc::text;

// FNV-1a: the hash of every prefix of a word falls out of one pass over it, so
// that trying all prefixes from the longest on costs one probe each.
static constexpr uint64_t hashStart = 0xcbf29ce484222325u;

static uint64_t hashByte(uint64_t hash, char byte) {
  return (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3u;
}

static uint64_t hashBytes(uint64_t hash, std::string_view bytes) {
  for (char byte : bytes)
    hash = hashByte(hash, byte);
  return hash;
}

static bool isUtf8(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    DecodedChar next = decodeUtf8(text, at);
    // A U+FFFD that is written out takes three bytes and is fine.
    if (next.code == replacementCharacter &&
        text.substr(at, 3) != "\xEF\xBF\xBD")
      return false;
    at += next.length;
  }
  return true;
}

Result<Vocabulary> Vocabulary::fromLines(std::string_view lines,
                                         const std::string &name) {
  if (lines.empty())
    return Failure{name + " is empty, expected one token a line"};
  if (lines.size() >= std::numeric_limits<uint32_t>::max())
    return Failure{name + " has " + std::to_string(lines.size()) +
                   " bytes, expected a vocabulary below 4 GiB"};

  Vocabulary result;
  result.bytes = std::string(lines);
  std::string_view text = result.bytes;
  for (size_t at = 0; at < text.size();) {
    size_t end = std::min(text.find('\n', at), text.size());
    size_t length = end - at;
    if (length > 0 && text[end - 1] == '\r')
      --length;
    result.entries.push_back(
        {static_cast<uint32_t>(at), static_cast<uint32_t>(length)});
    result.longest = std::max(result.longest, length);
    at = end + 1;
  }

  size_t capacity = 16;
  while (capacity < 2 * result.entries.size())
    capacity *= 2;
  result.slots.assign(capacity, {0, -1});
  for (size_t id = 0; id < result.entries.size(); ++id) {
    std::string_view token = result.token(static_cast<int32_t>(id));
    if (token.empty())
      continue;
    auto line = [&](size_t i) { return std::to_string(i + 1); };
    if (!isUtf8(token))
      return Failure{name + ": line " + line(id) + " is not UTF-8"};
    int32_t before = result.find(token);
    if (before >= 0)
      return Failure{name + ": line " + line(id) + " repeats the token \"" +
                     std::string(token) + "\" of line " +
                     line(static_cast<size_t>(before))};
    result.insert(hashBytes(hashStart, token), static_cast<int32_t>(id));
  }
  return result;
}

std::string Vocabulary::lines() const {
  std::string out;
  out.reserve(bytes.size() + 1);
  for (int32_t id = 0; id < size(); ++id) {
    out += token(id);
    out += '\n';
  }
  return out;
}

std::string_view Vocabulary::token(int32_t id) const {
  if (id < 0 || id >= size())
    return {};
  const Entry &entry = entries[static_cast<size_t>(id)];
  return std::string_view(bytes).substr(entry.offset, entry.length);
}

static size_t slotOf(uint64_t hash, size_t capacity) {
  return (hash ^ hash >> 32) & (capacity - 1);
}

void Vocabulary::insert(uint64_t hash, int32_t id) {
  size_t slot = slotOf(hash, slots.size());
  while (slots[slot].id >= 0)
    slot = (slot + 1) & (slots.size() - 1);
  slots[slot] = {static_cast<uint32_t>(hash >> 32), id};
}

template <typename Equal>
int32_t Vocabulary::lookUp(uint64_t hash, Equal equal) const {
  if (slots.empty())
    return -1;
  uint32_t high = static_cast<uint32_t>(hash >> 32);
  for (size_t slot = slotOf(hash, slots.size()); slots[slot].id >= 0;
       slot = (slot + 1) & (slots.size() - 1))
    if (slots[slot].hash == high && equal(token(slots[slot].id)))
      return slots[slot].id;
  return -1;
}

int32_t Vocabulary::find(std::string_view wanted) const {
  return lookUp(hashBytes(hashStart, wanted),
                [&](std::string_view token) { return token == wanted; });
}

void Vocabulary::appendWord(std::string_view word, std::string_view prefix,
                            int32_t unknown, std::vector<int32_t> &ids) const {
  // Most words are tokens as they stand.
  if (int32_t whole = find(word); whole >= 0) {
    ids.push_back(whole);
    return;
  }

  size_t first = ids.size();
  const uint64_t continued = hashBytes(hashStart, prefix);

  // Ends of the characters behind the start, and the hashes up to them.
  struct Candidate {
    size_t end;
    uint64_t hash;
  };
  std::vector<Candidate> candidates;
  for (size_t start = 0; start < word.size();) {
    std::string_view lead = start > 0 ? prefix : std::string_view();
    uint64_t hash = start > 0 ? continued : hashStart;
    size_t room = longest > lead.size() ? longest - lead.size() : 0;
    size_t limit = std::min(word.size(), start + room);
    candidates.clear();
    for (size_t at = start; at < limit; ++at) {
      hash = hashByte(hash, word[at]);
      if (at + 1 == word.size() || startsCharacter(word[at + 1]))
        candidates.push_back({at + 1, hash});
    }

    int32_t id = -1;
    for (; !candidates.empty() && id < 0; candidates.pop_back()) {
      const Candidate &candidate = candidates.back();
      std::string_view part = word.substr(start, candidate.end - start);
      id = lookUp(candidate.hash, [&](std::string_view token) {
        return token.size() == lead.size() + part.size() &&
               token.substr(0, lead.size()) == lead &&
               token.substr(lead.size()) == part;
      });
      if (id >= 0)
        start = candidate.end;
    }
    if (id < 0) {
      ids.resize(first);
      ids.push_back(unknown);
      return;
    }
    ids.push_back(id);
  }
}
