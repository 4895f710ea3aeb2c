//===- Bert.cpp - BERT (Devlin et al. 2018, arXiv:1810.04805) -------------===//
//
// transformers 5.24, models/bert/modeling_bert.py.
//
//===----------------------------------------------------------------------===//

#include "models/Family.h"

using namespace bertc;

namespace {

constexpr FamilyType types[] = {{"bert", "Bert"}};

void readConfig(ConfigReader &reader, ModelConfig &config) {
  reader.readCommon(config, {});
  // Absent fields have the values of transformers' BertConfig.
  config.typeVocabSize =
      reader.integer("type_vocab_size", 1, ConfigReader::maxTypes, 2);
  config.layerNormEpsilon = reader.positive("layer_norm_eps", 1e-12);
  config.activation = reader.activation("hidden_act", "gelu");
  DropoutRates &rates = config.dropout;
  const double hidden = reader.rate("hidden_dropout_prob", 0.1);
  rates.embeddings = rates.attended = rates.outer = hidden;
  rates.weights = reader.rate("attention_probs_dropout_prob", 0.1);
  rates.sequence.logits = rates.choice.logits = rates.token =
      reader.rate("classifier_dropout", hidden);
}

FamilyNames names(const ModelConfig &config) {
  FamilyNames names;
  names.prefix = "bert.";
  names.words = "embeddings.word_embeddings.weight";
  names.types = "embeddings.token_type_embeddings.weight";
  names.positions = "embeddings.position_embeddings.weight";
  names.embeddingNorm = "embeddings.LayerNorm";
  for (int64_t i = 0; i < config.numLayers; ++i)
    names.layers.push_back("encoder.layer." + std::to_string(i));
  names.layer = {"attention.self.query",
                 "attention.self.key",
                 "attention.self.value",
                 "attention.output.dense",
                 "attention.output.LayerNorm",
                 "intermediate.dense",
                 "output.dense",
                 "output.LayerNorm"};
  names.pooler = "pooler.dense";
  names.vocabulary = {"cls.predictions.transform.dense",
                      "cls.predictions.transform.LayerNorm",
                      "cls.predictions.decoder", "cls.predictions.bias"};
  names.relation = {"cls.seq_relationship", "seq_relationship_logits"};
  names.sequence.out = names.choice.out = "classifier";
  return names;
}

} // namespace

constexpr Family bertc::bertFamily = {types, readConfig, names};
