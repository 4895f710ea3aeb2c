//===- UnigramTest.cpp - ALBERT's tokens, from hand-made models -----------===//

#include "test/unit/text/Folder.h"

#include <cstring>
#include <limits>

using namespace bertc::text;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

std::string varint(uint64_t value) {
  std::string out;
  for (; value >= 0x80; value >>= 7)
    out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
  return out;
}

std::string message(int field, const std::string &bytes) {
  return varint(static_cast<uint64_t>(field) << 3 | 2) + varint(bytes.size()) +
         bytes;
}

std::string number(int field, uint64_t value) {
  return varint(static_cast<uint64_t>(field) << 3) + varint(value);
}

std::string piece(const std::string &text, float score, int type = 1) {
  std::string bits(sizeof(score), '\0');
  std::memcpy(bits.data(), &score, sizeof(score));
  return message(1, message(1, text) + varint(2 << 3 | 5) + bits +
                        number(3, static_cast<uint64_t>(type)));
}

/// A charsmap with the entries "ﬁ" to "fi", "™" to "tm" and U+0001 to nothing.
std::string charsmap() {
  std::vector<uint32_t> units(4096, 0);
  auto link = [&](uint32_t place, uint32_t label, uint32_t child, bool leaf) {
    units[place] = label | (leaf ? 1u << 8 : 0) | (place ^ child) << 10;
  };
  units[0] = 256 << 10;
  // Each child lies at its parent's base ^ its byte.
  auto path = [&](std::string_view key, uint32_t base, uint32_t value) {
    uint32_t at = 256;
    for (size_t i = 0; i < key.size(); ++i) {
      uint32_t label = static_cast<unsigned char>(key[i]);
      uint32_t place = at ^ label;
      uint32_t next = i + 1 == key.size() ? base + 3 * 256 : base + 256 * i;
      link(place, label, next, i + 1 == key.size());
      at = next;
    }
    units[at] = 1u << 31 | value;
  };
  path("\uFB01", 512, 0);
  path("\u2122", 1792, 3);
  path("\x01", 3072 - 768, 6);
  std::string texts("fi\0tm\0\0", 7), out(4 + 4 * units.size(), '\0');
  uint32_t size = static_cast<uint32_t>(4 * units.size());
  std::memcpy(out.data(), &size, 4);
  std::memcpy(out.data() + 4, units.data(), size);
  return out + texts;
}

std::string specials() {
  return piece("<pad>", 0, 3) + piece("<unk>", 0, 2) + piece("[CLS]", 0, 3) +
         piece("[SEP]", 0, 3) + piece("[MASK]", 0, 4);
}

std::string letters() {
  return piece("▁", -3) + piece("a", -4) + piece("b", -4) + piece("ab", -6) +
         piece("▁ab", -5) + piece("fi", -5) + piece("tm", -5) +
         piece("#", -2, 4) + piece("bb", -8.5) + piece("\"", -4) +
         piece("▁▁", -1);
}

class UnigramTest : public FolderTest {
protected:
  UnigramTest() { write("spiece.model", specials() + letters()); }
  std::vector<std::string> tokens(std::string_view text) const {
    Tokenizer loaded = tokenizer();
    return names(loaded, plain(loaded, text));
  }
};

TEST_F(UnigramTest, TakesTheLikeliestPieces) {
  EXPECT_THAT(tokens("ab"), ElementsAre("▁ab"));
  EXPECT_THAT(tokens("aab"), ElementsAre("▁", "a", "ab"));
  // Twice -4 is more than -8.5.
  EXPECT_THAT(tokens("bb"), ElementsAre("▁", "b", "b"));
}

TEST_F(UnigramTest, UnknownCharactersInARowAreOne) {
  std::string_view text = "axyza é";
  Encoding encoding = plain(tokenizer(), text);
  EXPECT_THAT(names(tokenizer(), encoding),
              ElementsAre("▁", "a", "<unk>", "a", "▁", "<unk>"));
  EXPECT_THAT(covered(encoding, text),
              ElementsAre("a", "a", "xyz", "a", "é", "é"));
  EXPECT_THAT(encoding.wordIds, ElementsAre(0, 0, 0, 0, 1, 1));
}

TEST_F(UnigramTest, LowersCaseStripsAccentsAndKnowsQuotes) {
  EXPECT_THAT(tokens("ÁB"), ElementsAre("▁ab"));
  EXPECT_THAT(tokens("``a''"), ElementsAre("▁", "\"", "a", "\""));
  EXPECT_THAT(tokens("ﬁ"), ElementsAre("▁", "fi")); // by NFKD
  write("tokenizer_config.json", R"({"do_lower_case": false})");
  EXPECT_THAT(tokens("aB"), ElementsAre("▁", "a", "<unk>"));
  write("tokenizer_config.json", R"({"keep_accents": true})");
  EXPECT_THAT(tokens("áa"), ElementsAre("▁", "<unk>", "a"));
}

TEST_F(UnigramTest, OffsetsPointIntoTheTextAsItWasGiven) {
  std::string_view text = "a``Á ﬁb";
  Encoding encoding = plain(tokenizer(), text);
  EXPECT_THAT(names(tokenizer(), encoding),
              ElementsAre("▁", "a", "\"", "a", "▁", "fi", "b"));
  EXPECT_THAT(covered(encoding, text),
              ElementsAre("a", "a", "`", "Á", "ﬁ", "ﬁ", "b"));
  // A broken byte is a character.
  text = "a\xFF\xFF b";
  encoding = plain(tokenizer(), text);
  EXPECT_THAT(covered(encoding, text),
              ElementsAre("a", "a", "\xFF\xFF", "b", "b"));
}

TEST_F(UnigramTest, PiecesOfTheUserAreFoundAsTheyAre) {
  EXPECT_THAT(tokens("a#b[MASK]"),
              ElementsAre("▁", "a", "#", "▁", "b", "[MASK]"));
}

TEST_F(UnigramTest, WordsBeginAtTheReplacement) {
  EXPECT_THAT(tokens("a▁▁b"), ElementsAre("▁", "a", "▁", "▁", "b"));
  write("tokenizer_config.json", R"({"add_prefix_space": false})");
  EXPECT_THAT(tokens("ab ab"), ElementsAre("ab", "ab"));
}

TEST_F(UnigramTest, AppliesThePrecompiledMap) {
  write("spiece.model",
        specials() + letters() + message(3, message(2, charsmap())));
  write("tokenizer_config.json", R"({"keep_accents": true})");
  EXPECT_THAT(tokens("ﬁa"), ElementsAre("▁", "fi", "a"));
  EXPECT_THAT(tokens("a\x01"
                     "b"),
              ElementsAre("▁ab"));
  std::string_view text = "a™\x01"
                          "b";
  Encoding encoding = plain(tokenizer(), text);
  EXPECT_THAT(names(tokenizer(), encoding), ElementsAre("▁", "a", "tm", "b"));
  // What is dropped is laid upon what stands before it, as in the crate.
  EXPECT_THAT(covered(encoding, text), ElementsAre("a", "a", "™\x01", "b"));
}

TEST_F(UnigramTest, DecodesSpaces) {
  Tokenizer loaded = tokenizer();
  EXPECT_EQ(loaded.decode({2, 9, 5, 6, 3}), "[CLS] ab a[SEP]");
  DecodeOptions options;
  options.skipSpecialTokens = true;
  EXPECT_EQ(loaded.decode({2, 9, 5, 6, 3}, options), "ab a");
}

TEST_F(UnigramTest, ReadsTheSameFromTokenizerJson) {
  write("tokenizer.json",
        R"({"model": {"type": "Unigram", "unk_id": 1,
            "vocab": [["[CLS]", 0], ["<unk>", 0], ["▁a", -1.5], ["a", -2]]},
        "normalizer": {"type": "Sequence", "normalizers": [
            {"type": "Lowercase"}, {"type": "Strip"},
            {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "},
            {"type": "Prepend", "prepend": "a"}]},
        "pre_tokenizer": {"type": "Metaspace", "replacement": "▁",
                          "prepend_scheme": "first"},
        "decoder": {"type": "Metaspace", "replacement": "▁"},
        "added_tokens": [{"id": 0, "content": "[CLS]", "special": true}]})");
  Tokenizer loaded = tokenizer();
  std::string_view text = " A   A[CLS]A";
  Encoding encoding = plain(loaded, text);
  EXPECT_THAT(names(loaded, encoding),
              ElementsAre("a", "a", "▁a", "[CLS]", "a", "a"));
  EXPECT_THAT(covered(encoding, text),
              ElementsAre("A", "A", " A", "[CLS]", "A", "A"));
}

TEST_F(UnigramTest, TakesLinearTimeOnLongWords) {
  EXPECT_EQ(tokens(std::string(1000000, 'a')).size(), 1000001u);
  EXPECT_EQ(tokens(std::string(1000000, 'x')).size(), 2u);
}

TEST_F(UnigramTest, DamagedModelsAreNamed) {
  auto errorOf = [&](const std::string &bytes) {
    write("spiece.model", bytes);
    return error();
  };
  EXPECT_THAT(errorOf(""), HasSubstr("spiece.model: no pieces"));
  EXPECT_THAT(errorOf("no protobuf"), HasSubstr("spiece.model: damaged"));
  std::string whole = specials() + letters();
  EXPECT_THAT(errorOf(whole.substr(0, whole.size() - 3)),
              HasSubstr("damaged, expected a SentencePiece model"));
  EXPECT_THAT(errorOf(whole + message(2, number(3, 2))),
              HasSubstr("model_type is BPE, expected UNIGRAM"));
  EXPECT_THAT(
      errorOf(whole + piece("c", std::numeric_limits<float>::quiet_NaN())),
      HasSubstr("piece 16: its score is not finite"));
  EXPECT_THAT(errorOf(whole + piece("\xFF", 0)), HasSubstr("not UTF-8"));
  EXPECT_THAT(errorOf(whole + piece("", 0)), HasSubstr("its text is empty"));
  EXPECT_THAT(errorOf(whole + piece("a", 0)),
              HasSubstr("token 16 repeats the token \"a\" of token 6"));
  EXPECT_THAT(errorOf(whole + piece("<0x00>", 0, 6)),
              HasSubstr("byte fallback is not supported"));
  EXPECT_THAT(errorOf(whole + piece(std::string(70000, 'a'), 0)),
              HasSubstr("has 70000 bytes"));
  EXPECT_THAT(errorOf(whole + message(3, message(2, "123"))),
              HasSubstr("the precompiled charsmap of 3 bytes is damaged"));
  EXPECT_THAT(errorOf(piece("a", 0) + message(2, number(40, 7))),
              HasSubstr("unk_id is 7"));
}

TEST_F(UnigramTest, WhatIsNotAlbertsIsRefused) {
  auto errorOf = [&](const std::string &model, const std::string &more = "") {
    write("tokenizer.json", R"({"model": {"type": "Unigram", )" + model +
                                R"(}, "pre_tokenizer": {"type": "Metaspace",
                                "replacement": "▁"})" +
                                more + "}");
    return error();
  };
  EXPECT_THAT(errorOf(R"("vocab": {})"),
              HasSubstr("\"model.vocab\" is not a list of pieces"));
  EXPECT_THAT(errorOf(R"("vocab": [["a", null]])"),
              HasSubstr("vocab: entry 0 is not a piece with its score"));
  EXPECT_THAT(errorOf(R"("vocab": [["a", 0]])"),
              HasSubstr("\"unk_id\" is not the id of a piece"));
  EXPECT_THAT(errorOf(R"("vocab": [["a", 0]], "unk_id": 1)"),
              HasSubstr("\"unk_id\" is not the id of a piece"));
  const std::string good = R"("vocab": [["a", 0]], "unk_id": 0)";
  EXPECT_EQ(errorOf(good), "");
  EXPECT_THAT(errorOf(good, R"(, "normalizer": {"type": "NFC"})"),
              HasSubstr("normalizer: type is \"NFC\""));
  EXPECT_THAT(errorOf(good, R"(, "normalizer": {"type": "Replace",
                  "pattern": {"Regex": "a+"}, "content": ""})"),
              HasSubstr("the pattern of Replace is \"a+\""));
  EXPECT_THAT(errorOf(good, R"(, "normalizer": {"type": "Precompiled",
                  "precompiled_charsmap": "A"})"),
              HasSubstr("\"precompiled_charsmap\" is not base64"));
  EXPECT_THAT(errorOf(good, R"(, "normalizer": {"type": "Precompiled"})"),
              HasSubstr("Precompiled has no precompiled_charsmap"));
  EXPECT_THAT(errorOf(good, R"(, "decoder": {"type": "Fuse"})"),
              HasSubstr("decoder: type is \"Fuse\""));
}

} // namespace
