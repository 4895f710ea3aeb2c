//===- FilesTest.cpp - the files of a tokenizer, and what can be wrong ----===//

#include "test/unit/text/Folder.h"

using namespace bertc::text;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

constexpr const char *vocabulary =
    "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nfox\nFox\n##es\ncafe\ncafé\n";

/// A tokenizer.json of the given parts.
std::string
tokenizerJson(const std::string &vocab,
              const std::string &normalizer = R"({"type": "BertNormalizer"})",
              const std::string &more = "") {
  return R"({"model": {"type": "WordPiece", "vocab": )" + vocab +
         R"(}, "normalizer": )" + normalizer +
         R"(, "pre_tokenizer": {"type": "BertPreTokenizer"})" + more + "}";
}

using FilesTest = FolderTest;

TEST_F(FilesTest, AFolderWithoutVocabularyIsNamed) {
  EXPECT_EQ(error(), folder + ": has none of tokenizer.json, vocab.txt, "
                              "vocab.json and spiece.model");
}

TEST_F(FilesTest, AFolderInPlaceOfAFileIsNamed) {
  std::filesystem::create_directory(folder + "/vocab.txt");
  EXPECT_THAT(error(), HasSubstr("vocab.txt: "));
}

TEST_F(FilesTest, TheVocabularyMustHoldTheSpecialTokens) {
  write("vocab.txt", "");
  EXPECT_THAT(error(), HasSubstr("vocab.txt is empty"));
  write("vocab.txt", "[CLS]\n[SEP]\n");
  EXPECT_THAT(error(), HasSubstr("vocab.txt: no token \"[UNK]\""));
  write("vocab.txt", "[UNK]\n[SEP]\n");
  EXPECT_THAT(error(), HasSubstr("no token \"[CLS]\""));
  write("vocab.txt", "[UNK]\n[CLS]\n");
  EXPECT_THAT(error(), HasSubstr("no token \"[SEP]\""));
}

TEST_F(FilesTest, TheVocabularyMustBeWellFormed) {
  write("vocab.txt", std::string(vocabulary) + "fox\n");
  EXPECT_THAT(error(),
              HasSubstr("line 11 repeats the token \"fox\" of line 6"));
  write("vocab.txt", std::string(vocabulary) + "\xFF\n");
  EXPECT_THAT(error(), HasSubstr("line 11 is not UTF-8"));
}

TEST_F(FilesTest, LineEndsAndEmptyLinesKeepTheirIds) {
  write("vocab.txt", "[UNK]\r\n[CLS]\r\n\r\n[SEP]\r\nfox");
  Result<Tokenizer> tokenizer = load();
  ASSERT_TRUE(tokenizer) << tokenizer.error();
  EXPECT_THAT(tokenizer->encode("fox")->ids, ElementsAre(1, 4, 3));
  EXPECT_EQ(tokenizer->vocabularySize(), 5);
  EXPECT_EQ(tokenizer->token(2), "");
  EXPECT_EQ(tokenizer->maskId(), -1);
}

TEST_F(FilesTest, TheConfigurationChoosesCaseAndAccents) {
  write("vocab.txt", vocabulary);
  EXPECT_THAT(load()->encode("Fox Café")->ids, ElementsAre(2, 5, 8, 3));
  write("tokenizer_config.json", R"({"do_lower_case": false})");
  EXPECT_THAT(load()->encode("Fox café")->ids, ElementsAre(2, 6, 9, 3));
  write("tokenizer_config.json", R"({"strip_accents": false})");
  EXPECT_THAT(load()->encode("Fox Café")->ids, ElementsAre(2, 5, 9, 3));
  write("tokenizer_config.json",
        R"({"do_lower_case": false, "strip_accents": true})");
  EXPECT_THAT(load()->encode("Fox café")->ids, ElementsAre(2, 6, 8, 3));
}

TEST_F(FilesTest, TokenTypesAreThoseOfTheModelsInputs) {
  write("vocab.txt", vocabulary);
  EXPECT_THAT(load()->encodePair("fox", "fox")->typeIds,
              ElementsAre(0, 0, 0, 1, 1));
  write("tokenizer_config.json",
        R"({"model_input_names": ["input_ids", "token_type_ids"]})");
  EXPECT_THAT(load()->encodePair("fox", "fox")->typeIds,
              ElementsAre(0, 0, 0, 1, 1));
  write("tokenizer_config.json",
        R"({"model_input_names": ["input_ids", "attention_mask"]})");
  EXPECT_THAT(load()->encodePair("fox", "fox")->typeIds,
              ElementsAre(0, 0, 0, 0, 0));
  write("tokenizer_config.json", R"({"model_input_names": "input_ids"})");
  EXPECT_FALSE(load());
}

TEST_F(FilesTest, TheMaximumComesFromTheMostSpecificFile) {
  write("vocab.txt", vocabulary);
  EXPECT_EQ(load()->maxLength(), 0);
  write("tokenizer_config.json", R"({"model_max_length": 1e30})");
  EXPECT_EQ(load()->maxLength(), 0);
  write("tokenizer_config.json", R"({"model_max_length": 512})");
  EXPECT_EQ(load()->maxLength(), 512);
  // Its do_lower_case is a step of its own: false does not switch the other
  // off.
  write("sentence_bert_config.json",
        R"({"max_seq_length": 256, "do_lower_case": false})");
  EXPECT_EQ(load()->maxLength(), 256);
  EXPECT_THAT(load()->encode("FOX")->ids, ElementsAre(2, 5, 3));
}

TEST_F(FilesTest, SpecialTokensMayHaveOtherNames) {
  write("vocab.txt", "<pad>\n<unk>\n<s>\n</s>\n<mask>\nfox\n");
  write("special_tokens_map.json",
        R"({"unk_token": "<unk>", "cls_token": {"content": "<s>"},
            "sep_token": "</s>", "pad_token": "<pad>"})");
  write("tokenizer_config.json", R"({"mask_token": "<mask>"})");
  Result<Tokenizer> tokenizer = load();
  ASSERT_TRUE(tokenizer) << tokenizer.error();
  EXPECT_THAT(tokenizer->encode("fox <mask> dog")->ids,
              ElementsAre(2, 5, 4, 1, 3));
  EXPECT_EQ(tokenizer->padId(), 0);
}

TEST_F(FilesTest, TokenizerJsonIsReadFirst) {
  write("vocab.txt", vocabulary);
  write("tokenizer.json",
        tokenizerJson(R"({"[UNK]": 3, "fox": 0, "[CLS]": 2})",
                      R"({"type": "BertNormalizer", "lowercase": false})",
                      R"(, "added_tokens": [{"id": 9, "content": "a fox"}],
        "post_processor": {"type": "BertProcessing", "sep": ["x", 7],
                           "cls": ["[CLS]", 2]})"));
  Result<Tokenizer> tokenizer = load();
  ASSERT_TRUE(tokenizer) << tokenizer.error();
  EXPECT_THAT(tokenizer->encode("fox a fox Fox")->ids,
              ElementsAre(2, 0, 9, 3, 7));
  EXPECT_THAT(tokenizer->encodePair("fox", "fox")->typeIds,
              ElementsAre(0, 0, 0, 1, 1));
  EXPECT_EQ(tokenizer->vocabularySize(), 10);
  EXPECT_EQ(tokenizer->token(9), "a fox");
}

TEST_F(FilesTest, WhatIsNotBertsTokenizerIsRefused) {
  const std::string vocab = R"({"[UNK]": 0})";
  auto errorOf = [&](const std::string &json) {
    write("tokenizer.json", json);
    return error();
  };
  EXPECT_THAT(errorOf("{"), HasSubstr("tokenizer.json: not valid JSON"));
  EXPECT_THAT(errorOf("[]"), HasSubstr("expected a JSON object"));
  EXPECT_THAT(errorOf("{}"), HasSubstr("\"model\" is not there"));
  EXPECT_THAT(errorOf(R"({"model": {"type": "WordLevel", "vocab": {}}})"),
              HasSubstr("model: type is \"WordLevel\", expected WordPiece, BPE "
                        "or Unigram"));
  EXPECT_THAT(errorOf(R"({"model": {"type": "WordPiece", "vocab": {"a": 0}}})"),
              HasSubstr("pre_tokenizer: type is \"\""));
  EXPECT_THAT(errorOf(tokenizerJson(vocab, R"({"type": "NFC"})")),
              HasSubstr("normalizer: type is \"NFC\""));
  EXPECT_THAT(errorOf(tokenizerJson(
                  vocab, R"({"type": "BertNormalizer", "lowercase": 1})")),
              HasSubstr("\"lowercase\" is not true or false"));
  EXPECT_THAT(errorOf(tokenizerJson(vocab, "null",
                                    R"(, "post_processor": {"type": "X"})")),
              HasSubstr("post_processor: type is \"X\""));
  EXPECT_THAT(
      errorOf(tokenizerJson(vocab, "null", R"(, "added_tokens": [{}])")),
      HasSubstr("added_tokens: \"content\" is not a non-empty string"));
  EXPECT_THAT(errorOf(tokenizerJson(vocab, "null",
                                    R"(, "post_processor": {
        "type": "TemplateProcessing", "pair": [],
        "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}]})")),
              HasSubstr("special token with ids"));
}

TEST_F(FilesTest, IdsOfTokenizerJsonMustMakeAVocabulary) {
  auto errorOf = [&](const std::string &vocab) {
    write("tokenizer.json", tokenizerJson(vocab));
    return error();
  };
  EXPECT_THAT(errorOf("{}"), HasSubstr("\"model.vocab\" is not an object"));
  EXPECT_THAT(errorOf("[]"), HasSubstr("\"model.vocab\" is not an object"));
  EXPECT_THAT(errorOf(R"({"a": 0})"), HasSubstr("no token \"[UNK]\""));
  EXPECT_THAT(errorOf(R"({"a": 0, "b": 0})"), HasSubstr("the same id 0"));
  EXPECT_THAT(errorOf(R"({"a": -1})"), HasSubstr("the id of \"a\""));
  EXPECT_THAT(errorOf(R"({"a": 4000000000})"), HasSubstr("the id of \"a\""));
  EXPECT_THAT(errorOf(R"({"a": "0"})"), HasSubstr("the id of \"a\""));
}

TEST_F(FilesTest, OtherFilesAreNamedWhenTheyAreWrong) {
  write("vocab.txt", vocabulary);
  write("tokenizer_config.json", R"({"do_lower_case": "yes"})");
  EXPECT_THAT(error(), HasSubstr("tokenizer_config.json: \"do_lower_case\""));
  write("tokenizer_config.json", "nonsense");
  EXPECT_THAT(error(), HasSubstr("tokenizer_config.json: not valid JSON"));
  write("tokenizer_config.json",
        R"({"added_tokens_decoder": {"x": {"content": "y"}}})");
  EXPECT_THAT(error(), HasSubstr("\"x\" is not an id"));
  write("tokenizer_config.json", "{}");
  write("sentence_bert_config.json", R"({"max_seq_length": -3})");
  EXPECT_THAT(error(), HasSubstr("\"max_seq_length\""));
}

TEST(Blob, DamagedBytesAreRefused) {
  EXPECT_THAT(Tokenizer::fromBlob("").error(), HasSubstr("no line of options"));
  EXPECT_THAT(Tokenizer::fromBlob("{\n").error(), HasSubstr("not valid JSON"));
  EXPECT_THAT(Tokenizer::fromBlob("{}\n").error(), HasSubstr("\"model\""));
}

} // namespace
