//===- Vocabulary.cpp - tokens, their ids, and the search for them --------===//

#include "runtime/text/Vocabulary.h"

#include "runtime/text/Utf8.h"

#include <algorithm>
#include <cstring>
#include <limits>

using namespace bertc::text;

/// Offsets are 32 bits.
static std::string checkSize(uint64_t bytes, const std::string &name) {
  if (bytes < std::numeric_limits<uint32_t>::max())
    return {};
  return name + " has " + std::to_string(bytes) +
         " bytes, expected a vocabulary below 4 GiB";
}

std::string Vocabulary::index(const std::string &name, const char *place,
                              int64_t firstPlace) {
  size_t capacity = 16;
  while (capacity < 2 * entries.size())
    capacity *= 2;
  slots.assign(capacity, {0, -1});
  auto where = [&](int64_t id) {
    return std::string(place) + " " + std::to_string(id + firstPlace);
  };
  for (int32_t id = 0; id < size(); ++id) {
    std::string_view wanted = token(id);
    if (wanted.empty())
      continue;
    longest = std::max(longest, wanted.size());
    if (!isUtf8(wanted))
      return name + ": " + where(id) + " is not UTF-8";
    uint64_t hash = hashBytes(hashStart, wanted);
    uint32_t tag = static_cast<uint32_t>(hash >> 32);
    size_t slot = slotOf(hash, capacity);
    for (; slots[slot].id >= 0; slot = (slot + 1) & (capacity - 1))
      if (slots[slot].tag == tag && token(slots[slot].id) == wanted)
        return name + ": " + where(id) + " repeats the token \"" +
               std::string(wanted) + "\" of " + where(slots[slot].id);
    slots[slot] = {tag, id};
  }
  return {};
}

Result<Vocabulary> Vocabulary::fromLines(std::string_view lines,
                                         const std::string &name) {
  if (lines.empty())
    return Failure{name + " is empty, expected one token a line"};
  if (std::string error = checkSize(lines.size(), name); !error.empty())
    return Failure{error};

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
    at = end + 1;
  }
  if (std::string error = result.index(name, "line", 1); !error.empty())
    return Failure{error};
  return result;
}

Result<Vocabulary>
Vocabulary::fromTokens(const std::vector<std::string> &tokens,
                       const std::string &name) {
  uint64_t total = 0;
  for (const std::string &token : tokens)
    total += token.size();
  if (std::string error = checkSize(total, name); !error.empty())
    return Failure{error};
  Vocabulary result;
  result.bytes.reserve(total);
  for (const std::string &token : tokens) {
    result.entries.push_back({static_cast<uint32_t>(result.bytes.size()),
                              static_cast<uint32_t>(token.size())});
    result.bytes += token;
  }
  if (std::string error = result.index(name, "token", 0); !error.empty())
    return Failure{error};
  return result;
}

Result<Vocabulary> Vocabulary::deserialize(std::string_view bytes,
                                           const std::string &name) {
  auto number = [&](size_t place) {
    uint32_t value;
    std::memcpy(&value, bytes.data() + 4 * place, sizeof(value));
    return value;
  };
  Failure damaged{name + ": the vocabulary is damaged"};
  if (bytes.size() < 4 || (bytes.size() - 4) / 4 < number(0))
    return damaged;
  if (std::string error = checkSize(bytes.size(), name); !error.empty())
    return Failure{error};
  size_t count = number(0);
  Vocabulary result;
  result.bytes = std::string(bytes.substr(4 + 4 * count));
  result.entries.reserve(count);
  uint64_t offset = 0;
  for (size_t id = 0; id < count; ++id) {
    uint32_t length = number(id + 1);
    if (length > result.bytes.size() - offset)
      return damaged;
    result.entries.push_back({static_cast<uint32_t>(offset), length});
    offset += length;
  }
  if (offset != result.bytes.size())
    return damaged;
  if (std::string error = result.index(name, "token", 0); !error.empty())
    return Failure{error};
  return result;
}

std::string Vocabulary::serialize() const {
  std::string out, tokens;
  auto number = [&](size_t value) {
    uint32_t narrow = static_cast<uint32_t>(value);
    out.append(reinterpret_cast<const char *>(&narrow), sizeof(narrow));
  };
  out.reserve(4 + 4 * entries.size() + bytes.size());
  number(entries.size());
  for (int32_t id = 0; id < size(); ++id) {
    number(token(id).size());
    tokens += token(id);
  }
  return out + tokens;
}
