//===- Import.cpp ---------------------------------------------------------===//

#include "models/Import.h"

#include "models/Builder.h"
#include "models/Dropout.h"
#include "models/Encoder.h"
#include "models/Family.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <algorithm>

using namespace bertc;
using namespace mlir;

namespace {

/// What later stages and the artifact say of the model.
DictionaryAttr describe(Builder b, const ModelConfig &config,
                        const ImportOptions &options) {
  SmallVector<NamedAttribute> fields;
  auto text = [&](StringRef name, StringRef value) {
    fields.push_back(b.getNamedAttr(name, b.getStringAttr(value)));
  };
  auto number = [&](StringRef name, int64_t value) {
    fields.push_back(b.getNamedAttr(name, b.getI64IntegerAttr(value)));
  };
  text("family", config.family);
  text("task", nameOf(options.task));
  text("activation", bert::stringifyActivation(config.activation));
  fields.push_back(b.getNamedAttr("layer_norm_epsilon",
                                  b.getF64FloatAttr(config.layerNormEpsilon)));
  number("vocab_size", config.vocabSize);
  number("type_vocab_size", config.typeVocabSize);
  number("max_positions", config.maxPositions());
  number("position_offset", config.positionOffset);
  number("pad_token_id", config.padTokenId);
  number("hidden_size", config.hiddenSize);
  number("num_layers", config.numLayers);
  number("num_heads", config.numHeads);
  number("intermediate_size", config.intermediateSize);
  if (config.positionsCounted)
    fields.push_back(b.getNamedAttr("positions_counted", b.getBoolAttr(true)));
  if (config.embeddingSize != config.hiddenSize)
    number("embedding_size", config.embeddingSize);
  switch (options.task) {
  case Task::embed:
    text("pooling", options.sentence.pooling == SentencePooling::mean
                        ? "mean"
                        : "first_token");
    fields.push_back(
        b.getNamedAttr("normalize", b.getBoolAttr(options.sentence.normalize)));
    break;
  case Task::sequenceClassification:
    // As transformers concludes it without labels to look at.
    text("problem_type", !config.problemType.empty() ? config.problemType
                         : config.labels.size() == 1
                             ? "regression"
                             : "single_label_classification");
    if (!config.problemType.empty())
      fields.push_back(b.getNamedAttr("problem_stated", b.getBoolAttr(true)));
    [[fallthrough]];
  case Task::tokenClassification: {
    SmallVector<StringRef> labels(config.labels.begin(), config.labels.end());
    fields.push_back(b.getNamedAttr("labels", b.getStrArrayAttr(labels)));
    break;
  }
  default:
    break;
  }
  return b.getDictionaryAttr(fields);
}

/// Transformers' names of what a model has of every layer, and only where it is
/// asked for. The first hidden state is of no layer: the embeddings.
constexpr StringLiteral attentionsName = "attentions";
constexpr StringLiteral hiddenStatesName = "hidden_states";

/// Whether the options ask for all of a name or for one: "attentions.0".
bool wants(const ImportOptions &options, StringRef name) {
  return llvm::any_of(options.outputs, [&](StringRef output) {
    return output.split('.').first == name;
  });
}

void addNumbered(StringRef name, ArrayRef<Value> values, ResultForm form,
                 SmallVectorImpl<EntryResult> &results) {
  for (auto [i, value] : llvm::enumerate(values))
    results.push_back({(name + "." + Twine(i)).str(), value, form});
}

/// An error where the options ask for an output that there is not; the head's
/// are the first of `results`.
llvm::Error checkOutputs(const ModelConfig &config, const FamilyNames &names,
                         const ImportOptions &options,
                         ArrayRef<EntryResult> results, size_t numOfHead,
                         const Parameters &parameters) {
  SmallVector<StringRef> known;
  for (const EntryResult &result : results.take_front(numOfHead))
    known.push_back(result.name);
  known.append({attentionsName, hiddenStatesName});
  for (const std::string &output : options.outputs) {
    if (llvm::is_contained(known, StringRef(output)) ||
        llvm::any_of(results, [&](const EntryResult &result) {
          return result.name == output;
        }))
      continue;
    if (output == "pooler_output" && options.task == Task::encode &&
        !names.pooler.empty())
      return parameters.missing((names.pooler + ".weight").str());
    return llvm::createStringError(
        config.path + ": task " + nameOf(options.task) + " has no output \"" +
        output + "\"; it has " + llvm::join(known, ", "));
  }
  return llvm::Error::success();
}

bool predictsTokens(Task task) {
  return task == Task::mlm || task == Task::pretrain;
}

} // namespace

llvm::Expected<OwningOpRef<ModuleOp>>
bertc::importModel(MLIRContext &context, const ModelConfig &config,
                   const ParameterCatalog &catalog,
                   const ImportOptions &options) {
  const Family *family = findFamily(config.family);
  if (!family)
    return llvm::createStringError(
        config.path + ": model_type \"" + config.family +
        "\" is not supported; supported: " + familyNames());
  if (options.dropout && !config.dropoutProblem.empty())
    return llvm::createStringError(config.dropoutProblem);
  context.loadDialect<bert::BertDialect, func::FuncDialect>();
  OwningOpRef<ModuleOp> module(ModuleOp::create(UnknownLoc::get(&context)));
  EncoderBuilder b(&context);
  (*module)->setAttr("bert.model", describe(b, config, options));

  FamilyNames names = family->names(config);
  Parameters parameters(*module, config, catalog, names.prefix, names.words);
  llvm::Expected<Encoder> encoder = Encoder::declare(
      *module, config, names, {wants(options, attentionsName), options.dropout},
      parameters);
  if (!encoder)
    return encoder.takeError();
  llvm::Expected<Head> head = Head::declare(
      options.task, config, names, options.sentence, parameters, *encoder);
  if (!head)
    return head.takeError();

  b.setInsertionPointToEnd(module->getBody());
  Type ids = b.idsType();
  SmallVector<EntryArgument> arguments = {{"input_ids", ids},
                                          {"position_ids", ids}};
  bool typed = config.typeVocabSize > 0;
  if (typed)
    arguments.push_back({"token_type_ids", ids});
  arguments.push_back({"offsets", ids});
  bool selects = predictsTokens(options.task);
  if (selects)
    arguments.push_back({"mlm_positions", ids});
  const auto numOfRun = unsigned(arguments.size());
  if (options.dropout) {
    arguments.push_back({dropoutKeyName, b.keyType()});
    arguments.push_back({sequenceIdsName, ids, "sequences"});
  }
  std::string name = nameOf(options.task).str();
  std::replace(name.begin(), name.end(), '-', '_');
  func::FuncOp entry = b.beginEntry(name, arguments);
  ValueRange values = entry.getArguments();
  Value offsets = values[typed ? 3 : 2];
  Dropout dropout;
  if (options.dropout)
    dropout = {values[numOfRun], values[numOfRun + 1], offsets};
  Encoder::Inputs inputs = {values[0], values[1], typed ? values[2] : Value(),
                            offsets, dropout};
  Encoder::Outputs encoded = encoder->build(b, inputs);
  SmallVector<EntryResult> results =
      head->build(b, encoded.hiddenStates.back(), offsets,
                  selects ? values[numOfRun - 1] : Value(), dropout);
  size_t numOfHead = results.size();
  addNumbered(attentionsName, encoded.attentions, ResultForm::maps, results);
  if (wants(options, hiddenStatesName))
    addNumbered(hiddenStatesName, encoded.hiddenStates, ResultForm::rows,
                results);
  if (llvm::Error error =
          checkOutputs(config, names, options, results, numOfHead, parameters))
    return std::move(error);
  b.endEntry(entry, results);
  return module;
}

int64_t bertc::layersInCheckpoint(const ModelConfig &config,
                                  const ParameterCatalog &catalog) {
  const Family *family = findFamily(config.family);
  if (!family)
    return config.numLayers;
  const FamilyNames names = family->names(config);
  const bool isPrefixed =
      catalog.lookup((names.prefix + names.words).str()).has_value();
  ModelConfig longer = config;
  while (true) {
    ++longer.numLayers;
    const std::string next = family->names(longer).layers.back();
    if (llvm::is_contained(names.layers, next) ||
        !catalog.lookup((llvm::Twine(isPrefixed ? names.prefix : "") + next +
                         "." + names.layer.query + ".weight")
                            .str()))
      return longer.numLayers - 1;
  }
}
