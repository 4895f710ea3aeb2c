//===- TaskConfigTest.cpp -------------------------------------------------===//

#include "compiler/TaskConfig.h"

#include "TestSupport.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

using namespace bertc;
using nlohmann::json;
using testing::HasSubstr;

namespace {

using Texts = std::vector<std::string>;

json source() {
  return json::parse(R"({"model_type": "bert", "architectures": ["BertModel"],
    "vocab_size": 9, "hidden_size": 4, "num_hidden_layers": 1,
    "num_attention_heads": 2, "intermediate_size": 6,
    "max_position_embeddings": 8, "unknown": {"a": [1, 2.5, null]},
    "layer_norm_eps": 1e-12})");
}

std::string check(CheckpointTask wanted) { return message(checkTask(wanted)); }

/// The fields of config.json that is made.
json made(const json &from, const CheckpointTask &wanted) {
  auto config = ModelConfig::parse(from.dump(), "config.json");
  EXPECT_TRUE(bool(config)) << llvm::toString(config.takeError());
  auto text = configFor(from, *config, wanted);
  EXPECT_TRUE(bool(text)) << llvm::toString(text.takeError());
  return text ? json::parse(*text) : json();
}

std::string refusal(const json &from, const CheckpointTask &wanted) {
  auto config = ModelConfig::parse(from.dump(), "config.json");
  EXPECT_TRUE(bool(config)) << llvm::toString(config.takeError());
  auto text = configFor(from, *config, wanted);
  return text ? "" : llvm::toString(text.takeError());
}

TEST(TaskConfigTest, RefusesWhatNoConfigMakesGood) {
  const Task sequence = Task::sequenceClassification;
  EXPECT_EQ(check({sequence, {"a", "b"}, ""}), "");
  EXPECT_EQ(check({sequence, {}, ""}), "");
  EXPECT_EQ(check({sequence, {"score"}, "regression"}), "");
  EXPECT_EQ(check({sequence, {"toxic"}, "multi_label_classification"}), "");
  EXPECT_EQ(check({sequence, {"a", "b", "a"}, ""}),
            "label \"a\" stands there twice");
  EXPECT_EQ(check({sequence, {"a", ""}, ""}), "label 1 is empty");
  EXPECT_EQ(check({sequence, {"a", "\xff"}, ""}),
            "label 1, \"\xff\", is not UTF-8");
  EXPECT_EQ(check({sequence, {"a"}, ""}),
            "a single label, \"a\"; at least two were expected, or "
            "problem_type regression");
  EXPECT_EQ(check({sequence, {"a"}, "single_label_classification"}),
            check({sequence, {"a"}, ""}));
  EXPECT_EQ(check({Task::tokenClassification, {"O"}, ""}),
            "a single label, \"O\"; at least two were expected");
  EXPECT_EQ(check({sequence, {"a", "b"}, "ranking"}),
            "problem_type ranking is none of regression, "
            "single_label_classification, multi_label_classification");
  EXPECT_EQ(check({Task::tokenClassification, {"O", "P"}, "regression"}),
            "task token-classification has no problem_type");
  EXPECT_EQ(check({Task::mlm, {"a", "b"}, ""}), "task mlm has no labels");
  EXPECT_EQ(check({Task::embed, {}, ""}),
            "task embed is no class of transformers; its checkpoints are made "
            "for task encode");
}

TEST(TaskConfigTest, KeepsWhatItDoesNotSet) {
  json expected = source();
  expected["architectures"] = {"BertForSequenceClassification"};
  expected["dtype"] = "float32";
  expected["problem_type"] = "single_label_classification";
  expected["id2label"] = {{"0", "no"}, {"1", "yes"}};
  expected["label2id"] = {{"no", 0}, {"yes", 1}};
  const CheckpointTask wanted = {
      Task::sequenceClassification, {"no", "yes"}, ""};
  EXPECT_EQ(made(source(), wanted), expected);
  json before = source();
  before["num_labels"] = 7;
  before["_num_labels"] = 7;
  before["id2label"] = {{"0", "old"}};
  before["label2id"] = nullptr;
  before["dtype"] = "float16";
  before["problem_type"] = "regression";
  EXPECT_EQ(made(before, wanted), expected);
  // The name of 2024 and before stays.
  before.erase("dtype");
  before["torch_dtype"] = "bfloat16";
  expected.erase("dtype");
  expected["torch_dtype"] = "float32";
  EXPECT_EQ(made(before, wanted), expected);
}

TEST(TaskConfigTest, WritesFieldsAndLabelsInOrder) {
  Texts labels;
  for (int i = 0; i < 11; ++i)
    labels.push_back("class" + std::to_string(i));
  auto config = ModelConfig::parse(source().dump(), "config.json");
  ASSERT_TRUE(bool(config)) << llvm::toString(config.takeError());
  auto text =
      configFor(source(), *config, {Task::tokenClassification, labels, ""});
  ASSERT_TRUE(bool(text)) << llvm::toString(text.takeError());
  EXPECT_EQ(text->find("{\n  \"architectures\": [\n"), 0u);
  EXPECT_THAT(*text,
              HasSubstr("    \"9\": \"class9\",\n    \"10\": \"class10\"\n"));
  EXPECT_LT(text->find("\"id2label\""), text->find("\"intermediate_size\""));
  EXPECT_EQ(text->back(), '\n');
  // What is read back is what was asked for, in its order.
  auto again = ModelConfig::parse(*text, "config.json");
  ASSERT_TRUE(bool(again)) << llvm::toString(again.takeError());
  EXPECT_EQ(again->labels, labels);
}

TEST(TaskConfigTest, TakesLabelsAndProblemOfTheConfig) {
  const Task sequence = Task::sequenceClassification;
  auto kept = [](const json &fields) {
    return std::pair(fields["id2label"].size(), fields["problem_type"]);
  };
  json named = source();
  named["id2label"] = {{"0", "a"}, {"1", "b"}, {"2", "c"}};
  EXPECT_EQ(kept(made(named, {sequence, {}, ""})),
            std::pair(size_t(3), json("single_label_classification")));
  EXPECT_EQ(kept(made(named, {sequence, {}, "multi_label_classification"})),
            std::pair(size_t(3), json("multi_label_classification")));
  EXPECT_EQ(made(named, {sequence, {}, "regression"})["id2label"],
            json({{"0", "LABEL_0"}}));
  json scored = source();
  scored["id2label"] = {{"0", "stars"}};
  EXPECT_EQ(made(scored, {sequence, {}, ""})["problem_type"], "regression");
  EXPECT_EQ(made(scored, {sequence, {}, "regression"})["id2label"],
            json({{"0", "stars"}}));
  EXPECT_EQ(refusal(scored, {sequence, {}, "single_label_classification"}),
            "config.json: names a single label, \"stars\"; at least two were "
            "expected, or problem_type regression");
  EXPECT_EQ(refusal(scored, {Task::tokenClassification, {}, ""}),
            "config.json: names a single label, \"stars\"; at least two were "
            "expected");
}

TEST(TaskConfigTest, LogitsThatAreTwoHaveTwoLabelsOrNone) {
  json named = source();
  named["num_labels"] = 3;
  named["id2label"] = {{"0", "a"}, {"1", "b"}, {"2", "c"}};
  named["problem_type"] = "regression";
  for (Task task : {Task::questionAnswering, Task::pretrain}) {
    const json fields = made(named, {task, {}, ""});
    for (const char *name : {"id2label", "num_labels", "problem_type"})
      EXPECT_FALSE(fields.contains(name)) << name;
  }
  EXPECT_TRUE(made(named, {Task::mlm, {}, ""}).contains("id2label"));
  named["id2label"] = {{"0", "a"}, {"1", "b"}};
  EXPECT_EQ(made(named, {Task::pretrain, {}, ""})["id2label"],
            named["id2label"]);
}

} // namespace
