//===- Unicode.cpp - character classes as the tokenizers crate has them ---===//

#include "runtime/text/Unicode.h"

#include "runtime/text/Utf8.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace {

struct CodeRange {
  char32_t first, last;
};

struct CaseRange {
  char32_t first, last;
  int32_t difference;
};

#include "runtime/text/UnicodeDifferences.inc"

/// The range that holds `code`, or null. Ranges are sorted and disjoint.
template <typename Range, size_t N>
const Range *find(const Range (&ranges)[N], char32_t code) {
  const Range *range =
      std::lower_bound(std::begin(ranges), std::end(ranges), code,
                       [](const Range &r, char32_t c) { return r.last < c; });
  return range != std::end(ranges) && range->first <= code ? range : nullptr;
}

utf8proc_category_t category(char32_t code) {
  return utf8proc_category(static_cast<utf8proc_int32_t>(code));
}

} // namespace

namespace bertc::text {

bool isWhitespace(char32_t code) {
  return code == 0x20 || (code >= 0x09 && code <= 0x0D) || code == 0x85 ||
         code == 0xA0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200A) ||
         code == 0x2028 || code == 0x2029 || code == 0x202F || code == 0x205F ||
         code == 0x3000;
}

bool isRemoved(char32_t code) {
  if (code < 0x80)
    return (code < 0x20 && code != '\t' && code != '\n' && code != '\r') ||
           code == 0x7F;
  switch (category(code)) {
  case UTF8PROC_CATEGORY_CC:
  case UTF8PROC_CATEGORY_CF:
  case UTF8PROC_CATEGORY_CO:
    return !find(unclassifiedRanges, code);
  default:
    return code == 0xFFFD;
  }
}

bool isPunctuation(char32_t code) {
  if (code < 0x80)
    return (code >= '!' && code <= '/') || (code >= ':' && code <= '@') ||
           (code >= '[' && code <= '`') || (code >= '{' && code <= '~');
  switch (category(code)) {
  case UTF8PROC_CATEGORY_PC:
  case UTF8PROC_CATEGORY_PD:
  case UTF8PROC_CATEGORY_PS:
  case UTF8PROC_CATEGORY_PE:
  case UTF8PROC_CATEGORY_PI:
  case UTF8PROC_CATEGORY_PF:
  case UTF8PROC_CATEGORY_PO:
    return !find(unclassifiedRanges, code);
  default:
    return find(punctuationRanges, code);
  }
}

bool isNonspacingMark(char32_t code) {
  if (code < 0x300)
    return false;
  if (category(code) == UTF8PROC_CATEGORY_MN)
    return !find(unclassifiedRanges, code) && !find(punctuationRanges, code);
  return find(markRanges, code);
}

bool isChinese(char32_t code) {
  return (code >= 0x4E00 && code <= 0x9FFF) ||
         (code >= 0x3400 && code <= 0x4DBF) ||
         (code >= 0x20000 && code <= 0x2A6DF) ||
         (code >= 0x2A700 && code <= 0x2B81F) ||
         (code >= 0x2B920 && code <= 0x2CEAF) ||
         (code >= 0xF900 && code <= 0xFAFF) ||
         (code >= 0x2F800 && code <= 0x2FA1F);
}

bool isWordCharacter(char32_t code) {
  switch (category(code)) {
  case UTF8PROC_CATEGORY_LU:
  case UTF8PROC_CATEGORY_LL:
  case UTF8PROC_CATEGORY_LT:
  case UTF8PROC_CATEGORY_LM:
  case UTF8PROC_CATEGORY_LO:
  case UTF8PROC_CATEGORY_MN:
  case UTF8PROC_CATEGORY_MC:
  case UTF8PROC_CATEGORY_ME:
  case UTF8PROC_CATEGORY_ND:
  case UTF8PROC_CATEGORY_NL:
  case UTF8PROC_CATEGORY_PC:
    return true;
  default:
    // Joiners, and the circled and squared letters that are Alphabetic.
    return code == 0x200C || code == 0x200D ||
           (code >= 0x24B6 && code <= 0x24E9) ||
           (code >= 0x1F130 && code <= 0x1F149) ||
           (code >= 0x1F150 && code <= 0x1F169) ||
           (code >= 0x1F170 && code <= 0x1F189);
  }
}

int combiningClass(char32_t code) {
  if (code < 0x300)
    return 0;
  int value = utf8proc_get_property(static_cast<utf8proc_int32_t>(code))
                  ->combining_class;
  return value && find(starterRanges, code) ? 0 : value;
}

char32_t toLower(char32_t code) {
  if (const CaseRange *range = find(lowerCaseRanges, code))
    return static_cast<char32_t>(static_cast<int32_t>(code) +
                                 range->difference);
  return static_cast<char32_t>(
      utf8proc_tolower(static_cast<utf8proc_int32_t>(code)));
}

bool isMark(char32_t code) {
  if (code < 0x300)
    return false;
  switch (category(code)) {
  case UTF8PROC_CATEGORY_MN:
  case UTF8PROC_CATEGORY_MC:
  case UTF8PROC_CATEGORY_ME:
    return !find(notAnyMarkRanges, code);
  default:
    return find(anyMarkRanges, code);
  }
}

bool isLetter(char32_t code) {
  if (code < 0x80)
    return (code | 0x20) >= 'a' && (code | 0x20) <= 'z';
  switch (category(code)) {
  case UTF8PROC_CATEGORY_LU:
  case UTF8PROC_CATEGORY_LL:
  case UTF8PROC_CATEGORY_LT:
  case UTF8PROC_CATEGORY_LM:
  case UTF8PROC_CATEGORY_LO:
    return !find(notLetterRanges, code);
  default:
    return find(letterRanges, code);
  }
}

bool isNumber(char32_t code) {
  if (code < 0x80)
    return code >= '0' && code <= '9';
  switch (category(code)) {
  case UTF8PROC_CATEGORY_ND:
  case UTF8PROC_CATEGORY_NL:
  case UTF8PROC_CATEGORY_NO:
    return !find(notNumberRanges, code);
  default:
    return find(numberRanges, code);
  }
}

int decompose(char32_t code, bool compatible,
              char32_t (&out)[maxDecomposition]) {
  bool whole = code < 0xA0 || (!compatible && code < 0xC0) ||
               (compatible ? find(compatibilityRanges, code)
                           : find(composedRanges, code));
  if (!whole) {
    utf8proc_int32_t buffer[maxDecomposition];
    int boundary = 0, options = UTF8PROC_STABLE | UTF8PROC_DECOMPOSE;
    if (compatible)
      options |= UTF8PROC_COMPAT;
    utf8proc_ssize_t count = utf8proc_decompose_char(
        static_cast<utf8proc_int32_t>(code), buffer, maxDecomposition,
        static_cast<utf8proc_option_t>(options), &boundary);
    if (count > 0 && count <= maxDecomposition) {
      std::copy(buffer, buffer + count, out);
      return static_cast<int>(count);
    }
  }
  out[0] = code;
  return 1;
}

size_t graphemeEnd(std::string_view text, size_t at) {
  DecodedChar last = nextChar(text, at);
  utf8proc_int32_t state = 0;
  for (at += last.length; at < text.size();) {
    DecodedChar next = nextChar(text, at);
    // Below U+0300 nothing joins but CR LF.
    bool parts = next.code < 0x300 && (last.code != '\r' || next.code != '\n');
    // Prepended marks lie above.
    if (parts && last.code < 0x300)
      return at;
    parts = utf8proc_grapheme_break_stateful(
        static_cast<utf8proc_int32_t>(last.code),
        static_cast<utf8proc_int32_t>(next.code), &state);
    if (parts && find(graphemeExtendRanges, next.code))
      parts = utf8proc_grapheme_break(static_cast<utf8proc_int32_t>(last.code),
                                      0x300);
    if (parts)
      return at;
    last = next;
    at += next.length;
  }
  return at;
}

} // namespace bertc::text
