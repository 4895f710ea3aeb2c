//===- Albert.cpp - ALBERT (Lan et al. 2019, arXiv:1909.11942) ------------===//
//
// transformers 5.24, models/albert/modeling_albert.py: embeddings of E columns
// with a projection to H, and layers that share their parameters in groups.
//
//===----------------------------------------------------------------------===//

#include "models/Family.h"

using namespace bertc;

namespace {

constexpr FamilyType types[] = {{"albert", "Albert"}};

void readConfig(ConfigReader &reader, ModelConfig &config) {
  reader.readCommon(config, {});
  config.embeddingSize =
      reader.integer("embedding_size", 1, ConfigReader::maxHidden, 128);
  config.numGroups =
      reader.integer("num_hidden_groups", 1, config.numLayers, 1);
  config.innerGroups =
      reader.integer("inner_group_num", 1, ConfigReader::maxLayers, 1);
  if (config.numLayers * config.innerGroups > ConfigReader::maxLayers)
    reader.fail("num_hidden_layers " + llvm::Twine(config.numLayers) +
                " of inner_group_num " + llvm::Twine(config.innerGroups) +
                " layers are more than " +
                llvm::Twine(ConfigReader::maxLayers));
  config.typeVocabSize =
      reader.integer("type_vocab_size", 1, ConfigReader::maxTypes, 2);
  config.layerNormEpsilon = reader.positive("layer_norm_eps", 1e-12);
  config.activation = reader.activation("hidden_act", "gelu_new");
  // AlbertLayer has a dropout behind its feed-forward block, unused.
  DropoutRates &rates = config.dropout;
  rates.embeddings = rates.attended = reader.rate("hidden_dropout_prob", 0);
  rates.weights = reader.rate("attention_probs_dropout_prob", 0);
  rates.sequence.logits = rates.choice.logits = rates.token = rates.relation =
      reader.rate("classifier_dropout_prob", 0.1);
}

FamilyNames names(const ModelConfig &config) {
  FamilyNames names;
  names.prefix = "albert.";
  names.words = "embeddings.word_embeddings.weight";
  names.types = "embeddings.token_type_embeddings.weight";
  names.positions = "embeddings.position_embeddings.weight";
  names.embeddingNorm = "embeddings.LayerNorm";
  names.projection = "encoder.embedding_hidden_mapping_in";
  for (int64_t i = 0; i < config.numLayers; ++i) {
    // int(i / (L / G)) of AlbertTransformer, in its f64 arithmetic.
    auto group = int64_t(double(i) /
                         (double(config.numLayers) / double(config.numGroups)));
    for (int64_t inner = 0; inner < config.innerGroups; ++inner)
      names.layers.push_back("encoder.albert_layer_groups." +
                             std::to_string(group) + ".albert_layers." +
                             std::to_string(inner));
  }
  names.layer = {"attention.query", "attention.key",        "attention.value",
                 "attention.dense", "attention.LayerNorm",  "ffn",
                 "ffn_output",      "full_layer_layer_norm"};
  names.pooler = "pooler";
  names.vocabulary = {"predictions.dense", "predictions.LayerNorm",
                      "predictions.decoder", "predictions.bias"};
  names.relation = {"sop_classifier.classifier", "sop_logits",
                    /*labels=*/true};
  names.sequence.out = names.choice.out = "classifier";
  return names;
}

} // namespace

constexpr Family bertc::albertFamily = {types, readConfig, names};
