//===- Encoder.cpp --------------------------------------------------------===//

#include "models/Encoder.h"

#include "llvm/ADT/StringMap.h"

#include <utility>

using namespace bertc;
using namespace mlir;

namespace {

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
  llvm::StringRef name;
  SmallVector<int64_t, 2> weight;
};

SmallVector<PartShape> partsOf(const LayerNames &names,
                               const ModelConfig &config) {
  int64_t hidden = config.hiddenSize, inner = config.intermediateSize;
  return {{names.query, {hidden, hidden}}, {names.key, {hidden, hidden}},
          {names.value, {hidden, hidden}}, {names.attended, {hidden, hidden}},
          {names.attendedNorm, {hidden}},  {names.inner, {inner, hidden}},
          {names.outer, {hidden, inner}},  {names.outerNorm, {hidden}}};
}

} // namespace

llvm::Expected<Encoder> Encoder::declare(ModuleOp module,
                                         const ModelConfig &config,
                                         const FamilyNames &names,
                                         const LayerOptions &options,
                                         Parameters &parameters) {
  Encoder encoder(module, config);
  if (llvm::Error error = encoder.declareParameters(names, parameters))
    return std::move(error);
  encoder.defineLayer(options);
  return encoder;
}

llvm::Error Encoder::declareParameters(const FamilyNames &names,
                                       Parameters &parameters) {
  struct Table {
    llvm::StringRef name;
    int64_t rows;
    bert::ParameterOp *place;
  };
  for (const Table &table :
       {Table{names.words, config->vocabSize, &words},
        Table{names.positions, config->positionRows, &positions},
        Table{names.types, config->typeVocabSize, &types}}) {
    if (table.name.empty())
      continue;
    auto declared =
        parameters.declare(table.name, {table.rows, config->embeddingSize});
    if (!declared)
      return declared.takeError();
    *table.place = *declared;
  }
  if (llvm::Error error = parameters.declareAffine(
          names.embeddingNorm, config->embeddingSize, embeddingNorm))
    return error;
  if (!names.projection.empty())
    if (llvm::Error error = parameters.declareAffine(
            names.projection, {config->hiddenSize, config->embeddingSize},
            projection.emplace()))
      return error;

  llvm::StringMap<size_t> declared;
  for (const std::string &name : names.layers) {
    auto [known, isNew] = declared.try_emplace(name, layers.size());
    if (!isNew) {
      auto shared = layers[known->second];
      layers.push_back(std::move(shared));
      continue;
    }
    SmallVector<PartShape> parts = partsOf(names.layer, *config);
    auto &place = layers.emplace_back(parts.size());
    for (auto [part, affine] : llvm::zip(parts, place))
      if (llvm::Error error = parameters.declareAffine(
              name + "." + part.name.str(), part.weight, affine))
        return error;
  }
  return llvm::Error::success();
}

void Encoder::defineLayer(const LayerOptions &options) {
  const DropoutRates &rates = config->dropout;
  layerDrops = options.dropout &&
               (rates.weights > 0 || rates.attended > 0 || rates.outer > 0);
  EncoderBuilder b(module.getContext());
  b.setInsertionPointToEnd(module.getBody());
  Type rows = b.rowsType(config->hiddenSize);
  SmallVector<Type> types = {rows, b.idsType()};
  if (layerDrops)
    types.append({b.keyType(), b.idsType()});
  const auto numInputs = unsigned(types.size());
  for (auto [weight, bias] : layers.front())
    types.append({weight.getParameterType(), bias.getParameterType()});
  SmallVector<Type> results = {rows};
  if (options.attentions)
    results.push_back(b.rowsType(config->numHeads * config->maxPositions()));
  layer = func::FuncOp::create(b, "layer", b.getFunctionType(types, results));
  layer.setPrivate();
  b.setInsertionPointToStart(layer.addEntryBlock());

  Value x = layer.getArgument(0), offsets = layer.getArgument(1);
  Dropout dropout;
  if (layerDrops)
    dropout = {layer.getArgument(2), layer.getArgument(3), offsets};
  auto weight = [&](Part part) {
    return layer.getArgument(numInputs + 2 * part);
  };
  auto bias = [&](Part part) {
    return layer.getArgument(numInputs + 1 + 2 * part);
  };
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
  Value mixed = dropout.attention(b, q, k, v, offsets, config->numHeads,
                                  rates.weights, weightsSite);
  mixed =
      dropout.tokens(b, linear(mixed, attended), rates.attended, attendedSite);
  Value afterAttention = norm(b.add(mixed, x), attendedNorm);
  Value wide = b.activation(config->activation, linear(afterAttention, inner));
  wide = dropout.tokens(b, linear(wide, outer), rates.outer, outerSite);
  Value out = norm(b.add(wide, afterAttention), outerNorm);
  SmallVector<Value> values = {out};
  // The weights before any are dropped.
  if (options.attentions)
    values.push_back(b.attentionProbs(q, k, offsets, config->numHeads,
                                      config->maxPositions()));
  func::ReturnOp::create(b, values);
}

Encoder::Outputs Encoder::build(EncoderBuilder &b, const Inputs &inputs) const {
  // The order in which transformers adds them, and f32 with it.
  SmallVector<Value> ids = {inputs.ids}, tables = {b.parameter(words)};
  SmallVector<int64_t> padding = {config->padTokenId};
  if (types) {
    ids.push_back(inputs.types);
    tables.push_back(b.parameter(types));
    padding.push_back(-1);
  }
  ids.push_back(inputs.positions);
  tables.push_back(b.parameter(positions));
  padding.push_back(config->positionsCounted ? config->padTokenId : -1);
  Value x = b.layerNorm(b.embedding(ids, tables, padding), embeddingNorm,
                        config->layerNormEpsilon);
  x = inputs.dropout.tokens(b, x, config->dropout.embeddings, embeddingsSite);
  if (projection)
    x = b.linear(x, *projection);
  Outputs outputs;
  outputs.hiddenStates.push_back(x);
  for (const auto &[number, parts] : llvm::enumerate(layers)) {
    SmallVector<Value> arguments = {x, inputs.offsets};
    if (layerDrops)
      arguments.append(
          {inputs.dropout.keyOf(b, int64_t(number)), inputs.dropout.ids()});
    for (const AffineParameters &affine : parts)
      arguments.append({b.parameter(affine.weight), b.parameter(affine.bias)});
    auto call = func::CallOp::create(b, layer, arguments);
    x = call.getResult(0);
    outputs.hiddenStates.push_back(x);
    if (call.getNumResults() > 1)
      outputs.attentions.push_back(call.getResult(1));
  }
  return outputs;
}
