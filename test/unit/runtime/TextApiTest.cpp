//===- TextApiTest.cpp - bertc_text.h -------------------------------------===//
//
// A WordPiece vocabulary of some words, and the model of FakeModel.h.
//
//===----------------------------------------------------------------------===//

#include "runtime/include/bertc_text.h"
#include "test/unit/runtime/TestSupport.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <memory>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace bertc;
using namespace bertc::test;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

namespace {

enum Id : int32_t { PAD, UNK, CLS, SEP, MASK, a, fine, film, s, dot };
constexpr const char *words =
    "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nfine\nfilm\n##s\n.\n";

struct Close {
  void operator()(bertc_tokenizer *tokenizer) const {
    bertc_tokenizer_close(tokenizer);
  }
  void operator()(bertc_encoding *encoding) const {
    bertc_encoding_destroy(encoding);
  }
  void operator()(bertc_answerer *answerer) const {
    bertc_answerer_destroy(answerer);
  }
};
using Tokenizer = std::unique_ptr<bertc_tokenizer, Close>;
using Encoding = std::unique_ptr<bertc_encoding, Close>;
using Answerer = std::unique_ptr<bertc_answerer, Close>;
using Texts = std::vector<bertc_text>;

template <typename T> std::vector<T> listOf(const T *values, int64_t count) {
  return {values, values + count};
}

class TextApiTest : public ::testing::Test {
protected:
  void SetUp() override {
    model.reset(bertc_open(library("model").c_str()));
    ASSERT_TRUE(model) << lastError();
    writeFile(folder.file("vocab.txt"), words);
    tokenizer = open(folder.file("vocab.txt"));
    ASSERT_TRUE(tokenizer) << lastError();
  }
  Tokenizer open(const std::string &path) {
    return Tokenizer(bertc_tokenizer_open(model.get(), path.c_str()));
  }
  Encoding encode(const Texts &texts, const Texts &pairs = {}) {
    return Encoding(bertc_encode(tokenizer.get(), texts.data(),
                                 pairs.empty() ? nullptr : pairs.data(),
                                 static_cast<int64_t>(texts.size()), &options));
  }
  void refuses(const Texts &texts, bertc_status status,
               const std::string &message) {
    EXPECT_FALSE(encode(texts));
    EXPECT_EQ(bertc_last_status(), status);
    EXPECT_THAT(lastError(), HasSubstr(message));
  }
  std::string answer(bertc_answerer *answerer, const Texts &texts,
                     const Texts &pairs = {}) {
    bertc_text lines = bertc_answer(answerer, texts.data(),
                                    pairs.empty() ? nullptr : pairs.data(),
                                    static_cast<int64_t>(texts.size()));
    return lines.data ? std::string(lines.data, lines.bytes) : "failed";
  }

  Folder folder;
  run::Model model;
  Tokenizer tokenizer;
  bertc_encode_options options = {
      sizeof(options), 0, BERTC_LONGEST_FIRST, 0, 0, 0, 0};
};

TEST_F(TextApiTest, SaysWhatTheTokenizerIs) {
  const bertc_tokenizer_info &info = *bertc_tokenizer_facts(tokenizer.get());
  EXPECT_EQ(info.vocab_size, 10);
  EXPECT_EQ(info.cls_id, CLS);
  EXPECT_EQ(info.sep_id, SEP);
  EXPECT_EQ(info.pad_id, PAD);
  EXPECT_EQ(info.mask_id, MASK);
  EXPECT_EQ(info.unknown_id, UNK);
  bertc_text token = bertc_token(tokenizer.get(), s);
  EXPECT_EQ(std::string(token.data, token.bytes), "##s");
  for (int32_t none : {-1, 10, 1 << 30})
    EXPECT_EQ(bertc_token(tokenizer.get(), none).data, nullptr);
  EXPECT_EQ(bertc_find_token(tokenizer.get(), bertc_text_of("film")), film);
  EXPECT_EQ(bertc_find_token(tokenizer.get(), bertc_text_of("flm")), -1);
}

TEST_F(TextApiTest, RefusesWhatIsNoTokenizer) {
  EXPECT_FALSE(open(folder.file("none")));
  EXPECT_EQ(bertc_last_status(), BERTC_BAD_ARTIFACT);
  EXPECT_FALSE(Tokenizer(bertc_tokenizer_open(nullptr, nullptr)));
  EXPECT_THAT(lastError(), HasSubstr("neither a model nor a path"));
  EXPECT_FALSE(Tokenizer(bertc_tokenizer_open(model.get(), nullptr)));
  EXPECT_EQ(lastError(), "the model carries no tokenizer");
  EXPECT_FALSE(open(""));
  std::string many = words;
  for (int i = 0; i < FAKE_VOCABULARY; ++i)
    many += "w" + std::to_string(i) + "\n";
  writeFile(folder.file("vocab.txt"), many);
  EXPECT_FALSE(open(folder.file("vocab.txt")));
  EXPECT_THAT(lastError(), HasSubstr("has 53 tokens, the model 43"));
  EXPECT_TRUE(Tokenizer(
      bertc_tokenizer_open(nullptr, folder.file("vocab.txt").c_str())));
}

TEST_F(TextApiTest, EncodesTextsToPackedSequences) {
  Encoding encoding =
      encode({bertc_text_of("Films."), {"a\0fine", 6}, bertc_text_of("")});
  ASSERT_TRUE(encoding) << lastError();
  EXPECT_EQ(encoding->sequences, 3);
  EXPECT_THAT(listOf(encoding->ids, encoding->tokens),
              ElementsAre(CLS, film, s, dot, SEP, CLS, UNK, SEP, CLS, SEP));
  EXPECT_THAT(listOf(encoding->offsets, 4), ElementsAre(0, 5, 8, 10));
  EXPECT_THAT(listOf(encoding->begins, 5), ElementsAre(0, 0, 4, 5, 0));
  EXPECT_THAT(listOf(encoding->ends, 5), ElementsAre(0, 4, 5, 6, 0));
  EXPECT_THAT(listOf(encoding->sides, 5), ElementsAre(-1, 0, 0, 0, -1));
  EXPECT_THAT(listOf(encoding->words, 5), ElementsAre(-1, 0, 0, 1, -1));
  EXPECT_THAT(listOf(encoding->texts, 3), ElementsAre(0, 1, 2));

  run::Session session(bertc_session_create(model.get(), 20, 4, 1, nullptr));
  ASSERT_EQ(bertc_run_packed(session.get(), encoding->ids,
                             encoding->token_types, encoding->offsets,
                             encoding->sequences),
            BERTC_OK)
      << lastError();
}

TEST_F(TextApiTest, EncodesPairsAndWindows) {
  Encoding pair = encode({bertc_text_of("a film")}, {bertc_text_of("fine")});
  ASSERT_TRUE(pair) << lastError();
  EXPECT_THAT(listOf(pair->ids, pair->tokens),
              ElementsAre(CLS, a, film, SEP, fine, SEP));
  EXPECT_THAT(listOf(pair->token_types, pair->tokens),
              ElementsAre(0, 0, 0, 0, 1, 1));
  EXPECT_THAT(listOf(pair->sides, pair->tokens),
              ElementsAre(-1, 0, 0, -1, 1, -1));

  options.max_length = 4;
  options.windows = 1;
  options.stride = 1;
  Encoding windows = encode({bertc_text_of("a fine film"), bertc_text_of("a")});
  ASSERT_TRUE(windows) << lastError();
  EXPECT_THAT(
      listOf(windows->ids, windows->tokens),
      ElementsAre(CLS, a, fine, SEP, CLS, fine, film, SEP, CLS, a, SEP));
  EXPECT_THAT(listOf(windows->texts, windows->sequences), ElementsAre(0, 0, 1));
  options.windows = 0;
  Encoding cut = encode({bertc_text_of("a fine film"), bertc_text_of("a")});
  ASSERT_TRUE(cut) << lastError();
  EXPECT_THAT(listOf(cut->cut, cut->sequences), ElementsAre(1, 0));
  options.truncation = BERTC_NO_TRUNCATION;
  options.no_special_tokens = 1;
  Encoding whole = encode({bertc_text_of("a fine film")});
  ASSERT_TRUE(whole) << lastError();
  EXPECT_THAT(listOf(whole->ids, whole->tokens), ElementsAre(a, fine, film));
}

TEST_F(TextApiTest, RefusesWhatItCannotEncode) {
  refuses({bertc_text_of("a"), {nullptr, 0}}, BERTC_BAD_ARGUMENT,
          "text 2 is NULL");
  options.truncation = 9;
  refuses({}, BERTC_BAD_ARGUMENT, "out of range");
  options.truncation = BERTC_ONLY_SECOND;
  options.max_length = 3;
  refuses({bertc_text_of("a fine film")}, BERTC_BAD_INPUT, "text 1: ");
  options.truncation = BERTC_LONGEST_FIRST;
  options.max_length = 2;
  options.windows = 1;
  refuses({bertc_text_of("a fine film")}, BERTC_BAD_INPUT,
          "text 1: windows of 2 tokens have no room");
  options.windows = 0;
  options.max_length = -1;
  refuses({}, BERTC_BAD_ARGUMENT, "out of range");
  options.struct_size = 0;
  refuses({}, BERTC_BAD_ARGUMENT, "struct_size");
  EXPECT_FALSE(bertc_encode(nullptr, nullptr, nullptr, 0, nullptr));
  EXPECT_FALSE(bertc_encode(tokenizer.get(), nullptr, nullptr, 1, nullptr));
  EXPECT_FALSE(bertc_encode(tokenizer.get(), nullptr, nullptr, -1, nullptr));
}

TEST_F(TextApiTest, DecodesIntoWhatRoomThereIs) {
  const int32_t ids[] = {CLS, a, film, s, SEP, 1000};
  char buffer[8] = "unused.";
  EXPECT_EQ(bertc_decode(tokenizer.get(), ids, 6, 1, buffer, 8), 7);
  EXPECT_STREQ(buffer, "a films");
  EXPECT_EQ(bertc_decode(tokenizer.get(), ids, 6, 1, buffer, 4), 7);
  EXPECT_STREQ(buffer, "a f");
  EXPECT_EQ(bertc_decode(tokenizer.get(), ids, 6, 0, nullptr, 0), 19);
  EXPECT_EQ(bertc_decode(tokenizer.get(), ids, 6, 0, nullptr, 1), -1);
  EXPECT_EQ(bertc_last_status(), BERTC_BAD_ARGUMENT);
}

TEST_F(TextApiTest, AnswersAsOftenAsItIsAsked) {
  Answerer answerer(
      bertc_answerer_create(model.get(), tokenizer.get(), nullptr));
  ASSERT_TRUE(answerer) << lastError();
  const std::string one = answer(answerer.get(), {bertc_text_of("a film")});
  EXPECT_THAT(one,
              StartsWith("{\"text\": \"a film\", \"last_hidden_state\": "));
  EXPECT_EQ(answer(answerer.get(), {}), "");
  // More than a run takes, longer than before, the same results.
  const std::string longer =
      answer(answerer.get(), Texts(3000, bertc_text_of("a film")));
  EXPECT_EQ(longer.substr(0, one.size()), one);
  EXPECT_EQ(longer.size(), 3000 * one.size());
  const std::string tooLong(200, '.');
  EXPECT_THAT(answer(answerer.get(), {bertc_text_of(tooLong.c_str())}),
              HasSubstr("\"truncated\": true"));
  EXPECT_EQ(answer(answerer.get(), {bertc_text_of("a film")}), one);
}

class ChoicesTest : public TextApiTest {
protected:
  void SetUp() override {
    TextApiTest::SetUp();
    model.reset(bertc_open(library("choices").c_str()));
    ASSERT_TRUE(model) << lastError();
    answerer.reset(
        bertc_answerer_create(model.get(), tokenizer.get(), nullptr));
    ASSERT_TRUE(answerer) << lastError();
  }
  static Texts textsOf(const std::vector<const char *> &strings) {
    Texts texts;
    for (const char *string : strings)
      texts.push_back(bertc_text_of(string));
    return texts;
  }

  Answerer answerer;
};

TEST_F(ChoicesTest, EqualTextsAreOneQuestion) {
  const std::string lines =
      answer(answerer.get(), textsOf({"a", "a", "fine", "fine", "fine"}),
             textsOf({"a", "film", ".", "a", "s"}));
  // The largest sum of ids; the other output has an element for each choice.
  EXPECT_THAT(
      lines,
      MatchesRegex(
          "\\{\"text\": \"a\", \"choices\": \\[\"a\", \"film\"\\], "
          "\"choice\": 1, \"score\": 1, \"scores\": \\[0, 1\\], "
          "\"last_hidden_state\": \\[\\[\\[.*\\]\\], \\[\\[.*\\]\\]\\]\\}"
          "\n\\{\"text\": \"fine\", \"choices\": \\[\"\\.\", "
          "\"a\", \"s\"\\], \"choice\": 0, .*\n"));
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 2);
}

TEST_F(ChoicesTest, RefusesAQuestionOfOneChoice) {
  EXPECT_EQ(answer(answerer.get(), textsOf({"a", "a", "fine"}),
                   textsOf({"a", "film", "."})),
            "failed");
  EXPECT_EQ(bertc_last_status(), BERTC_BAD_INPUT);
  EXPECT_THAT(lastError(), StartsWith("question 2: "));
}

// A text that the model has no numbers for is the model's fault.
TEST_F(ChoicesTest, RefusesWhatIsNotFinite) {
  EXPECT_EQ(answer(answerer.get(), textsOf({"a", "a", "fine", "fine"}),
                   textsOf({"a", "film", ".", "films films films"})),
            "failed");
  EXPECT_EQ(bertc_last_status(), BERTC_BAD_ARTIFACT);
  EXPECT_THAT(lastError(), StartsWith("question 2: the model's output "
                                      "\"logits\" has numbers that are not "
                                      "finite"));
  EXPECT_NE(answer(answerer.get(), textsOf({"a", "a"}), textsOf({"a", "film"})),
            "failed");
}

TEST_F(TextApiTest, RefusesWhatItCannotAnswer) {
  bertc_answer_options wrong = {0, 0, 0, 0, 0, 0};
  auto create = [&](const bertc_tokenizer *with) {
    return Answerer(bertc_answerer_create(model.get(), with, &wrong));
  };
  EXPECT_FALSE(create(tokenizer.get()));
  EXPECT_THAT(lastError(), HasSubstr("struct_size"));
  wrong.struct_size = sizeof(wrong);
  EXPECT_FALSE(create(nullptr));
  EXPECT_EQ(lastError(), "the model carries no tokenizer");
  wrong.threads = -1;
  EXPECT_FALSE(create(tokenizer.get()));
  wrong.threads = 1;
  wrong.reserved = 1;
  EXPECT_FALSE(create(tokenizer.get()));
  EXPECT_THAT(lastError(), HasSubstr("reserved of the answer options"));
  wrong.reserved = 0;
  Answerer answerer = create(tokenizer.get());
  ASSERT_TRUE(answerer) << lastError();
  EXPECT_EQ(answer(answerer.get(), {{nullptr, 0}}), "failed");
  EXPECT_EQ(lastError(), "text 1 is NULL");
  EXPECT_EQ(answer(answerer.get(), {bertc_text_of("a")}, {{nullptr, 0}}),
            "failed");
  EXPECT_EQ(lastError(), "pair 1 is NULL");
  EXPECT_EQ(answer(nullptr, {}), "failed");
}

// A text that cannot be taken is the text's fault, a session's trouble is not.
TEST_F(TextApiTest, SaysWhoseFaultItIs) {
  bertc_answer_options two = {sizeof(two), 2, 0, 0, 0, 0};
  Answerer answerer(bertc_answerer_create(model.get(), tokenizer.get(), &two));
  ASSERT_TRUE(answerer) << lastError();
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    alarm(20);
    const bool failed =
        answer(answerer.get(), {bertc_text_of("a film")}) == "failed";
    _exit(failed && bertc_last_status() == BERTC_NO_RESOURCES ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST_F(TextApiTest, OneTokenizerServesManyThreads) {
  std::string lines[4];
  std::vector<std::thread> threads;
  for (std::string &line : lines)
    threads.emplace_back([&] {
      bertc_answer_options own = {sizeof(own), 1, 0, 0, 0, 0};
      Answerer answerer(
          bertc_answerer_create(model.get(), tokenizer.get(), &own));
      for (int i = 0; i < 20; ++i)
        line = answer(answerer.get(), {bertc_text_of("a fine film")},
                      {bertc_text_of("films")});
    });
  for (std::thread &thread : threads)
    thread.join();
  for (const std::string &line : lines)
    EXPECT_EQ(line, lines[0]);
  EXPECT_THAT(lines[0], HasSubstr("\"text_pair\": \"films\""));
}

} // namespace
