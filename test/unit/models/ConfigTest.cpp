//===- ConfigTest.cpp -----------------------------------------------------===//

#include "models/Config.h"

#include "llvm/ADT/StringExtras.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

using namespace bertc;

namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

/// A good config with one field changed to a JSON value, or removed for "".
std::string configWith(const std::string &changed, const std::string &value) {
  Fields fields = {{"model_type", "\"bert\""},
                   {"vocab_size", "43"},
                   {"hidden_size", "20"},
                   {"num_hidden_layers", "2"},
                   {"num_attention_heads", "5"},
                   {"intermediate_size", "52"},
                   {"max_position_embeddings", "40"},
                   {"hidden_act", "\"gelu\""},
                   {"layer_norm_eps", "1e-5"}};
  std::vector<std::string> members;
  if (!changed.empty() && !value.empty())
    members.push_back("\"" + changed + "\": " + value);
  for (const auto &[name, text] : fields)
    if (name != changed)
      members.push_back("\"" + name + "\": " + text);
  return "{" + llvm::join(members, ", ") + "}";
}

llvm::Expected<ModelConfig> parseWith(const std::string &changed,
                                      const std::string &value) {
  return ModelConfig::parse(configWith(changed, value), "m/config.json");
}

/// The message after the path; "" for a config that is accepted.
std::string refusal(llvm::Expected<ModelConfig> config) {
  if (config)
    return "";
  std::string message = llvm::toString(config.takeError());
  EXPECT_EQ(message.find('\n'), std::string::npos) << message;
  const std::string path = "m/config.json: ";
  EXPECT_EQ(message.substr(0, path.size()), path);
  return message.substr(std::min(message.size(), path.size()));
}

std::string refusal(const std::string &changed, const std::string &value) {
  return refusal(parseWith(changed, value));
}

TEST(Config, ReadsWhatItSaysAndFillsInTransformersDefaults) {
  auto config = parseWith("", "");
  ASSERT_TRUE(bool(config)) << llvm::toString(config.takeError());
  EXPECT_EQ(config->family, "bert");
  EXPECT_EQ(config->vocabSize, 43);
  EXPECT_EQ(config->hiddenSize, 20);
  EXPECT_EQ(config->numLayers, 2);
  EXPECT_EQ(config->numHeads, 5);
  EXPECT_EQ(config->intermediateSize, 52);
  EXPECT_EQ(config->maxPositions(), 40);
  EXPECT_EQ(config->labels, (std::vector<std::string>{"LABEL_0", "LABEL_1"}));
  EXPECT_TRUE(config->tieWordEmbeddings);
  EXPECT_EQ(config->activation, bert::Activation::gelu);
  EXPECT_EQ(config->layerNormEpsilon, 1e-5);
  EXPECT_EQ(config->typeVocabSize, 2);
  EXPECT_EQ(config->padTokenId, 0);
}

TEST(Config, TakesNullForAnAbsentField) {
  EXPECT_EQ(refusal("position_embedding_type", "null"), "");
  EXPECT_EQ(refusal("pad_token_id", "null"), "");
  EXPECT_EQ(refusal("hidden_size", "null"),
            "hidden_size is missing; a number from 1 to 65536 was expected");
}

TEST(Config, KnowsTheActivationsThatHaveAnOp) {
  auto activation = [](const std::string &name) {
    return llvm::cantFail(parseWith("hidden_act", "\"" + name + "\""))
        .activation;
  };
  EXPECT_EQ(activation("gelu_new"), bert::Activation::gelu_tanh);
  EXPECT_EQ(activation("gelu_pytorch_tanh"), bert::Activation::gelu_tanh);
  EXPECT_EQ(activation("relu"), bert::Activation::relu);
  EXPECT_EQ(activation("silu"), bert::Activation::silu);
  EXPECT_EQ(activation("swish"), bert::Activation::silu);
  EXPECT_EQ(activation("tanh"), bert::Activation::tanh);
  EXPECT_EQ(refusal("hidden_act", "\"quick_gelu\""),
            "hidden_act \"quick_gelu\" is not supported; supported: gelu, "
            "gelu_python, gelu_new, gelu_pytorch_tanh, gelu_fast, "
            "gelu_accurate, relu, silu, swish, tanh");
}

TEST(Config, RefusesOtherFamiliesByName) {
  EXPECT_EQ(refusal("model_type", "\"gpt2\""),
            "model_type \"gpt2\" is not supported; supported: bert, roberta, "
            "camembert, xlm-roberta, albert, distilbert");
  EXPECT_EQ(refusal("model_type", ""),
            "model_type is missing; supported: bert, roberta, camembert, "
            "xlm-roberta, albert, distilbert");
  EXPECT_EQ(refusal("model_type", "[1]"),
            "model_type is [1]; a string was expected");
  EXPECT_EQ(refusal("model_type", "\"a\\nb\""),
            "model_type \"a\\nb\" is not supported; supported: bert, roberta, "
            "camembert, xlm-roberta, albert, distilbert");
}

TEST(Config, CountsRobertasPositionsBehindThePadding) {
  auto config = parseWith("model_type", "\"roberta\"");
  ASSERT_TRUE(bool(config)) << llvm::toString(config.takeError());
  EXPECT_EQ(config->padTokenId, 1);
  EXPECT_TRUE(config->positionsCounted);
  EXPECT_EQ(config->positionOffset, 2);
  EXPECT_EQ(config->maxPositions(), 38);
}

TEST(Config, ReadsEachFamilysOwnNames) {
  auto albert = ModelConfig::parse(
      R"({"model_type": "albert", "vocab_size": 30, "hidden_size": 12,
          "num_hidden_layers": 4, "num_attention_heads": 2,
          "intermediate_size": 20, "max_position_embeddings": 16,
          "embedding_size": 6, "num_hidden_groups": 2, "inner_group_num": 3})",
      "m/config.json");
  ASSERT_TRUE(bool(albert)) << llvm::toString(albert.takeError());
  EXPECT_EQ(albert->embeddingSize, 6);
  EXPECT_EQ(albert->numGroups, 2);
  EXPECT_EQ(albert->innerGroups, 3);
  EXPECT_EQ(albert->activation, bert::Activation::gelu_tanh);

  auto distilbert = ModelConfig::parse(
      R"({"model_type": "distilbert", "vocab_size": 30, "dim": 12,
          "n_layers": 4, "n_heads": 2, "hidden_dim": 20,
          "max_position_embeddings": 16, "activation": "relu"})",
      "m/config.json");
  ASSERT_TRUE(bool(distilbert)) << llvm::toString(distilbert.takeError());
  EXPECT_EQ(distilbert->hiddenSize, 12);
  EXPECT_EQ(distilbert->intermediateSize, 20);
  EXPECT_EQ(distilbert->typeVocabSize, 0);
  EXPECT_EQ(distilbert->activation, bert::Activation::relu);
}

TEST(Config, NamesLabelsFromOneToTheLast) {
  EXPECT_EQ(llvm::cantFail(parseWith("num_labels", "3")).labels.size(), 3u);
  EXPECT_EQ(
      llvm::cantFail(parseWith("id2label", R"({"1": "good", "0": "bad"})"))
          .labels,
      (std::vector<std::string>{"bad", "good"}));
  for (const char *value :
       {"{}", "[\"a\"]", R"({"0": "a", "2": "b"})", R"({"0": 1})"})
    EXPECT_NE(refusal("id2label", value).find("id2label is "),
              std::string::npos);
}

TEST(Config, RefusesSizesThatNoEncoderHas) {
  for (const char *value :
       {"0", "-20", "65537", "9223372036854775807", "18446744073709551615",
        "1e300", "20.0", "\"20\"", "true"})
    EXPECT_EQ(refusal("hidden_size", value),
              std::string("hidden_size is ") +
                  (std::string(value) == "1e300" ? "1e+300" : value) +
                  "; a number from 1 to 65536 was expected");
  for (const char *name :
       {"vocab_size", "num_hidden_layers", "num_attention_heads",
        "intermediate_size", "max_position_embeddings", "type_vocab_size"})
    for (const char *value : {"0", "-1", "9000000000"})
      EXPECT_EQ(refusal(name, value).rfind(std::string(name) + " is " + value),
                0u);
}

TEST(Config, RefusesHeadsThatDoNotDivideTheHiddenSize) {
  EXPECT_EQ(refusal("num_attention_heads", "3"),
            "num_attention_heads 3 does not divide hidden_size 20");
}

TEST(Config, RefusesWhatChangesTheModel) {
  EXPECT_EQ(refusal("position_embedding_type", "\"relative_key\""),
            "position_embedding_type \"relative_key\" is not supported; "
            "supported: absolute");
  EXPECT_EQ(refusal("is_decoder", "false"), "");
  EXPECT_EQ(refusal("is_decoder", "true"),
            "is_decoder is true; only encoders are supported");
  EXPECT_EQ(refusal("add_cross_attention", "true"),
            "add_cross_attention is true; only encoders are supported");
  for (const char *value : {"0", "-1e-5", "\"small\""})
    EXPECT_NE(refusal("layer_norm_eps", value), "");
}

TEST(Config, ReadsEachFamilysRatesOfDropout) {
  auto rates = [](const std::string &changed, const std::string &value) {
    auto config = parseWith(changed, value);
    EXPECT_TRUE(bool(config)) << llvm::toString(config.takeError());
    EXPECT_EQ(config->dropoutProblem, "");
    return config->dropout;
  };
  // As transformers' BertConfig.
  DropoutRates bert = rates("", "");
  for (double rate : {bert.embeddings, bert.weights, bert.attended, bert.outer,
                      bert.sequence.logits, bert.choice.logits, bert.token})
    EXPECT_EQ(rate, 0.1);
  for (double rate : {bert.sequence.dense, bert.answer, bert.relation})
    EXPECT_EQ(rate, 0);
  EXPECT_EQ(rates("attention_probs_dropout_prob", "0").weights, 0);
  // What classifiers have their own rate for, and what they take it from.
  EXPECT_EQ(rates("hidden_dropout_prob", "0.25").sequence.logits, 0.25);
  EXPECT_EQ(rates("classifier_dropout", "0.5").sequence.logits, 0.5);
  EXPECT_EQ(rates("classifier_dropout", "0.5").choice.logits, 0.5);
  EXPECT_EQ(rates("classifier_dropout", "null").token, 0.1);

  auto of = [](const char *text) {
    return llvm::cantFail(ModelConfig::parse(text, "m/config.json")).dropout;
  };
  DropoutRates roberta =
      of(R"({"model_type": "roberta", "vocab_size": 30, "hidden_size": 12,
             "num_hidden_layers": 4, "num_attention_heads": 2,
             "intermediate_size": 20, "max_position_embeddings": 16,
             "classifier_dropout": 0.3})");
  EXPECT_EQ(roberta.sequence.dense, 0.3);
  EXPECT_EQ(roberta.sequence.logits, 0.3);
  EXPECT_EQ(roberta.token, 0.3);
  EXPECT_EQ(roberta.choice.logits, 0.1);

  DropoutRates albert =
      of(R"({"model_type": "albert", "vocab_size": 30, "hidden_size": 12,
             "num_hidden_layers": 4, "num_attention_heads": 2,
             "intermediate_size": 20, "max_position_embeddings": 16})");
  for (double rate :
       {albert.embeddings, albert.weights, albert.attended, albert.answer})
    EXPECT_EQ(rate, 0);
  for (double rate : {albert.sequence.logits, albert.choice.logits,
                      albert.token, albert.relation})
    EXPECT_EQ(rate, 0.1);
  albert = of(R"({"model_type": "albert", "vocab_size": 30, "hidden_size": 12,
                  "num_hidden_layers": 4, "num_attention_heads": 2,
                  "intermediate_size": 20, "max_position_embeddings": 16,
                  "hidden_dropout_prob": 0.2})");
  EXPECT_EQ(albert.attended, 0.2);
  EXPECT_EQ(albert.outer, 0);

  DropoutRates distilbert =
      of(R"({"model_type": "distilbert", "vocab_size": 30, "dim": 12,
             "n_layers": 4, "n_heads": 2, "hidden_dim": 20,
             "max_position_embeddings": 16, "dropout": 0.3,
             "attention_dropout": 0.4})");
  for (double rate :
       {distilbert.embeddings, distilbert.outer, distilbert.token})
    EXPECT_EQ(rate, 0.3);
  EXPECT_EQ(distilbert.attended, 0);
  EXPECT_EQ(distilbert.weights, 0.4);
  EXPECT_EQ(distilbert.sequence.logits, 0.2);
  EXPECT_EQ(distilbert.choice.logits, 0.2);
  EXPECT_EQ(distilbert.answer, 0.1);
}

TEST(Config, TellsOfRatesOnlyThoseWhoLearn) {
  for (const char *value : {"1", "-0.1", "\"half\"", "[0.1]"}) {
    auto config = parseWith("hidden_dropout_prob", value);
    ASSERT_TRUE(bool(config)) << llvm::toString(config.takeError());
    EXPECT_EQ(config->dropoutProblem,
              std::string("m/config.json: hidden_dropout_prob is ") + value +
                  "; a rate from 0 to below 1 was expected");
  }
}

TEST(Config, RefusesTextThatIsNoObject) {
  auto parse = [](llvm::StringRef text) {
    return refusal(ModelConfig::parse(text, "m/config.json"));
  };
  EXPECT_EQ(parse("{\"model_type\": "), "not valid JSON");
  EXPECT_EQ(parse(""), "not valid JSON");
  EXPECT_EQ(parse("[]"), "an object was expected");
}

TEST(Config, NamesAFileThatIsNotThere) {
  auto config = ModelConfig::read("no-such-folder/config.json");
  ASSERT_FALSE(bool(config));
  EXPECT_EQ(llvm::toString(config.takeError()),
            "no-such-folder/config.json: No such file or directory");
}

} // namespace
