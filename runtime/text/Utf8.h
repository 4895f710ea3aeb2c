//===- Utf8.h - UTF-8 to code points and back -----------------------------===//

#ifndef BERTC_RUNTIME_TEXT_UTF8_H
#define BERTC_RUNTIME_TEXT_UTF8_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bertc::text {

constexpr char32_t replacementCharacter = 0xFFFD;

struct DecodedChar {
  char32_t code;
  uint32_t length; ///< bytes taken, at least 1
};

/// The code point that starts at `text[at]`. Where the bytes are not UTF-8 it
/// is U+FFFD and takes the longest run that could have begun a character
/// (Unicode 15, section 3.9, "maximal subpart"), as Rust's
/// String::from_utf8_lossy does.
inline DecodedChar decodeUtf8(std::string_view text, size_t at) {
  auto byte = [&](size_t i) -> uint32_t {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
  };
  uint32_t lead = byte(at);
  if (lead < 0x80)
    return {lead, 1};

  // How many bytes follow, and which range the first of them lies in: this is
  // where overlong forms, surrogates and values over U+10FFFF fall out.
  uint32_t following, low = 0x80, high = 0xBF, code;
  if (lead >= 0xC2 && lead <= 0xDF) {
    following = 1;
    code = lead & 0x1F;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    following = 2;
    code = lead & 0x0F;
    low = lead == 0xE0 ? 0xA0 : 0x80;
    high = lead == 0xED ? 0x9F : 0xBF;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    following = 3;
    code = lead & 0x07;
    low = lead == 0xF0 ? 0x90 : 0x80;
    high = lead == 0xF4 ? 0x8F : 0xBF;
  } else {
    return {replacementCharacter, 1};
  }
  for (uint32_t i = 1; i <= following; ++i) {
    uint32_t next = byte(at + i);
    if (next < low || next > high)
      return {replacementCharacter, i};
    low = 0x80;
    high = 0xBF;
    code = code << 6 | (next & 0x3F);
  }
  return {code, following + 1};
}

inline void appendUtf8(std::string &out, char32_t code) {
  auto byte = [&](uint32_t value) { out.push_back(static_cast<char>(value)); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xC0 | code >> 6);
    byte(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    byte(0xE0 | code >> 12);
    byte(0x80 | (code >> 6 & 0x3F));
    byte(0x80 | (code & 0x3F));
  } else {
    byte(0xF0 | code >> 18);
    byte(0x80 | (code >> 12 & 0x3F));
    byte(0x80 | (code >> 6 & 0x3F));
    byte(0x80 | (code & 0x3F));
  }
}

/// Whether the byte begins a character (of valid UTF-8).
inline bool startsCharacter(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
}

/// How many bytes the character has that begins with `byte` (of valid UTF-8).
inline uint32_t characterLength(char byte) {
  unsigned char lead = static_cast<unsigned char>(byte);
  return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

/// The code point at `text[at]` of valid UTF-8.
inline DecodedChar nextChar(std::string_view text, size_t at) {
  auto byte = [&](size_t i) -> uint32_t {
    return static_cast<unsigned char>(text[at + i]);
  };
  auto tail = [&](size_t i) { return byte(i) & 0x3F; };
  uint32_t length = characterLength(text[at]);
  switch (length) {
  case 1:
    return {byte(0), 1};
  case 2:
    return {(byte(0) & 0x1F) << 6 | tail(1), 2};
  case 3:
    return {(byte(0) & 0x0F) << 12 | tail(1) << 6 | tail(2), 3};
  default:
    return {(byte(0) & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3), 4};
  }
}

/// Where the character before `at` > 0 begins (of valid UTF-8).
inline size_t previousChar(std::string_view text, size_t at) {
  do
    --at;
  while (!startsCharacter(text[at]));
  return at;
}

bool isAscii(std::string_view text);
/// A U+FFFD that is written out is fine.
bool isUtf8(std::string_view text);

} // namespace bertc::text

#endif // BERTC_RUNTIME_TEXT_UTF8_H
