//===- ByteLevel.h - bytes as visible characters, and words of GPT-2 ------===//

#ifndef BERTC_RUNTIME_TEXT_BYTELEVEL_H
#define BERTC_RUNTIME_TEXT_BYTELEVEL_H

#include <cstddef>
#include <string>
#include <string_view>

namespace bertc::text {

/// The character that stands for a byte in a byte-level vocabulary
/// (bytes_to_unicode of openai/gpt-2, encoder.py): itself where it is visible
/// Latin-1, else one from U+0100 on. A space is U+0120.
char32_t characterOfByte(unsigned char byte);
/// The byte that a character stands for, -1 for other characters.
int byteOfCharacter(char32_t code);

/// Appends the characters of `bytes` as UTF-8.
void appendByteLevel(std::string_view bytes, std::string &out);
/// Appends the bytes of a token; those of its UTF-8 where one of its characters
/// stands for no byte.
void appendBytesOfToken(std::string_view token, std::string &out);

/// Where the word ends that begins at `at`, by the expression
/// 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
/// (pre_tokenizers/byte_level.rs); `text` is UTF-8 and longer than `at`.
/// With `spaceBefore`, as if a space lay in front of `at` that belongs to it.
size_t byteLevelWordEnd(std::string_view text, size_t at, bool spaceBefore);

} // namespace bertc::text

#endif // BERTC_RUNTIME_TEXT_BYTELEVEL_H
