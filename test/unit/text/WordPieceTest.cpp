//===- WordPieceTest.cpp - texts and the tokens they become ---------------===//

#include "runtime/text/Tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

using namespace bertc::text;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

class WordPieceTest : public testing::Test {
protected:
  WordPieceTest()
      : tokenizer(*Tokenizer::fromFolder(BERTC_SOURCE_DIR
                                         "/test/unit/text/Inputs")) {}

  /// All tokens of a text, without [CLS] and [SEP].
  std::vector<std::string> tokens(std::string_view text) const {
    EncodeOptions options;
    options.addSpecialTokens = false;
    options.truncation = Truncation::None;
    return names(*tokenizer.encode(text, options));
  }

  std::vector<std::string> names(const Encoding &encoding) const {
    std::vector<std::string> result;
    for (int32_t id : encoding.ids)
      result.emplace_back(tokenizer.token(id));
    return result;
  }

  static EncodeOptions cutTo(int64_t length, Truncation truncation) {
    EncodeOptions options;
    options.maxLength = length;
    options.truncation = truncation;
    return options;
  }

  Tokenizer tokenizer;
};

TEST_F(WordPieceTest, SurroundsATextWithItsSpecialTokens) {
  Result<Encoding> encoding = tokenizer.encode("The quick fox.");
  ASSERT_TRUE(encoding);
  EXPECT_THAT(names(*encoding),
              ElementsAre("[CLS]", "the", "quick", "fox", ".", "[SEP]"));
  EXPECT_THAT(encoding->typeIds, ElementsAre(0, 0, 0, 0, 0, 0));
}

TEST_F(WordPieceTest, GivesThePairsSecondTextTypeOne) {
  Result<Encoding> encoding = tokenizer.encodePair("fox", "lazy dog");
  ASSERT_TRUE(encoding);
  EXPECT_THAT(names(*encoding),
              ElementsAre("[CLS]", "fox", "[SEP]", "lazy", "dog", "[SEP]"));
  EXPECT_THAT(encoding->typeIds, ElementsAre(0, 0, 0, 1, 1, 1));
}

TEST_F(WordPieceTest, TakesTheLongestPieceFirst) {
  EXPECT_THAT(tokens("unaffable"), ElementsAre("un", "##aff", "##able"));
  EXPECT_THAT(tokens("jumps jumped"),
              ElementsAre("jump", "##s", "jump", "##ed"));
  // A word with a part that is not there is unknown as a whole.
  EXPECT_THAT(tokens("runs runx"), ElementsAre("run", "##s", "[UNK]"));
}

TEST_F(WordPieceTest, AnEmptyTextHasSpecialTokensOnly) {
  EXPECT_THAT(names(*tokenizer.encode("")), ElementsAre("[CLS]", "[SEP]"));
  EXPECT_THAT(names(*tokenizer.encode(" \t\n ")),
              ElementsAre("[CLS]", "[SEP]"));
  EXPECT_THAT(tokens(""), ElementsAre());
}

TEST_F(WordPieceTest, SeparatesPunctuationAndSymbols) {
  EXPECT_THAT(tokens("fox,dog!?"), ElementsAre("fox", ",", "dog", "!", "?"));
  EXPECT_THAT(tokens("dog's"), ElementsAre("dog", "'", "[UNK]"));
  EXPECT_THAT(tokens("##s"), ElementsAre("#", "#", "[UNK]"));
}

TEST_F(WordPieceTest, FindsSpecialTokensInTheTextAsTheyAreWritten) {
  EXPECT_THAT(tokens("the[MASK]fox"), ElementsAre("the", "[MASK]", "fox"));
  EXPECT_THAT(tokens("[[MASK]]"), ElementsAre("[", "[MASK]", "]"));
  EXPECT_THAT(tokens("[mask]"), ElementsAre("[", "mask", "]"));
  EXPECT_THAT(tokens("[CLS [SEP]"), ElementsAre("[", "cls", "[SEP]"));
}

TEST_F(WordPieceTest, DropsControlsAndJoinsWhatTheyParted) {
  EXPECT_THAT(tokens(std::string_view("f\0o\x01x\x7F", 6)), ElementsAre("fox"));
  EXPECT_THAT(tokens("fo\u200Bx fo\uFEFFx"), ElementsAre("fox", "fox"));
  EXPECT_THAT(tokens("the\u00A0fox\u3000dog"),
              ElementsAre("the", "fox", "dog"));
  // White space to Unicode, but a control to the cleaning step.
  EXPECT_THAT(tokens("fo\vx"), ElementsAre("fox"));
}

TEST_F(WordPieceTest, DropsBytesThatAreNotUtf8) {
  EXPECT_THAT(tokens("f\xFFo\xC3x"), ElementsAre("fox"));
  EXPECT_THAT(tokens("fox\xED\xA0\x80 \xF4\x90\x80\x80"), ElementsAre("fox"));
  EXPECT_THAT(tokens("fox\xE4\xBD"), ElementsAre("fox"));
}

TEST_F(WordPieceTest, LowersCaseAndStripsAccents) {
  EXPECT_THAT(tokens("THE Café CAFE\u0301"),
              ElementsAre("the", "cafe", "cafe"));
  EXPECT_THAT(tokens("İ I ı"), ElementsAre("i", "i", "ı"));
  // No final sigma: case is taken character by character.
  EXPECT_THAT(tokens("ΣΣ"), ElementsAre("σ", "##σ"));
  EXPECT_THAT(tokens("ẞ ß"), ElementsAre("ß", "ß"));
}

TEST_F(WordPieceTest, PutsSpacesAroundIdeographsOnly) {
  EXPECT_THAT(tokens("你好the"), ElementsAre("你", "好", "the"));
  // The voiced mark of が is a nonspacing mark.
  EXPECT_THAT(tokens("がか"), ElementsAre("か", "##か"));
  EXPECT_THAT(tokens("각"), ElementsAre("ᄀ", "##ᅡ", "##ᆨ"));
}

TEST_F(WordPieceTest, AWordOfMoreThanAHundredCharactersIsUnknown) {
  std::string hundred(100, 'a');
  EXPECT_EQ(tokens(hundred).size(), 100u);
  EXPECT_THAT(tokens(hundred + "a"), ElementsAre("[UNK]"));
  // Counted in characters after cleaning, not in bytes before.
  std::string accents;
  for (int i = 0; i < 100; ++i)
    accents += "á";
  EXPECT_EQ(tokens(accents).size(), 100u);
}

TEST_F(WordPieceTest, CutsASingleTextAtItsEnd) {
  EncodeOptions options = cutTo(4, Truncation::LongestFirst);
  EXPECT_THAT(names(*tokenizer.encode("the quick brown fox", options)),
              ElementsAre("[CLS]", "the", "quick", "[SEP]"));
  options.addSpecialTokens = false;
  EXPECT_THAT(names(*tokenizer.encode("unaffable dog fox", options)),
              ElementsAre("un", "##aff", "##able", "dog"));
  EXPECT_THAT(
      names(*tokenizer.encode("the fox", cutTo(2, Truncation::OnlyFirst))),
      ElementsAre("[CLS]", "[SEP]"));
}

TEST_F(WordPieceTest, CutsTheLongerOfAPairFirst) {
  auto cut = [&](std::string_view first, std::string_view second,
                 int64_t length, Truncation truncation) {
    return names(
        *tokenizer.encodePair(first, second, cutTo(length, truncation)));
  };
  EXPECT_THAT(cut("a", "the quick fox", 5, Truncation::LongestFirst),
              ElementsAre("[CLS]", "a", "[SEP]", "the", "[SEP]"));
  // An odd room gives the longer text one more.
  EXPECT_THAT(cut("a b a b", "the fox the", 6, Truncation::LongestFirst),
              ElementsAre("[CLS]", "a", "b", "[SEP]", "the", "[SEP]"));
  EXPECT_THAT(cut("a b a b", "the fox", 6, Truncation::OnlyFirst),
              ElementsAre("[CLS]", "a", "[SEP]", "the", "fox", "[SEP]"));
  EXPECT_THAT(cut("a b", "the fox dog", 6, Truncation::OnlySecond),
              ElementsAre("[CLS]", "a", "b", "[SEP]", "the", "[SEP]"));
}

TEST_F(WordPieceTest, SaysWhyATextCannotBeCut) {
  auto error = [&](int64_t length, Truncation truncation) {
    return tokenizer.encodePair("a b a b", "fox", cutTo(length, truncation))
        .error();
  };
  EXPECT_THAT(error(2, Truncation::LongestFirst),
              HasSubstr("room for 3 special tokens"));
  EXPECT_THAT(error(5, Truncation::OnlySecond),
              HasSubstr("second text alone is too short"));
  EXPECT_THAT(error(-1, Truncation::None), HasSubstr("maximum length is -1"));
  EXPECT_THAT(
      tokenizer.encode("the fox", cutTo(3, Truncation::OnlySecond)).error(),
      HasSubstr("needs a second text"));
}

TEST_F(WordPieceTest, KeepsTheLastTokensWhereTheModelSaysSo) {
  std::string blob = tokenizer.blob();
  std::string right = "\"truncate_left\":false";
  size_t at = blob.find(right);
  ASSERT_NE(at, std::string::npos);
  blob.replace(at, right.size(), "\"truncate_left\":true");
  Result<Tokenizer> left = Tokenizer::fromBlob(blob);
  ASSERT_TRUE(left) << left.error();
  EXPECT_THAT(names(*left->encode("the quick brown fox",
                                  cutTo(4, Truncation::LongestFirst))),
              ElementsAre("[CLS]", "brown", "fox", "[SEP]"));
}

TEST_F(WordPieceTest, TakesTheModelsMaximumWhereNoneIsGiven) {
  EXPECT_EQ(tokenizer.maxLength(), 8);
  std::string text = "the quick brown fox jumped over the lazy dog";
  EXPECT_EQ(tokenizer.encode(text)->ids.size(), 8u);
  EncodeOptions options;
  options.truncation = Truncation::None;
  EXPECT_EQ(tokenizer.encode(text, options)->ids.size(), 12u);
}

TEST_F(WordPieceTest, SurvivesItsBlob) {
  Result<Tokenizer> copy = Tokenizer::fromBlob(tokenizer.blob());
  ASSERT_TRUE(copy) << copy.error();
  EXPECT_EQ(copy->blob(), tokenizer.blob());
  EXPECT_EQ(copy->maxLength(), tokenizer.maxLength());
  EXPECT_EQ(copy->vocabularySize(), tokenizer.vocabularySize());
  EXPECT_EQ(copy->padId(), 0);
  EXPECT_EQ(copy->maskId(), 4);
  EXPECT_EQ(copy->encodePair("Café [MASK]", "你")->ids,
            tokenizer.encodePair("Café [MASK]", "你")->ids);
}

TEST_F(WordPieceTest, TakesLinearTimeOnHostileText) {
  // Each would take hours if any step were quadratic in the text.
  std::string marks = "a";
  std::string accented;
  for (int i = 0; i < 200000; ++i) {
    marks += i % 2 ? "\u0301" : "\u0323";
    accented += "é́";
  }
  EXPECT_THAT(tokens(marks), ElementsAre("a"));
  EXPECT_THAT(tokens(accented), ElementsAre("[UNK]"));
  EXPECT_THAT(tokens(std::string(2000000, 'a')), ElementsAre("[UNK]"));
  EXPECT_EQ(tokens(std::string(200000, '[')).size(), 200000u);
}

} // namespace
