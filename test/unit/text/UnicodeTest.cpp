//===- UnicodeTest.cpp - character classes and UTF-8 ----------------------===//
//
// test/parity/tokenizer compares every code point with the tokenizers wheel;
// here is one example of each class and of each difference from utf8proc.
//
//===----------------------------------------------------------------------===//

#include "runtime/text/Unicode.h"
#include "runtime/text/Normalizer.h"
#include "runtime/text/Utf8.h"

#include <gtest/gtest.h>

#include <string>

using namespace bertc::text;

static std::string normalized(std::string_view text, BertOptions options = {}) {
  AlignedText aligned;
  aligned.reset(text, 0, text.size());
  normalizeBert(aligned, options);
  return std::string(aligned.text());
}

TEST(Utf8, DecodesAndEncodesTheEndsOfEachLength) {
  for (char32_t code : {0x0u, 0x7Fu, 0x80u, 0x7FFu, 0x800u, 0xD7FFu, 0xE000u,
                        0xFFFDu, 0xFFFFu, 0x10000u, 0x10FFFFu}) {
    std::string text;
    appendUtf8(text, code);
    DecodedChar decoded = decodeUtf8(text, 0);
    EXPECT_EQ(decoded.code, code);
    EXPECT_EQ(decoded.length, text.size());
  }
}

TEST(Utf8, ReplacesEachMaximalPartThatCouldHaveBeenACharacter) {
  auto lengths = [](std::string_view text) {
    std::string result;
    for (size_t at = 0; at < text.size();) {
      DecodedChar next = decodeUtf8(text, at);
      EXPECT_EQ(next.code, replacementCharacter);
      result += std::to_string(next.length);
      at += next.length;
    }
    return result;
  };
  EXPECT_EQ(lengths("\x80\xBF"), "11");
  EXPECT_EQ(lengths("\xC0\x80"), "11");           // overlong
  EXPECT_EQ(lengths("\xE2\x82"), "2");            // cut short
  EXPECT_EQ(lengths("\xE0\x80\xAF"), "111");      // overlong
  EXPECT_EQ(lengths("\xED\xA0\x80"), "111");      // a surrogate
  EXPECT_EQ(lengths("\xF0\x9F\x98"), "3");        // cut short
  EXPECT_EQ(lengths("\xF4\x90\x80\x80"), "1111"); // above U+10FFFF
  EXPECT_EQ(lengths("\xF8\x88\x80\x80\x80"), "11111");
}

TEST(Unicode, ClassesFollowTheCrate) {
  EXPECT_TRUE(isWhitespace(0x85));
  EXPECT_FALSE(isWhitespace(0x200B));
  EXPECT_TRUE(isRemoved(0x200B));
  EXPECT_TRUE(isRemoved(0xE000));
  EXPECT_FALSE(isRemoved('\n'));
  EXPECT_FALSE(isRemoved(0x378)); // not assigned
  EXPECT_TRUE(isPunctuation('$'));
  EXPECT_TRUE(isPunctuation(0x2014));
  EXPECT_FALSE(isPunctuation(0x20AC)); // a symbol, but not in ASCII
  EXPECT_TRUE(isNonspacingMark(0x301));
  EXPECT_FALSE(isNonspacingMark(0x903)); // a spacing mark
  EXPECT_TRUE(isChinese(0x4E00));
  EXPECT_FALSE(isChinese(0x3042));
}

TEST(Unicode, ClassesAreAsOldAsTheCratesTables) {
  EXPECT_FALSE(isRemoved(0x8E2));      // a format since Unicode 9
  EXPECT_FALSE(isPunctuation(0x2E43)); // punctuation since Unicode 9
  EXPECT_TRUE(isPunctuation(0x166D));  // a symbol since Unicode 12
  EXPECT_TRUE(isPunctuation(0x111C9)); // a mark since Unicode 11
  EXPECT_FALSE(isNonspacingMark(0x111C9));
  EXPECT_FALSE(isNonspacingMark(0x8D4)); // a mark since Unicode 9
  EXPECT_TRUE(isNonspacingMark(0x1734)); // a spacing mark since Unicode 14
  EXPECT_EQ(combiningClass(0x8D4), 230);
  EXPECT_EQ(combiningClass(0x7FD), 0); // a mark since Unicode 11
  char32_t parts[maxDecomposition];
  EXPECT_EQ(decompose(0x11938, false, parts), 1); // decomposes since Unicode 13
  EXPECT_EQ(toLower(0x1C89), char32_t(0x1C8A));   // since Unicode 16
}

TEST(Normalizer, EachStepCanBeLeftOut) {
  BertOptions options;
  EXPECT_EQ(normalized("É\x01 你", options), "e  你 ");
  options.stripAccents = false;
  EXPECT_EQ(normalized("É", options), "é");
  EXPECT_EQ(normalized("İ", options), "i\u0307");
  options.lowercase = false;
  EXPECT_EQ(normalized("É", options), "É");
  options.handleChineseChars = false;
  EXPECT_EQ(normalized("你\t", options), "你 ");
  options.cleanText = false;
  EXPECT_EQ(normalized("\x01\t\uFFFD", options), "\x01\t\uFFFD");
  options.stripAccents = true;
  EXPECT_EQ(normalized("É", options), "E");
}

TEST(Normalizer, OrdersTheMarksThatItKeeps) {
  // U+302E has class 224, U+8D4 has 230: spacing, or too young to be dropped.
  EXPECT_EQ(normalized("a\u08D4\u302E"), "a\u302E\u08D4");
  EXPECT_EQ(normalized("a\u302E\u08D4"), "a\u302E\u08D4");
}
