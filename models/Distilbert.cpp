//===- Distilbert.cpp - DistilBERT (Sanh et al. 2019, arXiv:1910.01108) ---===//
//
// transformers 5.24, models/distilbert/modeling_distilbert.py: no token types,
// no pooler. Sinusoidal positions stand in the checkpoint like learned ones.
//
//===----------------------------------------------------------------------===//

#include "models/Family.h"

using namespace bertc;

namespace {

constexpr FamilyType types[] = {{"distilbert", "DistilBert"}};

void readConfig(ConfigReader &reader, ModelConfig &config) {
  reader.readCommon(config, {"dim", "n_layers", "n_heads", "hidden_dim"});
  // Written into the model, not into config.json.
  config.layerNormEpsilon = 1e-12;
  config.activation = reader.activation("activation", "gelu");
  config.sinusoidalPositions = reader.flag("sinusoidal_pos_embds", false);
  // None behind attention's last linear layer.
  DropoutRates &rates = config.dropout;
  rates.embeddings = rates.outer = rates.token = reader.rate("dropout", 0.1);
  rates.weights = reader.rate("attention_dropout", 0.1);
  rates.sequence.logits = rates.choice.logits =
      reader.rate("seq_classif_dropout", 0.2);
  rates.answer = reader.rate("qa_dropout", 0.1);
}

FamilyNames names(const ModelConfig &config) {
  FamilyNames names;
  names.prefix = "distilbert.";
  names.words = "embeddings.word_embeddings.weight";
  names.types = "";
  names.positions = "embeddings.position_embeddings.weight";
  names.embeddingNorm = "embeddings.LayerNorm";
  for (int64_t i = 0; i < config.numLayers; ++i)
    names.layers.push_back("transformer.layer." + std::to_string(i));
  names.layer = {"attention.q_lin",   "attention.k_lin",  "attention.v_lin",
                 "attention.out_lin", "sa_layer_norm",    "ffn.lin1",
                 "ffn.lin2",          "output_layer_norm"};
  names.vocabulary = {"vocab_transform", "vocab_layer_norm", "vocab_projector",
                      ""};
  names.sequence.pooled = false;
  names.sequence.dense = "pre_classifier";
  names.sequence.activation = bert::Activation::relu;
  names.sequence.out = "classifier";
  names.choice = names.sequence;
  return names;
}

} // namespace

constexpr Family bertc::distilbertFamily = {types, readConfig, names};
