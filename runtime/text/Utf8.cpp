//===- Utf8.cpp - UTF-8 to code points and back ---------------------------===//

#include "runtime/text/Utf8.h"

#include <cstring>

using namespace bertc::text;

/// How many bytes at the front are ASCII, in steps of 8 or all of them.
static size_t asciiPrefix(std::string_view text, size_t at) {
  for (; at + 8 <= text.size(); at += 8) {
    uint64_t word;
    std::memcpy(&word, text.data() + at, sizeof(word));
    if (word & 0x8080808080808080u)
      return at;
  }
  while (at < text.size() && !(text[at] & 0x80))
    ++at;
  return at;
}

bool bertc::text::isAscii(std::string_view text) {
  return asciiPrefix(text, 0) == text.size();
}

bool bertc::text::isUtf8(std::string_view text) {
  for (size_t at = 0; (at = asciiPrefix(text, at)) < text.size();) {
    DecodedChar next = decodeUtf8(text, at);
    if (next.code == replacementCharacter &&
        text.substr(at, 3) != "\xEF\xBF\xBD")
      return false;
    at += next.length;
  }
  return true;
}
