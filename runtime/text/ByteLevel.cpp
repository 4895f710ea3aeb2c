//===- ByteLevel.cpp - bytes as visible characters, and words of GPT-2 ----===//

#include "runtime/text/ByteLevel.h"

#include "runtime/text/Unicode.h"
#include "runtime/text/Utf8.h"

using namespace bertc::text;

// Invisible are 0-32, 127-160 and 173: they get U+0100 on, in this order.
char32_t bertc::text::characterOfByte(unsigned char byte) {
  if (byte <= 32)
    return 0x100u + byte;
  if (byte < 127)
    return byte;
  if (byte <= 160)
    return 0x100u + 33 + (byte - 127);
  return byte == 173 ? 0x143 : byte;
}

int bertc::text::byteOfCharacter(char32_t code) {
  if (code < 0x100) {
    bool visible = (code > 32 && code < 127) || (code > 160 && code != 173);
    return visible ? static_cast<int>(code) : -1;
  }
  if (code <= 0x120)
    return static_cast<int>(code - 0x100);
  if (code <= 0x142)
    return static_cast<int>(code - 0x121 + 127);
  return code == 0x143 ? 173 : -1;
}

void bertc::text::appendByteLevel(std::string_view bytes, std::string &out) {
  for (char byte : bytes)
    appendUtf8(out, characterOfByte(static_cast<unsigned char>(byte)));
}

void bertc::text::appendBytesOfToken(std::string_view token, std::string &out) {
  size_t before = out.size();
  for (size_t at = 0; at < token.size();) {
    DecodedChar next = nextChar(token, at);
    int byte = byteOfCharacter(next.code);
    if (byte < 0) {
      out.resize(before);
      out += token;
      return;
    }
    out.push_back(static_cast<char>(byte));
    at += next.length;
  }
}

namespace {

enum Class { Letter, Number, Space, Other };

Class classOf(char32_t code) {
  return isLetter(code)       ? Letter
         : isNumber(code)     ? Number
         : isWhitespace(code) ? Space
                              : Other;
}

/// The end of the run of a class that goes on at `at`.
size_t skip(std::string_view text, size_t at, Class wanted) {
  while (at < text.size()) {
    DecodedChar next = nextChar(text, at);
    if (classOf(next.code) != wanted)
      break;
    at += next.length;
  }
  return at;
}

/// The end of "'s" and its like, or 0.
size_t contraction(std::string_view text, size_t at) {
  auto letter = [&](size_t i) { return i < text.size() ? text[i] : '\0'; };
  char first = letter(at + 1), second = letter(at + 2);
  if (first == 's' || first == 't' || first == 'm' || first == 'd')
    return at + 2;
  if (((first == 'r' || first == 'v') && second == 'e') ||
      (first == 'l' && second == 'l'))
    return at + 3;
  return 0;
}

} // namespace

size_t bertc::text::byteLevelWordEnd(std::string_view text, size_t at,
                                     bool spaceBefore) {
  if (!spaceBefore && text[at] == '\'')
    if (size_t end = contraction(text, at))
      return end;
  size_t word = at;
  if (!spaceBefore && text[at] == ' ') {
    spaceBefore = true;
    ++word;
  }
  if (word < text.size()) {
    DecodedChar next = nextChar(text, word);
    Class kind = classOf(next.code);
    if (kind != Space)
      return skip(text, word + next.length, kind);
  }

  // White space: the last of it belongs to the word behind it, unless it is
  // alone.
  size_t end = skip(text, at, Space);
  if (end == text.size())
    return end;
  size_t last = previousChar(text, end);
  return last > at || (spaceBefore && word == at) ? last : end;
}
