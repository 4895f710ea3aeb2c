//===- StartingFolderTest.cpp ---------------------------------------------===//

#include "compiler/StartingFolder.h"
#include "compiler/Checkpoint.h"
#include "compiler/CheckpointWriter.h"
#include "compiler/OutputFile.h"

#include "TestSupport.h"

#include <gmock/gmock.h>

using namespace bertc;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

namespace {

using Names = std::vector<std::string>;

class StartingFolderTest : public testing::Test {
protected:
  static std::string golden(const std::string &name) {
    return BERTC_SOURCE_DIR "/test/parity/goldens/" + name;
  }
  llvm::Expected<StartingFolder> make(const std::string &model,
                                      const CheckpointTask &task,
                                      uint64_t seed = 0) {
    StartingOptions options;
    options.task = task;
    options.seed = seed;
    return makeStartingFolder(model, output(), options);
  }
  StartingFolder made(const std::string &model, const CheckpointTask &task,
                      uint64_t seed = 0) {
    auto folder = make(model, task, seed);
    EXPECT_TRUE(bool(folder)) << llvm::toString(folder.takeError());
    return folder ? *folder : StartingFolder();
  }
  std::string refusal(const std::string &model, const CheckpointTask &task) {
    auto folder = make(model, task);
    return folder ? "" : llvm::toString(folder.takeError());
  }
  std::string output() const { return folder.file("out"); }
  Names list() const {
    Names names;
    std::error_code code;
    for (llvm::sys::fs::directory_iterator i(output(), code), end; i != end;
         i.increment(code))
      names.push_back(llvm::sys::path::filename(i->path()).str());
    std::sort(names.begin(), names.end());
    return names;
  }
  static std::vector<float> read(const std::string &path,
                                 llvm::StringRef name) {
    auto checkpoint = Checkpoint::open(path);
    EXPECT_TRUE(bool(checkpoint)) << llvm::toString(checkpoint.takeError());
    if (!checkpoint || !checkpoint->find(name))
      return {};
    std::vector<float> values(size_t(checkpoint->find(name)->elements()));
    EXPECT_EQ(message(checkpoint->read(name, 0, values)), "");
    return values;
  }
  /// The golden `name` in a folder of its own, some text of its config.json
  /// replaced.
  std::string changed(const std::string &name, const std::string &from,
                      const std::string &to) {
    const std::string path = folder.file("changed");
    EXPECT_FALSE(llvm::sys::fs::create_directories(path));
    EXPECT_FALSE(llvm::sys::fs::copy_file(golden(name) + "/model.safetensors",
                                          path + "/model.safetensors"));
    std::string text = contents(golden(name) + "/config.json");
    const size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos);
    text.replace(at, from.size(), to);
    EXPECT_EQ(message(writeFileWhole(path + "/config.json", text)), "");
    return path;
  }

  const CheckpointTask rate = {
      Task::sequenceClassification, {"negative", "positive"}, ""};
  const Names head = {"classifier.weight", "classifier.bias"};
  TestFolder folder;
};

TEST_F(StartingFolderTest, GivesABareModelAHead) {
  const StartingFolder result = made(golden("gelu-one-layer"), rate);
  EXPECT_EQ(result.architecture, "BertForSequenceClassification");
  EXPECT_EQ(result.fresh, head);
  EXPECT_EQ(result.remarks(),
            Names{"fresh: classifier.weight, classifier.bias"});
  EXPECT_EQ(list(), (Names{"config.json", "model.safetensors"}));
  for (const char *bare :
       {"encoder.layer.0.output.dense.weight", "pooler.dense.bias"})
    EXPECT_EQ(read(output(), std::string("bert.") + bare),
              read(golden("gelu-one-layer"), bare));
  EXPECT_EQ(read(output(), "classifier.bias"), std::vector<float>(2));
  auto checkpoint = Checkpoint::open(output());
  ASSERT_TRUE(bool(checkpoint)) << llvm::toString(checkpoint.takeError());
  EXPECT_EQ(checkpoint->names().size(), result.tensors);
  int64_t parameters = 0;
  for (llvm::StringRef name : checkpoint->names())
    parameters += checkpoint->find(name)->elements();
  EXPECT_EQ(parameters, result.parameters);

  EXPECT_EQ(made(golden("no-pooler"), rate).fresh,
            (Names{"classifier.weight", "classifier.bias",
                   "bert.pooler.dense.weight", "bert.pooler.dense.bias"}));
}

TEST_F(StartingFolderTest, KeepsAHeadThatWasMadeForThis) {
  const StartingFolder result = made(golden("sentiment"), rate);
  EXPECT_THAT(result.remarks(), IsEmpty());
  for (const std::string &name : head)
    EXPECT_EQ(read(output(), name), read(golden("sentiment"), name));
  EXPECT_EQ(contents(output() + "/vocab.txt"),
            contents(golden("sentiment") + "/vocab.txt"));
  // Upper and lower case aside; a bare model would lose its pooler's prefix.
  EXPECT_THAT(made(golden("sentiment"),
                   {Task::sequenceClassification, {"Negative", "Positive"}, ""})
                  .remarks(),
              IsEmpty());
  EXPECT_THAT(made(golden("sentiment"), {Task::sequenceClassification, {}, ""})
                  .remarks(),
              IsEmpty());
  // Names that say nothing may become others; five of them do not become two.
  const Names five = {"a", "b", "c", "d", "e"};
  EXPECT_THAT(made(golden("drawn/04"), {Task::sequenceClassification, five, ""})
                  .remarks(),
              IsEmpty());
  EXPECT_EQ(made(golden("drawn/04"), rate).replaced, head);
}

TEST_F(StartingFolderTest, ReplacesAHeadOfAnotherTaskOrLabels) {
  const auto old = read(golden("sentiment"), "classifier.weight");
  auto replaced = [&](const CheckpointTask &task) {
    const StartingFolder result = made(golden("sentiment"), task);
    EXPECT_THAT(result.fresh, IsEmpty());
    if (result.replaced.empty())
      return Names();
    EXPECT_NE(read(output(), "classifier.weight"), old);
    return result.replaced;
  };
  const Task sequence = Task::sequenceClassification;
  EXPECT_EQ(replaced({sequence, {"positive", "negative"}, ""}), head);
  EXPECT_EQ(replaced({sequence, {"a", "b", "c"}, ""}), head);
  EXPECT_EQ(replaced({sequence, {}, "regression"}), head);
  EXPECT_EQ(replaced({Task::tokenClassification, {"negative", "positive"}, ""}),
            head);
  EXPECT_EQ(replaced({Task::multipleChoice, {}, ""}), head);
  EXPECT_EQ(replaced(rate), Names());
  EXPECT_EQ(
      made(golden("sentiment"), {sequence, {"a", "b", "c"}, ""}).remarks(),
      Names{"fresh, as the model has them for another task or other "
            "labels: classifier.weight, classifier.bias"});
  // Whoever does not say what he is made for has no other task.
  EXPECT_THAT(made(changed("sentiment", "\"architectures\"", "\"other\""), rate)
                  .remarks(),
              IsEmpty());

  // What does not speak of labels was learnt, and stays.
  const StartingFolder roberta = made(golden("drawn/19"), rate);
  EXPECT_EQ(roberta.replaced,
            (Names{"classifier.out_proj.weight", "classifier.out_proj.bias"}));
  EXPECT_EQ(read(output(), "classifier.dense.weight"),
            read(golden("drawn/19"), "classifier.dense.weight"));
}

TEST_F(StartingFolderTest, LeavesOutWhatTheTaskHasNoUseFor) {
  const StartingFolder result =
      made(golden("drawn/21"), {Task::encode, {}, ""});
  EXPECT_THAT(result.leftOut, testing::Contains("cls.predictions.bias"));
  EXPECT_EQ(result.leftOut.size(), 7u);
  EXPECT_THAT(result.remarks(),
              ElementsAre(StartsWith("left out: cls.predictions.bias, ")));
  EXPECT_THAT(result.remarks().front(), HasSubstr(" and 3 others"));
  EXPECT_EQ(read(output(), "pooler.dense.bias"),
            read(golden("drawn/21"), "bert.pooler.dense.bias"));
  // The words' head is that of words alone too.
  const StartingFolder words = made(golden("drawn/21"), {Task::mlm, {}, ""});
  EXPECT_THAT(words.fresh, IsEmpty());
  EXPECT_EQ(read(output(), "cls.predictions.bias"),
            read(golden("drawn/21"), "cls.predictions.bias"));
}

TEST_F(StartingFolderTest, MakesAllWeightsOfAConfig) {
  const std::string config = golden("sentiment") + "/config.json";
  const StartingFolder result = made(config, rate);
  EXPECT_EQ(result.fresh.size(), result.tensors);
  EXPECT_EQ(result.remarks(),
            Names{"fresh: all " + std::to_string(result.tensors) + " tensors"});
  EXPECT_EQ(list(), (Names{"config.json", "model.safetensors", "vocab.txt"}));
  // 16 columns; the row of padding, and initializer_range 0.5.
  const auto words = read(output(), "bert.embeddings.word_embeddings.weight");
  ASSERT_EQ(words.size(), 179u * 16);
  double squares = 0;
  for (size_t i = 0; i < words.size(); ++i) {
    EXPECT_EQ(words[i] == 0, i < 16) << i;
    squares += words[i] * words[i];
  }
  EXPECT_NEAR(std::sqrt(squares / double(words.size() - 16)), 0.5, 0.035);
  const std::string weights = contents(output() + "/model.safetensors");
  made(config, rate, 0);
  EXPECT_EQ(contents(output() + "/model.safetensors"), weights);
  made(config, rate, 1);
  EXPECT_NE(contents(output() + "/model.safetensors"), weights);
  // The encoder's numbers are those of its names, whatever stands on it.
  made(config, {Task::encode, {}, ""}, 0);
  EXPECT_EQ(read(output(), "embeddings.word_embeddings.weight"), words);
}

TEST_F(StartingFolderTest, ReplacesItsOwnFolderAlone) {
  made(golden("sentiment"), rate);
  ASSERT_EQ(message(writeFileWhole(output() + "/notes.txt", "mine")), "");
  // What was the tokenizer goes; what is no part of a checkpoint stays.
  made(golden("no-pooler"), rate);
  EXPECT_EQ(list(), (Names{"config.json", "model.safetensors", "notes.txt"}));
  ASSERT_EQ(
      message(saveWeights(
          output(), [](auto, auto, auto) { return llvm::Error::success(); })),
      "");
  made(golden("sentiment"), rate);

  const std::string refused = ", and no checkpoint that bertc made; an empty "
                              "folder or a new one was expected";
  const std::string weights = output() + "/model.safetensors";
  const std::string old = contents(weights);
  ASSERT_FALSE(llvm::sys::fs::rename(weights, folder.file("moved")));
  ASSERT_FALSE(llvm::sys::fs::create_link(folder.file("moved"), weights));
  EXPECT_EQ(refusal(golden("no-pooler"), rate),
            output() + ": cannot write: holds model.safetensors" + refused);
  EXPECT_EQ(contents(folder.file("moved")), old);
  ASSERT_FALSE(llvm::sys::fs::remove(weights));
  ASSERT_FALSE(llvm::sys::fs::copy_file(
      golden("sentiment") + "/model.safetensors", weights));
  EXPECT_THAT(refusal(golden("no-pooler"), rate), HasSubstr(refused));
  ASSERT_FALSE(llvm::sys::fs::remove(weights));
  EXPECT_THAT(refusal(golden("no-pooler"), rate), HasSubstr(refused));
  EXPECT_EQ(list(), (Names{"config.json", "notes.txt", "vocab.txt"}));
}

TEST_F(StartingFolderTest, RefusesOtherOutputs) {
  const std::string model =
      changed("sentiment", "\"vocab_size\"", "\"vocab_size\"");
  StartingOptions options;
  options.task = rate;
  auto refusalOf = [&](const std::string &from, const std::string &to) {
    auto result = makeStartingFolder(from, to, options);
    return result ? "" : llvm::toString(result.takeError());
  };
  const std::string before = contents(model + "/model.safetensors");
  for (const std::string &from : {model, model + "/config.json"})
    EXPECT_EQ(refusalOf(from, model + "/."),
              model + "/.: cannot write: is the folder of the model, which "
                      "this run reads");
  EXPECT_EQ(contents(model + "/model.safetensors"), before);
  EXPECT_EQ(refusalOf(model, folder.file("none/out")),
            folder.file("none/out") +
                ": cannot write: No such file or directory");
  EXPECT_EQ(refusalOf(model, folder.emptyFile("file")),
            folder.file("file") + ": cannot write: not a folder");
}

TEST_F(StartingFolderTest, RefusesBadModelsAndLeavesNothing) {
  EXPECT_EQ(refusal(folder.file("none"), rate),
            folder.file("none") + "/config.json: No such file or directory");
  const std::string model =
      changed("sentiment", "\"hidden_size\": 16", "\"hidden_size\": 18");
  EXPECT_THAT(refusal(model, rate),
              HasSubstr("word_embeddings.weight\" has shape [179, 16], "
                        "config.json says [179, 18]"));
  ASSERT_FALSE(llvm::sys::fs::remove(model + "/model.safetensors"));
  EXPECT_THAT(refusal(model, rate),
              HasSubstr("model.safetensors: No such file or directory"));
  EXPECT_THAT(refusal(golden("sentiment"), {Task::mlm, {"a", "b"}, ""}),
              HasSubstr("task mlm has no labels"));
  const std::string odd = changed("sentiment", "\"initializer_range\": 0.5",
                                  "\"initializer_range\": \"large\"");
  EXPECT_THAT(refusal(odd, rate), HasSubstr("initializer_range is \"large\""));
  EXPECT_FALSE(llvm::sys::fs::exists(output()));
}

} // namespace
