//===- ConfigReader.cpp ---------------------------------------------------===//

#include "models/ConfigReader.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"

#include <cmath>
#include <nlohmann/json.hpp>

using namespace bertc;
using nlohmann::json;

namespace {

/// Its variants of the tanh form differ in the 11th digit of sqrt(2 / pi) at
/// most.
std::optional<bert::Activation> activationNamed(llvm::StringRef name) {
  return llvm::StringSwitch<std::optional<bert::Activation>>(name)
      .Cases({"gelu", "gelu_python"}, bert::Activation::gelu)
      .Cases({"gelu_new", "gelu_pytorch_tanh", "gelu_fast", "gelu_accurate"},
             bert::Activation::gelu_tanh)
      .Case("relu", bert::Activation::relu)
      .Cases({"silu", "swish"}, bert::Activation::silu)
      .Case("tanh", bert::Activation::tanh)
      .Default(std::nullopt);
}

bool isShallow(const json &value, int levels) {
  if (!value.is_structured())
    return true;
  return levels > 0 && llvm::all_of(value, [&](const json &item) {
           return isShallow(item, levels - 1);
         });
}

/// A value as JSON on one line, cut where it is long.
std::string shown(const json &value) {
  // dump() calls itself for each level.
  if (!isShallow(value, 8))
    return value.is_array() ? "a deep list" : "a deep object";
  std::string text = value.dump(-1, ' ', true, json::error_handler_t::replace);
  if (text.size() > 60)
    text = text.substr(0, 57) + "...";
  return text;
}

} // namespace

const json *ConfigReader::find(llvm::StringRef name) const {
  auto found = object.find(name.str());
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

void ConfigReader::fail(const llvm::Twine &what) {
  if (problem.empty())
    problem = (path + ": " + what).str();
}

std::string ConfigReader::aboutField(llvm::StringRef name, const json &value,
                                     const llvm::Twine &expected) const {
  return (path + ": " + name + " is " + shown(value) + "; " + expected).str();
}

void ConfigReader::failField(llvm::StringRef name, const json &value,
                             const llvm::Twine &expected) {
  if (problem.empty())
    problem = aboutField(name, value, expected);
}

llvm::Error ConfigReader::takeError() const {
  return problem.empty() ? llvm::Error::success()
                         : llvm::createStringError(problem);
}

int64_t ConfigReader::integer(llvm::StringRef name, int64_t least, int64_t most,
                              std::optional<int64_t> absent) {
  std::string expected = "a number from " + std::to_string(least) + " to " +
                         std::to_string(most) + " was expected";
  const json *value = find(name);
  if (!value) {
    if (!absent)
      fail(name + " is missing; " + expected);
    return absent.value_or(least);
  }
  bool inRange = false;
  if (value->is_number_unsigned())
    inRange = value->get<uint64_t>() <= uint64_t(most) &&
              int64_t(value->get<uint64_t>()) >= least;
  else if (value->is_number_integer())
    inRange = value->get<int64_t>() >= least && value->get<int64_t>() <= most;
  if (inRange)
    return value->get<int64_t>();
  failField(name, *value, expected);
  return least;
}

double ConfigReader::positive(llvm::StringRef name, double absent) {
  const json *value = find(name);
  if (!value)
    return absent;
  double number = value->is_number() ? value->get<double>() : 0;
  if (!(number > 0) || !std::isfinite(number))
    failField(name, *value, "a number above 0 was expected");
  return number;
}

double ConfigReader::rate(llvm::StringRef name, double absent) {
  const json *value = find(name);
  if (!value)
    return absent;
  const double number = value->is_number() ? value->get<double>() : -1;
  if (number >= 0 && number < 1)
    return number;
  if (badRate.empty())
    badRate = aboutField(name, *value, "a rate from 0 to below 1 was expected");
  return 0;
}

std::string ConfigReader::text(llvm::StringRef name, llvm::StringRef absent) {
  const json *value = find(name);
  if (!value)
    return absent.str();
  if (value->is_string())
    return value->get<std::string>();
  failField(name, *value, "a string was expected");
  return absent.str();
}

bool ConfigReader::flag(llvm::StringRef name, bool absent) {
  const json *value = find(name);
  if (!value)
    return absent;
  if (!value->is_boolean())
    failField(name, *value, "true or false was expected");
  return value->is_boolean() ? value->get<bool>() : absent;
}

bert::Activation ConfigReader::activation(llvm::StringRef name,
                                          llvm::StringRef absent) {
  std::string chosen = text(name, absent);
  if (auto known = activationNamed(chosen))
    return *known;
  fail(name + " " + shown(json(chosen)) +
       " is not supported; supported: gelu, gelu_python, gelu_new, "
       "gelu_pytorch_tanh, gelu_fast, gelu_accurate, relu, silu, swish, tanh");
  return bert::Activation::none;
}

std::vector<std::string> ConfigReader::texts(llvm::StringRef name) {
  std::vector<std::string> list;
  const json *value = find(name);
  if (!value)
    return list;
  if (!value->is_array()) {
    failField(name, *value, "a list of strings was expected");
    return list;
  }
  for (const json &item : *value)
    if (item.is_string())
      list.push_back(item.get<std::string>());
    else
      failField(name, *value, "a list of strings was expected");
  return list;
}

std::vector<std::string> ConfigReader::labels() {
  std::vector<std::string> names;
  const json *map = find("id2label");
  if (!map) {
    int64_t count = integer("num_labels", 1, maxVocabulary, 2);
    for (int64_t i = 0; i < count; ++i)
      names.push_back("LABEL_" + std::to_string(i));
    return names;
  }
  const char *expected = "an object with the names of the labels 0, 1, ... was "
                         "expected";
  if (!map->is_object() || map->empty()) {
    failField("id2label", *map, expected);
    return names;
  }
  for (size_t i = 0; i < map->size(); ++i) {
    auto found = map->find(std::to_string(i));
    if (found == map->end() || !found->is_string()) {
      failField("id2label", *map, expected);
      return names;
    }
    names.push_back(found->get<std::string>());
  }
  return names;
}

void ConfigReader::mustBeFalse(llvm::StringRef name) {
  const json *value = find(name);
  if (value && *value != json(false))
    failField(name, *value, "only encoders are supported");
}

void ConfigReader::readCommon(ModelConfig &config, const SizeNames &names) {
  config.vocabSize = integer("vocab_size", 1, maxVocabulary);
  config.hiddenSize = integer(names.hidden, 1, maxHidden);
  config.embeddingSize = config.hiddenSize;
  config.numLayers = integer(names.layers, 1, maxLayers);
  config.numHeads = integer(names.heads, 1, maxHidden);
  config.intermediateSize = integer(names.intermediate, 1, maxIntermediate);
  config.positionRows = integer("max_position_embeddings", 1, maxTokens);
  config.padTokenId = integer("pad_token_id", 0, config.vocabSize - 1, 0);
  if (config.hiddenSize % config.numHeads != 0)
    fail(names.heads + " " + llvm::Twine(config.numHeads) +
         " does not divide " + names.hidden + " " +
         llvm::Twine(config.hiddenSize));
  std::string position = text("position_embedding_type", "absolute");
  if (position != "absolute")
    fail("position_embedding_type " + shown(json(position)) +
         " is not supported; supported: absolute");
  mustBeFalse("is_decoder");
  mustBeFalse("add_cross_attention");
  config.tieWordEmbeddings = flag("tie_word_embeddings", true);
  config.architectures = texts("architectures");
  config.labels = labels();
  config.problemType = text("problem_type", "");
}
