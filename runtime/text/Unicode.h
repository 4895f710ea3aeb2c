//===- Unicode.h - character classes as the tokenizers crate has them -----===//
//
// The crate takes its classes from four sources of different Unicode versions:
// categories from Unicode 8, normalisation from Unicode 9, classes of regular
// expressions from Oniguruma's, white space and case from the Rust release.
// Here all come from utf8proc; UnicodeDifferences.inc lists where that is too
// young or too old, so that any utf8proc from Unicode 15 on gives the crate's
// answers.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_RUNTIME_TEXT_UNICODE_H
#define BERTC_RUNTIME_TEXT_UNICODE_H

#include <cstddef>
#include <string_view>

namespace bertc::text {

/// The property White_Space.
bool isWhitespace(char32_t code);
/// What the cleaning step drops: NUL, U+FFFD, controls, formats and private
/// use.
bool isRemoved(char32_t code);
/// Any punctuation category, and the ASCII symbols.
bool isPunctuation(char32_t code);
/// Category Mn.
bool isNonspacingMark(char32_t code);
/// The CJK blocks that the cleaning step puts spaces around.
bool isChinese(char32_t code);
/// What a regular expression calls \w.
bool isWordCharacter(char32_t code);
/// The canonical combining class; 0 for starters.
int combiningClass(char32_t code);
/// Lower case where that is one code point: all but U+0130.
char32_t toLower(char32_t code);

/// Any mark category, to the step StripAccents.
bool isMark(char32_t code);
/// What RoBERTa's regular expression calls \p{L} and \p{N}.
bool isLetter(char32_t code);
bool isNumber(char32_t code);

/// The longest full decomposition of one code point, that of U+FDFA, has 18.
constexpr int maxDecomposition = 24;
/// Writes the full decomposition, canonical or by compatibility, and returns
/// its length.
int decompose(char32_t code, bool compatible,
              char32_t (&out)[maxDecomposition]);

/// Where the extended grapheme cluster ends that begins at `at`
/// (Unicode, UAX #29); `text` is UTF-8.
size_t graphemeEnd(std::string_view text, size_t at);

} // namespace bertc::text

#endif // BERTC_RUNTIME_TEXT_UNICODE_H
