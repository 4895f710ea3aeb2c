//===- WindowsTest.cpp - offsets, windows, decoding and blobs of BERT -----===//

#include "runtime/text/Truncation.h"
#include "test/unit/text/Folder.h"

using namespace bertc::text;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

namespace {

class WindowsTest : public testing::Test {
protected:
  WindowsTest()
      : tokenizer(*Tokenizer::fromFolder(BERTC_SOURCE_DIR
                                         "/test/unit/text/Inputs")) {}

  static EncodeOptions cutTo(int64_t length, int64_t stride,
                             Truncation truncation) {
    EncodeOptions options;
    options.maxLength = length;
    options.stride = stride;
    options.truncation = truncation;
    return options;
  }

  std::vector<std::vector<std::string>>
  windows(const Result<std::vector<Encoding>> &encodings) const {
    EXPECT_TRUE(encodings) << encodings.error();
    std::vector<std::vector<std::string>> result;
    for (const Encoding &encoding : *encodings)
      result.push_back(names(tokenizer, encoding));
    return result;
  }

  Tokenizer tokenizer;
};

TEST(Truncation, WindowsShareTheirStride) {
  auto places = [](size_t count, size_t size, size_t stride, bool left) {
    std::vector<std::pair<size_t, size_t>> result;
    Result<std::vector<Window>> windows = windowsOf(count, size, stride, left);
    for (Window window : *windows)
      result.emplace_back(window.begin, window.end);
    return result;
  };
  EXPECT_THAT(places(5, 5, 9, false), ElementsAre(Pair(0, 5)));
  EXPECT_THAT(places(7, 3, 1, false),
              ElementsAre(Pair(0, 3), Pair(2, 5), Pair(4, 7)));
  EXPECT_THAT(places(8, 3, 0, false),
              ElementsAre(Pair(0, 3), Pair(3, 6), Pair(6, 8)));
  EXPECT_THAT(places(8, 3, 1, true),
              ElementsAre(Pair(5, 8), Pair(3, 6), Pair(1, 4), Pair(0, 2)));
  EXPECT_THAT(places(3, 0, 0, false), ElementsAre(Pair(0, 0), Pair(0, 3)));
  EXPECT_THAT(windowsOf(7, 3, 3, false).error(),
              HasSubstr("stride is 3, expected less than the 3 tokens"));
}

TEST_F(WindowsTest, OffsetsAreBytesOfTheTextGiven) {
  std::string_view text = "The Cafés 你\xFF\u200B, unaffable";
  Encoding encoding = plain(tokenizer, text);
  EXPECT_THAT(
      names(tokenizer, encoding),
      ElementsAre("the", "cafe", "##s", "你", ",", "un", "##aff", "##able"));
  EXPECT_THAT(covered(encoding, text),
              ElementsAre("The", "Café", "s", "你", ",", "un", "aff", "able"));
  EXPECT_THAT(encoding.wordIds, ElementsAre(0, 1, 1, 2, 3, 4, 4, 4));
  EXPECT_THAT(encoding.sequenceIds, ElementsAre(0, 0, 0, 0, 0, 0, 0, 0));
}

TEST_F(WindowsTest, WhatSurroundsATextStandsForNothing) {
  Encoding pair = *tokenizer.encodePair("fox", "a [MASK]");
  EXPECT_THAT(pair.specialMask, ElementsAre(1, 0, 1, 0, 0, 1));
  EXPECT_THAT(pair.sequenceIds, ElementsAre(-1, 0, -1, 1, 1, -1));
  EXPECT_THAT(pair.wordIds, ElementsAre(-1, 0, -1, 0, 1, -1));
  EXPECT_THAT(pair.offsets,
              ElementsAre(Offsets{0, 0}, Offsets{0, 3}, Offsets{0, 0},
                          Offsets{0, 1}, Offsets{2, 8}, Offsets{0, 0}));
}

TEST_F(WindowsTest, TheContextOfAQuestionMovesOn) {
  auto encodings = tokenizer.encodePairWindows(
      "the fox", "a b . , ! ? a", cutTo(8, 1, Truncation::OnlySecond));
  EXPECT_THAT(
      windows(encodings),
      ElementsAre(
          ElementsAre("[CLS]", "the", "fox", "[SEP]", "a", "b", ".", "[SEP]"),
          ElementsAre("[CLS]", "the", "fox", "[SEP]", ".", ",", "!", "[SEP]"),
          ElementsAre("[CLS]", "the", "fox", "[SEP]", "!", "?", "a", "[SEP]")));
  EXPECT_THAT((*encodings)[2].typeIds, ElementsAre(0, 0, 0, 0, 1, 1, 1, 1));
  EXPECT_EQ((*encodings)[2].offsets[6].begin, 12u);
  EXPECT_EQ((*encodings)[2].wordIds[4], 4);
}

TEST_F(WindowsTest, BothTextsOfAPairMayBeCut) {
  auto encodings = tokenizer.encodePairWindows(
      "a b a", ". , .", cutTo(7, 1, Truncation::LongestFirst));
  EXPECT_THAT(
      windows(encodings),
      ElementsAre(ElementsAre("[CLS]", "a", "b", "[SEP]", ".", ",", "[SEP]"),
                  ElementsAre("[CLS]", "b", "a", "[SEP]", ".", ",", "[SEP]"),
                  ElementsAre("[CLS]", "b", "a", "[SEP]", ",", ".", "[SEP]"),
                  ElementsAre("[CLS]", "a", "b", "[SEP]", ",", ".", "[SEP]")));
}

TEST_F(WindowsTest, TheSideThatIsCutMayBeChosen) {
  EncodeOptions options = cutTo(4, 0, Truncation::LongestFirst);
  options.side = Side::Left;
  EXPECT_THAT(windows(tokenizer.encodeWindows("a b . ,", options)),
              ElementsAre(ElementsAre("[CLS]", ".", ",", "[SEP]"),
                          ElementsAre("[CLS]", "a", "b", "[SEP]")));
  EXPECT_THAT(names(tokenizer, *tokenizer.encode("a b . ,", options)),
              ElementsAre("[CLS]", ".", ",", "[SEP]"));
}

TEST_F(WindowsTest, AStrideAboveTheWindowIsRefused) {
  EXPECT_THAT(
      tokenizer.encodeWindows("a b . ,", cutTo(4, 2, Truncation::OnlyFirst))
          .error(),
      HasSubstr("stride is 2, expected less than the 2 tokens"));
  EXPECT_THAT(
      tokenizer.encode("a", cutTo(4, -1, Truncation::OnlyFirst)).error(),
      HasSubstr("stride is -1"));
}

TEST_F(WindowsTest, DecodesPieces) {
  std::vector<int32_t> ids = tokenizer.encode("Unaffable fox!")->ids;
  EXPECT_EQ(tokenizer.decode(ids), "[CLS] unaffable fox! [SEP]");
  DecodeOptions options;
  options.skipSpecialTokens = true;
  EXPECT_EQ(tokenizer.decode(ids, options), "unaffable fox!");
  EXPECT_EQ(tokenizer.decode({10, 8, 10}), "##s foxs");
  EXPECT_EQ(tokenizer.decode({}), "");
}

class DecodeTest : public FolderTest {};

TEST_F(DecodeTest, SpacesAreCleanedUpOnDemand) {
  // Without a decoder tokens are joined by spaces.
  write("tokenizer.json",
        R"({"model": {"type": "WordPiece", "vocab": {"[UNK]": 0, "a": 1,
            ".": 2, "n't": 3, "do": 4, "not": 5}},
            "pre_tokenizer": {"type": "BertPreTokenizer"}})");
  DecodeOptions cleaning;
  cleaning.cleanUpSpaces = true;
  EXPECT_EQ(tokenizer().decode({1, 3, 4, 5, 2}), "a n't do not .");
  EXPECT_EQ(tokenizer().decode({1, 3, 4, 5, 2}, cleaning), "an't do not.");
  write("tokenizer_config.json", R"({"clean_up_tokenization_spaces": true})");
  EXPECT_EQ(tokenizer().decode({1, 2}), "a.");
}

TEST_F(DecodeTest, AddedTokensAreShownAsTheyAreLookedFor) {
  write("vocab.txt", "[UNK]\n[CLS]\n[SEP]\nfox\n");
  write("tokenizer_config.json", R"({"added_tokens_decoder": {
      "4": {"content": "A Fox", "normalized": true},
      "5": {"content": "[E]", "normalized": false, "special": true}}})");
  EXPECT_THAT(tokenizer().encode("fox A FOX[E]")->ids,
              ElementsAre(1, 3, 4, 5, 2));
  EXPECT_EQ(tokenizer().token(4), "A Fox");
  EXPECT_EQ(tokenizer().decode({3, 4, 5}), "fox a fox [E]");
  DecodeOptions options;
  options.skipSpecialTokens = true;
  EXPECT_EQ(tokenizer().decode({1, 3, 4, 5, 2}, options), "fox a fox");
}

TEST_F(WindowsTest, DamagedBlobsAreRefused) {
  const std::string blob = tokenizer.blob();
  for (size_t size = 0; size < blob.size(); size += 7)
    EXPECT_NE(Tokenizer::fromBlob(blob.substr(0, size)).error(), "");
  EXPECT_THAT(Tokenizer::fromBlob(blob + "x").error(), HasSubstr("goes on"));
  std::string other = blob;
  other[blob.find('\n') + 1] = 127; // more tokens than there are
  EXPECT_THAT(Tokenizer::fromBlob(other).error(), HasSubstr("damaged"));
}

} // namespace
