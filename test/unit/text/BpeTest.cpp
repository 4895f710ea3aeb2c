//===- BpeTest.cpp - RoBERTa's tokens, from a hand-made vocabulary --------===//

#include "runtime/text/ByteLevel.h"
#include "test/unit/text/Folder.h"

using namespace bertc::text;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

/// Letters, and what their merges make. Ġ is a space, Ã© the bytes of é.
constexpr const char *vocabulary =
    R"({"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "<mask>": 4, "l": 5,
        "o": 6, "w": 7, "e": 8, "r": 9, "Ġ": 10, "lo": 11, "low": 12,
        "er": 13, "Ġlow": 14, "'": 15, "s": 16, "'s": 17, "Ã": 18, "©": 19,
        "Ã©": 20, "Ċ": 21, "1": 22, "!": 23, "Ġ1": 24})";
constexpr const char *merges = "#version: 0.2\n"
                               "l o\nlo w\ne r\nĠ low\n' s\nÃ ©\nĠ 1\n";

class BpeTest : public FolderTest {
protected:
  BpeTest() {
    write("vocab.json", vocabulary);
    write("merges.txt", merges);
  }
  std::vector<std::string> tokens(std::string_view text) const {
    Tokenizer loaded = tokenizer();
    return names(loaded, plain(loaded, text));
  }
};

TEST(ByteLevel, EachByteHasItsCharacter) {
  for (int byte = 0; byte < 256; ++byte)
    EXPECT_EQ(
        byteOfCharacter(characterOfByte(static_cast<unsigned char>(byte))),
        byte);
  EXPECT_EQ(characterOfByte(' '), char32_t(0x120));
  EXPECT_EQ(characterOfByte('A'), char32_t('A'));
  EXPECT_EQ(characterOfByte(0xAD), char32_t(0x143));
  EXPECT_EQ(byteOfCharacter(0x144), -1);
  EXPECT_EQ(byteOfCharacter(0xAD), -1);
}

TEST(ByteLevel, WordsAreThoseOfGpt2) {
  auto words = [](std::string_view text) {
    std::vector<std::string> result;
    for (size_t at = 0; at < text.size();) {
      size_t end = byteLevelWordEnd(text, at, false);
      result.emplace_back(text.substr(at, end - at));
      at = end;
    }
    return result;
  };
  EXPECT_THAT(words("Hello world12 !?"),
              ElementsAre("Hello", " world", "12", " !?"));
  EXPECT_THAT(
      words("don't we'll I'd 'store"),
      ElementsAre("don", "'t", " we", "'ll", " I", "'d", " '", "store"));
  EXPECT_THAT(words("a   b \n c\n\n"),
              ElementsAre("a", "  ", " b", " \n", " c", "\n\n"));
  EXPECT_THAT(words("é漢ा 1²"), ElementsAre("é漢", "ा", " 1²"));
}

TEST_F(BpeTest, MergesTheEarliestPairsFirst) {
  EXPECT_THAT(tokens("lower low"), ElementsAre("low", "er", "Ġlow"));
  EXPECT_THAT(tokens("wol"), ElementsAre("w", "o", "l"));
  EXPECT_THAT(tokens("é's"), ElementsAre("Ã©", "'s"));
}

TEST_F(BpeTest, BytesWithoutATokenAreLeftOut) {
  EXPECT_THAT(tokens("xlow"), ElementsAre("low"));
  EXPECT_THAT(tokens("x"), ElementsAre());
}

TEST_F(BpeTest, SurroundsTextsAsRobertaDoes) {
  Tokenizer loaded = tokenizer();
  Encoding pair = *loaded.encodePair("low", "er");
  EXPECT_THAT(names(loaded, pair),
              ElementsAre("<s>", "low", "</s>", "</s>", "er", "</s>"));
  EXPECT_THAT(pair.typeIds, ElementsAre(0, 0, 0, 0, 0, 0));
  EXPECT_THAT(pair.sequenceIds, ElementsAre(-1, 0, -1, -1, 1, -1));
  EXPECT_THAT(pair.specialMask, ElementsAre(1, 0, 1, 1, 0, 1));
  EXPECT_EQ(loaded.clsId(), 0);
  EXPECT_EQ(loaded.padId(), 1);
  EXPECT_EQ(loaded.sepId(), 2);
  EXPECT_EQ(loaded.unknownId(), 3);
  EXPECT_EQ(loaded.maskId(), 4);
}

TEST_F(BpeTest, OffsetsLeaveOutSpacesAndHoldWholeCharacters) {
  std::string_view text = "low  low é";
  Encoding encoding = plain(tokenizer(), text);
  EXPECT_THAT(names(tokenizer(), encoding),
              ElementsAre("low", "Ġ", "Ġlow", "Ġ", "Ã©"));
  EXPECT_THAT(covered(encoding, text), ElementsAre("low", "", "low", "", "é"));
  EXPECT_THAT(encoding.wordIds, ElementsAre(0, 1, 2, 3, 3));

  write("tokenizer_config.json", R"({"trim_offsets": false})");
  EXPECT_THAT(covered(plain(tokenizer(), text), text),
              ElementsAre("low", " ", " low", " ", "é"));
}

TEST_F(BpeTest, ASpaceMayBePutInFront) {
  write("tokenizer_config.json", R"({"add_prefix_space": true})");
  EXPECT_THAT(tokens("low"), ElementsAre("Ġlow"));
  EXPECT_THAT(tokens(" low"), ElementsAre("Ġlow"));
  EXPECT_THAT(tokens("\nlow"), ElementsAre("Ġ", "Ċ", "low"));
  // It stands for the character behind it.
  EXPECT_THAT(covered(plain(tokenizer(), "low"), "low"), ElementsAre("low"));
}

TEST_F(BpeTest, TheMaskTakesTheSpaceBeforeItWhereItIsToldTo) {
  EXPECT_THAT(tokens("low <mask>"), ElementsAre("low", "Ġ", "<mask>"));
  write("tokenizer_config.json",
        R"({"mask_token": {"content": "<mask>", "lstrip": true}})");
  EXPECT_THAT(tokens("low  <mask> er"),
              ElementsAre("low", "<mask>", "Ġ", "er"));
  std::string_view text = "low  <mask>";
  EXPECT_THAT(covered(plain(tokenizer(), text), text),
              ElementsAre("low", "<mask>"));
}

TEST_F(BpeTest, SpecialTokensThatAreMissingGetIdsBehindTheVocabulary) {
  write("vocab.json", R"({"l": 0, "o": 1, "lo": 2})");
  write("merges.txt", "l o\n");
  Tokenizer loaded = tokenizer();
  EXPECT_EQ(loaded.clsId(), 3);
  EXPECT_EQ(loaded.sepId(), 4);
  EXPECT_EQ(loaded.vocabularySize(), 8);
  EXPECT_THAT(loaded.encode("lo")->ids, ElementsAre(3, 2, 4));
}

TEST_F(BpeTest, AddedTokensJsonTellsIdsAlone) {
  write("added_tokens.json", R"({"zork": 25, "<mask>": 4})");
  write("special_tokens_map.json",
        R"({"mask_token": {"content": "<mask>", "lstrip": true}})");
  EXPECT_THAT(tokens("low zork <mask>"),
              ElementsAre("low", "Ġ", "zork", "Ġ", "<mask>"));
  EXPECT_EQ(tokenizer().find("zork"), 25);
  EXPECT_EQ(tokenizer().vocabularySize(), 26);
  write("added_tokens.json", R"({"zork": "25"})");
  EXPECT_THAT(error(), HasSubstr("added_tokens.json: \"zork\" is not a whole"));
}

TEST_F(BpeTest, DecodesBytes) {
  Tokenizer loaded = tokenizer();
  EXPECT_EQ(loaded.decode({0, 12, 14, 10, 20, 2}), "<s>low low é</s>");
  DecodeOptions options;
  options.skipSpecialTokens = true;
  options.cleanUpSpaces = true; // not for byte-level models
  EXPECT_EQ(loaded.decode({0, 14, 10, 23, 2, 99, -1}, options), " low !");
  EXPECT_EQ(loaded.decode({18, 5}), "\uFFFDl");
}

TEST_F(BpeTest, ReadsTheSameFromTokenizerJson) {
  std::filesystem::remove(folder + "/merges.txt");
  std::filesystem::remove(folder + "/vocab.json");
  write("tokenizer.json",
        R"({"model": {"type": "BPE", "unk_token": "?", "fuse_unk": true,
        "merges": [["l", "o"], ["lo", "w"]],
        "vocab": {"l": 0, "o": 1, "w": 2, "lo": 3, "low": 4, "?": 5}},
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false},
        "post_processor": {"type": "ByteLevel", "trim_offsets": true,
                           "add_prefix_space": false},
        "decoder": {"type": "ByteLevel"}})");
  Tokenizer loaded = tokenizer();
  Encoding encoding = plain(loaded, "lowxxlo");
  EXPECT_THAT(names(loaded, encoding), ElementsAre("low", "?", "lo"));
  EXPECT_THAT(covered(encoding, "lowxxlo"), ElementsAre("low", "xx", "lo"));
  EXPECT_EQ(loaded.clsId(), -1);
}

TEST_F(BpeTest, LongWordsTakeLittleTime) {
  std::string text;
  for (int i = 0; i < 300000; ++i)
    text += "low";
  EXPECT_EQ(tokens(text).size(), 300000u);
  // All orders of merging a run are the leftmost first.
  EXPECT_EQ(tokens(std::string(1000000, 'l')).size(), 1000000u);
}

TEST_F(BpeTest, DamagedFilesAreNamed) {
  auto mergesError = [&](const std::string &lines) {
    write("merges.txt", lines);
    return error();
  };
  EXPECT_THAT(
      mergesError("l o\nl o w\n"),
      HasSubstr("merges.txt: line 2 has 3 columns, expected two tokens"));
  EXPECT_THAT(mergesError("l\n"), HasSubstr("line 1 has 1 columns"));
  EXPECT_THAT(mergesError("l o\n\nlo w\n"), HasSubstr("line 2 has 1 columns"));
  EXPECT_THAT(mergesError("l q\n"),
              HasSubstr("line 1: \"q\" is not in the vocabulary"));
  EXPECT_THAT(mergesError("w o\n"),
              HasSubstr("line 1: \"wo\" is not in the vocabulary"));
  std::filesystem::remove(folder + "/merges.txt");
  EXPECT_THAT(error(), HasSubstr("merges.txt: not there"));
  write("merges.txt", merges);
  write("vocab.json", "{}");
  EXPECT_THAT(error(), HasSubstr("vocab.json: no tokens"));
  write("vocab.json", "[]");
  EXPECT_THAT(error(), HasSubstr("vocab.json: expected a JSON object"));
  write("vocab.json", R"({"a": 0, "b": 0})");
  EXPECT_THAT(error(),
              HasSubstr("vocab.json: \"a\" and \"b\" have the same id"));
  write("vocab.json", R"({"a": "0"})");
  EXPECT_THAT(error(), HasSubstr("vocab.json: the id of \"a\""));
  write("vocab.json", "{\"a\": ");
  EXPECT_THAT(error(), HasSubstr("vocab.json: not valid JSON"));
}

TEST_F(BpeTest, WhatIsNotRobertasIsRefused) {
  auto errorOf = [&](const std::string &model, const std::string &splitter) {
    write("tokenizer.json", R"({"model": {"type": "BPE", "vocab": {"a": 0},
        "merges": [])" + model + R"(}, "pre_tokenizer": )" +
                                splitter + "}");
    return error();
  };
  const std::string bytes = R"({"type": "ByteLevel"})";
  EXPECT_THAT(errorOf(R"(, "dropout": 0.1)", bytes),
              HasSubstr("model: \"dropout\" is not null"));
  EXPECT_THAT(
      errorOf(R"(, "end_of_word_suffix": "</w>")", bytes),
      HasSubstr("model: end_of_word_suffix is \"</w>\", expected none"));
  EXPECT_THAT(errorOf(R"(, "byte_fallback": true)", bytes),
              HasSubstr("\"byte_fallback\" is not false"));
  EXPECT_THAT(errorOf("", R"({"type": "BertPreTokenizer"})"),
              HasSubstr("ByteLevel and the model BPE go together"));
  EXPECT_THAT(errorOf("", R"({"type": "Split"})"),
              HasSubstr("pre_tokenizer: type is \"Split\""));
  EXPECT_EQ(errorOf("", bytes), "");
  write("tokenizer.json", R"({"model": {"type": "BPE", "vocab": {"a": 0},
      "merges": ["a"]}, "pre_tokenizer": {"type": "ByteLevel"}})");
  EXPECT_THAT(error(), HasSubstr("model: merge 0 has 1 columns"));
}

} // namespace
