//===- Roberta.cpp - RoBERTa (Liu et al. 2019, arXiv:1907.11692) ----------===//
//
// transformers 5.24, models/roberta/modeling_roberta.py; CamemBERT and
// XLM-RoBERTa are the same program on other vocabularies.
//
//===----------------------------------------------------------------------===//

#include "models/Family.h"

using namespace bertc;

namespace {

constexpr FamilyType types[] = {{"roberta", "Roberta"},
                                {"camembert", "Camembert"},
                                {"xlm-roberta", "XLMRoberta"}};

void readConfig(ConfigReader &reader, ModelConfig &config) {
  reader.readCommon(config, {});
  config.typeVocabSize =
      reader.integer("type_vocab_size", 1, ConfigReader::maxTypes, 2);
  config.padTokenId =
      reader.integer("pad_token_id", 0, config.vocabSize - 1, 1);
  config.layerNormEpsilon = reader.positive("layer_norm_eps", 1e-12);
  config.activation = reader.activation("hidden_act", "gelu");
  DropoutRates &rates = config.dropout;
  const double hidden = reader.rate("hidden_dropout_prob", 0.1);
  rates.embeddings = rates.attended = rates.outer = hidden;
  rates.weights = reader.rate("attention_probs_dropout_prob", 0.1);
  rates.sequence.dense = rates.sequence.logits = rates.token =
      reader.rate("classifier_dropout", hidden);
  // RobertaForMultipleChoice does not ask for classifier_dropout.
  rates.choice.logits = hidden;
  // Rows of the position table up to the padding's own belong to no token.
  config.positionsCounted = true;
  config.positionOffset = config.padTokenId + 1;
  if (config.positionRows <= config.positionOffset)
    reader.fail("max_position_embeddings " + llvm::Twine(config.positionRows) +
                " leaves no position behind pad_token_id " +
                llvm::Twine(config.padTokenId));
}

FamilyNames names(const ModelConfig &config) {
  FamilyNames names = bertFamily.names(config);
  names.prefix = "roberta.";
  // The head's activation is gelu whatever hidden_act says (RobertaLMHead).
  names.vocabulary = {"lm_head.dense", "lm_head.layer_norm", "lm_head.decoder",
                      "lm_head.bias", bert::Activation::gelu};
  names.relation = {"", ""};
  names.sequence.pooled = false;
  names.sequence.dense = "classifier.dense";
  names.sequence.activation = bert::Activation::tanh;
  names.sequence.out = "classifier.out_proj";
  return names;
}

} // namespace

constexpr Family bertc::robertaFamily = {types, readConfig, names};
