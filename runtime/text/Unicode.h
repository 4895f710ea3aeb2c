//===- Unicode.h - character classes as the tokenizers crate has them -----===//
//
// The crate takes its classes from four sources of different Unicode versions:
// categories from Unicode 8, normalisation from Unicode 9, white space and case
// from the Rust release. Here all come from utf8proc; UnicodeDifferences.inc
// lists where that is too young or too old, so that any utf8proc from Unicode
// 15 on gives the crate's answers.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_RUNTIME_TEXT_UNICODE_H
#define BERTC_RUNTIME_TEXT_UNICODE_H

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

/// The longest full canonical decomposition of one code point has 4.
constexpr int maxDecomposition = 8;
/// Writes the full canonical decomposition and returns its length.
int decompose(char32_t code, char32_t (&out)[maxDecomposition]);

} // namespace bertc::text

#endif // BERTC_RUNTIME_TEXT_UNICODE_H
