//===- Characters.cpp -----------------------------------------------------===//

#include "runtime/run/Characters.h"

#include "runtime/text/Unicode.h"
#include "runtime/text/Utf8.h"

using namespace bertc;
using namespace bertc::run;

int64_t Characters::before(size_t offset) {
  if (offset < byte)
    byte = 0, count = 0;
  while (byte < offset && byte < text.size()) {
    byte += text::decodeUtf8(text, byte).length;
    ++count;
  }
  return count;
}

std::string bertc::run::lowerCase(std::string_view text) {
  constexpr char32_t capitalDottedI = 0x130;
  std::string result;
  for (size_t at = 0; at < text.size();) {
    const text::DecodedChar next = text::decodeUtf8(text, at);
    at += next.length;
    if (next.code == capitalDottedI)
      result += "i\xcc\x87";
    else
      text::appendUtf8(result, text::toLower(next.code));
  }
  return result;
}
