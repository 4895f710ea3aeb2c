//===- Bert.cpp -----------------------------------------------------------===//

#include "models/Bert.h"

using namespace bertc;
using namespace mlir;

namespace {

constexpr llvm::StringLiteral poolerName = "pooler.dense";

/// The affine parts of a layer, in the order of its function's arguments.
enum Part {
  query,
  key,
  value,
  attended,
  attendedNorm,
  inner,
  outer,
  outerNorm
};

struct PartShape {
  llvm::StringLiteral name;
  SmallVector<int64_t, 2> weight;
};

SmallVector<PartShape> layerParts(const ModelConfig &config) {
  int64_t hidden = config.hiddenSize, inner = config.intermediateSize;
  return {{"attention.self.query", {hidden, hidden}},
          {"attention.self.key", {hidden, hidden}},
          {"attention.self.value", {hidden, hidden}},
          {"attention.output.dense", {hidden, hidden}},
          {"attention.output.LayerNorm", {hidden}},
          {"intermediate.dense", {inner, hidden}},
          {"output.dense", {hidden, inner}},
          {"output.LayerNorm", {hidden}}};
}

} // namespace

BertModel::BertModel(ModuleOp module, const ModelConfig &config,
                     const ParameterCatalog &catalog)
    : config(&config), module(module),
      parameters(module, config, catalog, "bert.",
                 "embeddings.word_embeddings.weight") {}

llvm::Expected<BertModel> BertModel::declare(ModuleOp module,
                                             const ModelConfig &config,
                                             const ParameterCatalog &catalog) {
  BertModel model(module, config, catalog);
  if (llvm::Error error = model.declareParameters())
    return std::move(error);
  model.defineLayer();
  return model;
}

llvm::Error BertModel::declareAffine(llvm::StringRef name,
                                     ArrayRef<int64_t> weightShape,
                                     Affine &place) {
  auto weight = parameters.declare((name + ".weight").str(), weightShape);
  if (!weight)
    return weight.takeError();
  auto bias = parameters.declare((name + ".bias").str(), weightShape[0]);
  if (!bias)
    return bias.takeError();
  place = {*weight, *bias};
  return llvm::Error::success();
}

llvm::Error BertModel::declareParameters() {
  int64_t hidden = config->hiddenSize;
  struct Table {
    llvm::StringRef name;
    int64_t rows;
    bert::ParameterOp *place;
  };
  for (const Table &table :
       {Table{"embeddings.word_embeddings.weight", config->vocabSize, &words},
        Table{"embeddings.position_embeddings.weight", config->maxPositions,
              &positions},
        Table{"embeddings.token_type_embeddings.weight", config->typeVocabSize,
              &types}}) {
    auto declared = parameters.declare(table.name, {table.rows, hidden});
    if (!declared)
      return declared.takeError();
    *table.place = *declared;
  }
  if (llvm::Error error =
          declareAffine("embeddings.LayerNorm", hidden, embeddingNorm))
    return error;

  SmallVector<PartShape> parts = layerParts(*config);
  for (int64_t i = 0; i < config->numLayers; ++i) {
    auto &place = layers.emplace_back(parts.size());
    for (auto [part, affine] : llvm::zip(parts, place)) {
      std::string name =
          ("encoder.layer." + llvm::Twine(i) + "." + part.name).str();
      if (llvm::Error error = declareAffine(name, part.weight, affine))
        return error;
    }
  }

  // A checkpoint made for another task has none.
  if (!parameters.has((poolerName + ".weight").str()))
    return llvm::Error::success();
  return declareAffine(poolerName, {hidden, hidden}, pooler.emplace());
}

llvm::Error BertModel::requirePooler() const {
  return hasPooler() ? llvm::Error::success()
                     : parameters.missing((poolerName + ".weight").str());
}

void BertModel::defineLayer() {
  EncoderBuilder b(module.getContext());
  b.setInsertionPointToEnd(module.getBody());
  Type rows = b.rowsType(config->hiddenSize);
  SmallVector<Type> types = {rows, b.idsType()};
  for (auto [weight, bias] : layers.front())
    types.append({weight.getParameterType(), bias.getParameterType()});
  layer = func::FuncOp::create(b, "layer", b.getFunctionType(types, rows));
  layer.setPrivate();
  b.setInsertionPointToStart(layer.addEntryBlock());

  Value x = layer.getArgument(0), offsets = layer.getArgument(1);
  auto weight = [&](Part part) { return layer.getArgument(2 + 2 * part); };
  auto bias = [&](Part part) { return layer.getArgument(3 + 2 * part); };
  auto linear = [&](Value input, Part part) {
    return b.linear(input, weight(part), bias(part));
  };
  auto norm = [&](Value input, Part part) {
    return b.layerNorm(input, weight(part), bias(part),
                       config->layerNormEpsilon);
  };

  Value q = linear(x, query);
  Value k = linear(x, key);
  Value v = linear(x, value);
  Value mixed = b.attention(q, k, v, offsets, config->numHeads);
  Value afterAttention = norm(b.add(linear(mixed, attended), x), attendedNorm);
  Value wide = b.activation(config->activation, linear(afterAttention, inner));
  Value out = norm(b.add(linear(wide, outer), afterAttention), outerNorm);
  func::ReturnOp::create(b, out);
}

Value BertModel::encode(EncoderBuilder &b, const Inputs &inputs) const {
  // The order in which transformers adds them, and f32 with it.
  Value x = b.embedding(
      {inputs.ids, inputs.types, inputs.positions},
      {b.parameter(words), b.parameter(types), b.parameter(positions)});
  x = b.layerNorm(x, b.parameter(embeddingNorm.weight),
                  b.parameter(embeddingNorm.bias), config->layerNormEpsilon);
  for (const auto &parts : layers) {
    SmallVector<Value> arguments = {x, inputs.offsets};
    for (const Affine &affine : parts)
      arguments.append({b.parameter(affine.weight), b.parameter(affine.bias)});
    x = func::CallOp::create(b, layer, arguments).getResult(0);
  }
  return x;
}

Value BertModel::pool(EncoderBuilder &b, Value hidden, Value offsets) const {
  Value first = b.firstToken(hidden, offsets);
  return b.activation(
      bert::Activation::tanh,
      b.linear(first, b.parameter(pooler->weight), b.parameter(pooler->bias)));
}
