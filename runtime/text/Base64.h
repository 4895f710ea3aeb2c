//===- Base64.h - bytes in JSON -------------------------------------------===//

#ifndef BERTC_RUNTIME_TEXT_BASE64_H
#define BERTC_RUNTIME_TEXT_BASE64_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bertc::text {

/// RFC 4648, with its padding; no value for other text.
inline std::optional<std::string> decodeBase64(std::string_view text) {
  if (text.size() % 4 != 0)
    return std::nullopt;
  size_t size = text.size();
  for (int i = 0; i < 2 && size > 0 && text[size - 1] == '='; ++i)
    --size;
  std::string out;
  out.reserve(size / 4 * 3 + 2);
  uint32_t bits = 0;
  int count = 0;
  for (char c : text.substr(0, size)) {
    uint32_t value = c >= 'A' && c <= 'Z'   ? c - 'A'
                     : c >= 'a' && c <= 'z' ? c - 'a' + 26
                     : c >= '0' && c <= '9' ? c - '0' + 52
                     : c == '+'             ? 62
                     : c == '/'             ? 63
                                            : 64;
    if (value == 64)
      return std::nullopt;
    bits = bits << 6 | value;
    count += 6;
    if (count >= 8) {
      count -= 8;
      out.push_back(static_cast<char>(bits >> count & 0xFF));
    }
  }
  return out;
}

} // namespace bertc::text

#endif // BERTC_RUNTIME_TEXT_BASE64_H
