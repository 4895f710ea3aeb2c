//===- Config.cpp ---------------------------------------------------------===//

#include "models/Config.h"

#include "llvm/ADT/StringSwitch.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/MemoryBuffer.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

using namespace bertc;
using nlohmann::json;

namespace {

// Far above any published encoder, and low enough that the bytes of a tensor of
// any two sizes fit into 64 bits.
constexpr int64_t maxHidden = 1 << 16;
constexpr int64_t maxIntermediate = 1 << 20;
constexpr int64_t maxLayers = 1024;
constexpr int64_t maxVocabulary = 1 << 24;
constexpr int64_t maxTypes = 1 << 16;
constexpr int64_t maxTokens = 1 << 20;

/// The activations of transformers' ACT2FN that have an op here. Its variants
/// of the tanh form differ in the 11th digit of sqrt(2 / pi) at most.
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

/// Reads fields until the first that is wrong; what it returns after that one
/// has no meaning.
class FieldReader {
public:
  FieldReader(const json &object, llvm::StringRef path)
      : object(object), path(path) {}

  /// A whole number from `least` to `most`. Without a default the field must be
  /// there: a guessed size only moves the error to a tensor's shape.
  int64_t integer(const char *name, int64_t least, int64_t most,
                  std::optional<int64_t> absent = std::nullopt) {
    const json *value = find(name);
    if (!value) {
      if (!absent)
        fail(llvm::Twine(name) + " is missing; a number from " +
             llvm::Twine(least) + " to " + llvm::Twine(most) + " was expected");
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
    fail(llvm::Twine(name) + " is " + shown(*value) + "; a number from " +
         llvm::Twine(least) + " to " + llvm::Twine(most) + " was expected");
    return least;
  }

  double positive(const char *name, double absent) {
    const json *value = find(name);
    if (!value)
      return absent;
    double number = value->is_number() ? value->get<double>() : 0;
    if (!(number > 0) || !std::isfinite(number))
      fail(llvm::Twine(name) + " is " + shown(*value) +
           "; a number above 0 was expected");
    return number;
  }

  std::string text(const char *name, std::string absent) {
    const json *value = find(name);
    if (!value)
      return absent;
    if (!value->is_string())
      fail(llvm::Twine(name) + " is " + shown(*value) +
           "; a string was expected");
    return value->is_string() ? value->get<std::string>() : absent;
  }

  void mustBeFalse(const char *name) {
    const json *value = find(name);
    if (value && *value != json(false))
      fail(llvm::Twine(name) + " is " + shown(*value) +
           "; only encoders are supported");
  }

  void fail(const llvm::Twine &what) {
    if (problem.empty())
      problem = (path + ": " + what).str();
  }

  llvm::Error takeError() const {
    return problem.empty() ? llvm::Error::success()
                           : llvm::createStringError(problem);
  }

  /// A value as JSON on one line, cut where it is long.
  static std::string shown(const json &value) {
    std::string text =
        value.dump(-1, ' ', true, json::error_handler_t::replace);
    if (text.size() > 60)
      text = text.substr(0, 57) + "...";
    return text;
  }

private:
  /// Null where the field is absent or null, which transformers takes for one.
  const json *find(const char *name) const {
    auto found = object.find(name);
    return found == object.end() || found->is_null() ? nullptr : &*found;
  }

  const json &object;
  llvm::StringRef path;
  std::string problem;
};

/// Names in a message, quoted as JSON so that they stay on its line.
std::string asJson(const std::string &text) {
  return FieldReader::shown(json(text));
}

} // namespace

llvm::Expected<ModelConfig> ModelConfig::parse(llvm::StringRef text,
                                               llvm::StringRef path) {
  json object = json::parse(text.begin(), text.end(), nullptr,
                            /*allow_exceptions=*/false);
  if (object.is_discarded())
    return llvm::createStringError(path + ": not valid JSON");
  if (!object.is_object())
    return llvm::createStringError(path + ": an object was expected");

  FieldReader reader(object, path);
  ModelConfig config;
  config.path = path.str();
  config.family = reader.text("model_type", "");
  if (config.family.empty())
    reader.fail("model_type is missing; supported: bert");
  else if (config.family != "bert")
    reader.fail("model_type " + asJson(config.family) +
                " is not supported; supported: bert");

  config.vocabSize = reader.integer("vocab_size", 1, maxVocabulary);
  config.hiddenSize = reader.integer("hidden_size", 1, maxHidden);
  config.numLayers = reader.integer("num_hidden_layers", 1, maxLayers);
  config.numHeads = reader.integer("num_attention_heads", 1, maxHidden);
  config.intermediateSize =
      reader.integer("intermediate_size", 1, maxIntermediate);
  config.maxPositions = reader.integer("max_position_embeddings", 1, maxTokens);
  // Absent fields have the values of transformers' BertConfig.
  config.typeVocabSize = reader.integer("type_vocab_size", 1, maxTypes, 2);
  config.padTokenId = reader.integer("pad_token_id", 0, maxVocabulary, 0);
  config.layerNormEpsilon = reader.positive("layer_norm_eps", 1e-12);
  if (config.hiddenSize % config.numHeads != 0)
    reader.fail("num_attention_heads " + llvm::Twine(config.numHeads) +
                " does not divide hidden_size " +
                llvm::Twine(config.hiddenSize));

  std::string activation = reader.text("hidden_act", "gelu");
  if (auto known = activationNamed(activation))
    config.activation = *known;
  else
    reader.fail("hidden_act " + asJson(activation) +
                " is not supported; supported: gelu, gelu_new, "
                "gelu_pytorch_tanh, gelu_fast, relu, silu, tanh");
  std::string position = reader.text("position_embedding_type", "absolute");
  if (position != "absolute")
    reader.fail("position_embedding_type " + asJson(position) +
                " is not supported; supported: absolute");
  reader.mustBeFalse("is_decoder");
  reader.mustBeFalse("add_cross_attention");

  if (llvm::Error error = reader.takeError())
    return std::move(error);
  return config;
}

llvm::Expected<ModelConfig> ModelConfig::read(llvm::StringRef path) {
  auto text = llvm::MemoryBuffer::getFile(path);
  if (!text)
    return llvm::createStringError(path + ": " + text.getError().message());
  return parse((*text)->getBuffer(), path);
}
