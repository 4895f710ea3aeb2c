//===- Import.cpp ---------------------------------------------------------===//

#include "models/Import.h"

#include "models/Bert.h"
#include "models/Builder.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace bertc;
using namespace mlir;

namespace {

/// torch.nn.functional.normalize's default, as sentence-transformers uses it.
constexpr double normalizeEpsilon = 1e-12;

constexpr llvm::StringLiteral encodeOutputs[] = {"last_hidden_state",
                                                 "pooler_output"};
constexpr llvm::StringLiteral embedOutputs[] = {"embedding"};

using Outputs = SmallVector<std::pair<StringRef, Value>>;

/// The outputs that a task can have; empty for a task that is not supported.
ArrayRef<llvm::StringLiteral> outputsOf(StringRef task) {
  if (task == "encode")
    return encodeOutputs;
  if (task == "embed")
    return embedOutputs;
  return {};
}

llvm::Error checkRequest(const ModelConfig &config,
                         const ImportOptions &options) {
  ArrayRef<llvm::StringLiteral> known = outputsOf(options.task);
  if (known.empty())
    return llvm::createStringError(config.path + ": task \"" + options.task +
                                   "\" is not supported; supported: encode, "
                                   "embed");
  for (const std::string &output : options.outputs)
    if (!llvm::is_contained(known, StringRef(output)))
      return llvm::createStringError(config.path + ": task " + options.task +
                                     " has no output \"" + output +
                                     "\"; it has " + llvm::join(known, ", "));
  return llvm::Error::success();
}

/// What later stages and the artifact say of the model.
DictionaryAttr describe(Builder b, const ModelConfig &config,
                        const ImportOptions &options) {
  auto text = [&](StringRef name, StringRef value) {
    return b.getNamedAttr(name, b.getStringAttr(value));
  };
  auto number = [&](StringRef name, int64_t value) {
    return b.getNamedAttr(name, b.getI64IntegerAttr(value));
  };
  SmallVector<NamedAttribute> fields = {
      text("family", config.family),
      text("task", options.task),
      text("activation", bert::stringifyActivation(config.activation)),
      b.getNamedAttr("layer_norm_epsilon",
                     b.getF64FloatAttr(config.layerNormEpsilon)),
      number("vocab_size", config.vocabSize),
      number("type_vocab_size", config.typeVocabSize),
      number("max_positions", config.maxPositions),
      number("position_offset", 0),
      number("pad_token_id", config.padTokenId),
      number("hidden_size", config.hiddenSize),
      number("num_layers", config.numLayers),
      number("num_heads", config.numHeads),
      number("intermediate_size", config.intermediateSize)};
  if (options.task == "embed") {
    fields.push_back(text("pooling", options.pooling == SentencePooling::mean
                                         ? "mean"
                                         : "first_token"));
    fields.push_back(
        b.getNamedAttr("normalize", b.getBoolAttr(options.normalize)));
  }
  return b.getDictionaryAttr(fields);
}

Outputs buildOutputs(EncoderBuilder &b, const BertModel &model,
                     const BertModel::Inputs &inputs,
                     const ImportOptions &options) {
  Value hidden = model.encode(b, inputs);
  if (options.task == "embed") {
    Value sentence = options.pooling == SentencePooling::mean
                         ? b.meanPool(hidden, inputs.offsets)
                         : b.firstToken(hidden, inputs.offsets);
    if (options.normalize)
      sentence = b.l2Normalize(sentence, normalizeEpsilon);
    return {{"embedding", sentence}};
  }
  Outputs outputs = {{"last_hidden_state", hidden}};
  if (model.hasPooler())
    outputs.emplace_back("pooler_output",
                         model.pool(b, hidden, inputs.offsets));
  return outputs;
}

} // namespace

llvm::Expected<OwningOpRef<ModuleOp>>
bertc::importModel(MLIRContext &context, const ModelConfig &config,
                   const ParameterCatalog &catalog,
                   const ImportOptions &options) {
  if (llvm::Error error = checkRequest(config, options))
    return std::move(error);
  context.loadDialect<bert::BertDialect, func::FuncDialect>();
  OwningOpRef<ModuleOp> module(ModuleOp::create(UnknownLoc::get(&context)));
  EncoderBuilder b(&context);
  (*module)->setAttr("bert.model", describe(b, config, options));

  llvm::Expected<BertModel> model =
      BertModel::declare(*module, config, catalog);
  if (!model)
    return model.takeError();
  if (llvm::is_contained(options.outputs, "pooler_output"))
    if (llvm::Error error = model->requirePooler())
      return std::move(error);

  b.setInsertionPointToEnd(module->getBody());
  Type ids = b.idsType();
  func::FuncOp entry = b.beginEntry(options.task, {{"input_ids", ids},
                                                   {"position_ids", ids},
                                                   {"token_type_ids", ids},
                                                   {"offsets", ids}});
  b.endEntry(entry, buildOutputs(b, *model,
                                 {entry.getArgument(0), entry.getArgument(1),
                                  entry.getArgument(2), entry.getArgument(3)},
                                 options));
  return module;
}
