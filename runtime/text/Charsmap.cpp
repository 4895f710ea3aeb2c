//===- Charsmap.cpp - the precompiled map of a SentencePiece model --------===//

#include "runtime/text/Charsmap.h"

#include "runtime/text/Unicode.h"
#include "runtime/text/Utf8.h"

#include <algorithm>
#include <cstring>

using namespace bertc::text;

// Units of the double array, as in darts-clone.
static bool hasLeaf(uint32_t unit) { return unit >> 8 & 1; }
static uint32_t valueOf(uint32_t unit) { return unit & 0x7FFFFFFF; }
static uint32_t labelOf(uint32_t unit) { return unit & 0x800000FF; }
static uint32_t offsetOf(uint32_t unit) {
  return unit >> 10 << ((unit & 1u << 9) >> 6);
}

Result<Charsmap> Charsmap::parse(std::string_view bytes,
                                 const std::string &name) {
  uint32_t size = 0;
  if (bytes.size() >= sizeof(size))
    std::memcpy(&size, bytes.data(), sizeof(size));
  if (bytes.size() < sizeof(size) || size == 0 || size % 4 != 0 ||
      size > bytes.size() - sizeof(size))
    return Failure{name + ": the precompiled charsmap of " +
                   std::to_string(bytes.size()) +
                   " bytes is damaged, expected a double array and its texts"};
  Charsmap result;
  result.bytes = std::string(bytes);
  result.units.resize(size / 4);
  std::memcpy(result.units.data(), bytes.data() + sizeof(size), size);
  result.texts = sizeof(size) + size;
  if (!isUtf8(bytes.substr(result.texts)))
    return Failure{name + ": the precompiled charsmap's texts are not UTF-8"};
  for (char byte = 0; byte >= 0; ++byte) {
    result.changesAscii[static_cast<unsigned char>(byte)] =
        result.find(std::string_view(&byte, 1)).has_value();
    if (byte == 127)
      break;
  }
  return result;
}

std::optional<std::string_view> Charsmap::find(std::string_view chunk) const {
  // Each place is checked: the array comes from a file.
  size_t place = offsetOf(units[0]);
  for (char byte : chunk) {
    uint32_t label = static_cast<unsigned char>(byte);
    place ^= label;
    if (label == 0 || place >= units.size() || labelOf(units[place]) != label)
      return std::nullopt;
    uint32_t unit = units[place];
    place ^= offsetOf(unit);
    if (!hasLeaf(unit))
      continue;
    if (place >= units.size())
      return std::nullopt;
    size_t begin = texts + valueOf(units[place]);
    if (begin > bytes.size())
      return std::nullopt;
    size_t end = std::min(bytes.find('\0', begin), bytes.size());
    if (begin < end && !startsCharacter(bytes[begin]))
      return std::nullopt;
    return std::string_view(bytes).substr(begin, end - begin);
  }
  return std::nullopt;
}

/// Pure ASCII is made of graphemes of one byte, but for CR LF.
bool Charsmap::leavesAlone(std::string_view text) const {
  return std::all_of(text.begin(), text.end(), [&](char byte) {
    return !(byte & 0x80) && byte != '\r' &&
           !changesAscii[static_cast<unsigned char>(byte)];
  });
}

void Charsmap::apply(AlignedText &aligned) const {
  std::string_view text = aligned.text();
  if (units.empty() || leavesAlone(text))
    return;

  // The crate lists the new characters, each with a change: 0 for one that
  // takes the place of an old one, 1 for one more, -n for one with n dropped
  // behind it. What is dropped is noted at the last new character, whatever it
  // was, and not at all in front of the first (`replace` in precompiled.rs).
  AlignedText::Rewriter out(aligned);
  char32_t last = 0;
  ptrdiff_t change = 0;
  bool any = false;
  size_t old = 0;     // the next old character
  uint32_t start = 0; // where the one before it came from
  auto consume = [&] {
    if (old >= text.size())
      return;
    start = aligned.startOf(old);
    old += characterLength(text[old]);
  };
  auto flush = [&] { // NormalizedString::transform_range
    if (!any)
      return;
    if (change > 0) {
      out.append(last, start);
      return;
    }
    consume();
    out.append(last, start);
    for (; change < 0; ++change)
      consume();
  };
  auto replace = [&](ptrdiff_t count, std::string_view made) {
    for (size_t at = 0; at < made.size(); --count) {
      DecodedChar next = nextChar(made, at);
      at += next.length;
      flush();
      last = next.code;
      change = count > 0 ? 0 : 1;
      any = true;
    }
    if (count > 0 && any)
      change -= count;
  };

  for (size_t at = 0; at < text.size();) {
    size_t end = graphemeEnd(text, at);
    std::string_view whole = text.substr(at, end - at);
    std::optional<std::string_view> found;
    if (whole.size() < 6)
      found = find(whole);
    if (found) {
      replace(std::count_if(whole.begin(), whole.end(), startsCharacter),
              *found);
      at = end;
      continue;
    }
    while (at < end) {
      std::string_view one = text.substr(at, characterLength(text[at]));
      found = find(one);
      replace(1, found ? *found : one);
      at += one.size();
    }
  }
  flush();
  out.finish();
}
