//===- Model.cpp ----------------------------------------------------------===//

#include "compiler/Model.h"

#include "compiler/Checkpoint.h"
#include "compiler/Diagnostics.h"
#include "compiler/EntryCheck.h"
#include "compiler/Errors.h"
#include "compiler/JsonFile.h"
#include "compiler/SentenceSettings.h"
#include "dialect/BertDialect.h"
#include "models/Config.h"
#include "models/Import.h"
#include "models/Task.h"
#include "passes/Pipelines.h"
#include "runtime/text/Tokenizer.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/Extensions/InlinerExtension.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <algorithm>

#include <optional>
#include <utility>

using namespace bertc;

namespace {

/// The folder's tokenizer as bytes to embed, "" where it has none.
llvm::Expected<std::string> readTokenizer(llvm::StringRef folder,
                                          const ModelConfig &config) {
  bool found = false;
  for (const char *name :
       {"tokenizer.json", "vocab.txt", "vocab.json", "spiece.model"})
    found |= llvm::sys::fs::exists(inFolder(folder, name));
  if (!found)
    return std::string();
  text::Result<text::Tokenizer> tokenizer =
      text::Tokenizer::fromFolder(folder.str());
  if (!tokenizer)
    return llvm::createStringError(tokenizer.error() +
                                   "; --no-tokenizer compiles the model "
                                   "without it");
  if (tokenizer->vocabularySize() > config.vocabSize)
    return fileError(folder, "the tokenizer has " +
                                 llvm::Twine(tokenizer->vocabularySize()) +
                                 " tokens, config.json says vocab_size " +
                                 llvm::Twine(config.vocabSize));
  return tokenizer->blob();
}

/// The task that was asked for, else the one the checkpoint was made for.
llvm::Expected<Task> chooseTask(llvm::StringRef name,
                                const ModelConfig &config) {
  if (!name.empty()) {
    if (std::optional<Task> task = taskFromName(name))
      return *task;
    return fileError(config.path,
                     "task \"" + name +
                         "\" is not supported; supported: " + taskNames());
  }
  if (config.architectures.empty())
    return Task::encode;
  if (std::optional<Task> task =
          taskOfArchitecture(config.architectures.front()))
    return *task;
  return fileError(config.path, "bertc does not have the head of " +
                                    config.architectures.front() +
                                    "; --task chooses another: " + taskNames());
}

llvm::Expected<ImportOptions>
importOptions(llvm::StringRef folder, const ModelConfig &config,
              const OpenOptions &options, std::vector<std::string> &warnings) {
  ImportOptions result;
  llvm::Expected<Task> task = chooseTask(options.task, config);
  if (!task)
    return task.takeError();
  result.task = *task;
  result.outputs = options.outputs;
  result.dropout = options.dropout;
  if (result.task != Task::embed)
    return result;
  llvm::Expected<SentenceSettings> settings = readSentenceSettings(folder);
  if (!settings)
    return settings.takeError();
  result.sentence.pooling = settings->pooling == SentenceSettings::mean
                                ? SentencePooling::mean
                                : SentencePooling::firstToken;
  result.sentence.normalize = settings->normalize;
  if (!settings->defaultPrompt.empty())
    warnings.push_back(
        inFolder(folder, "config_sentence_transformers.json") +
        ": its default prompt is not put before texts: give them with it");
  return result;
}

/// What a path that is no folder was meant to be.
llvm::Error checkFolder(llvm::StringRef path) {
  if (llvm::sys::fs::is_directory(path))
    return llvm::Error::success();
  if (!llvm::sys::fs::exists(path)) {
    const bool isHubName = !path.starts_with("/") && !path.starts_with(".") &&
                           path.count('/') <= 1;
    return llvm::createStringError(
        path + ": no such folder" +
        (isHubName ? "; models are not downloaded by name, MODEL is the folder "
                     "of a checkpoint"
                   : ""));
  }
  return llvm::createStringError(
      path + ": not a folder: MODEL is the folder with config.json, "
             "model.safetensors and the tokenizer's files, or a .mlir file");
}

llvm::Expected<Model> openFolder(mlir::MLIRContext &context,
                                 llvm::StringRef folder,
                                 const OpenOptions &options) {
  if (llvm::Error error = checkFolder(folder))
    return std::move(error);
  llvm::Expected<ModelConfig> config =
      ModelConfig::read(inFolder(folder, "config.json"));
  if (!config)
    return config.takeError();
  Model model;
  llvm::Expected<ImportOptions> import =
      importOptions(folder, *config, options, model.warnings);
  if (!import)
    return import.takeError();
  llvm::Expected<Checkpoint> checkpoint = Checkpoint::open(folder);
  if (!checkpoint)
    return checkpoint.takeError();
  llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>> module =
      importModel(context, *config, CheckpointCatalog(*checkpoint), *import);
  if (!module)
    return module.takeError();
  model.module = std::move(*module);
  const int64_t layers =
      layersInCheckpoint(*config, CheckpointCatalog(*checkpoint));
  if (layers > config->numLayers)
    model.warnings.push_back(config->path + ": asks for the first " +
                             std::to_string(config->numLayers) + " of the " +
                             std::to_string(layers) +
                             " layers that the checkpoint has");
  model.parameters = std::make_unique<ModuleParameters>(
      *model.module, folder.str(), std::move(*checkpoint));
  if (options.tokenizer != TokenizerUse::none) {
    llvm::Expected<std::string> tokenizer = readTokenizer(folder, *config);
    if (!tokenizer)
      return tokenizer.takeError();
    if (tokenizer->empty() && options.tokenizer == TokenizerUse::required)
      return fileError(folder, "has no tokenizer: none of tokenizer.json, "
                               "vocab.txt, vocab.json and spiece.model");
    model.tokenizer = std::move(*tokenizer);
  }
  return std::move(model);
}

/// Deeper than any module of a model nests; the parser works by recursion.
constexpr int deepestModule = 200;

/// How deep brackets nest in MLIR, strings and comments aside.
int nesting(llvm::StringRef text) {
  int depth = 0, most = 0;
  for (size_t i = 0; i < text.size(); ++i)
    switch (text[i]) {
    case '"':
      while (++i < text.size() && text[i] != '"')
        i += text[i] == '\\';
      break;
    case '/':
      if (text.substr(i).starts_with("//"))
        i = std::min(text.find('\n', i), text.size());
      break;
    case '(':
    case '[':
    case '{':
    case '<':
      most = std::max(most, ++depth);
      break;
    case '>':
      if (i > 0 && text[i - 1] == '-') // an arrow
        break;
      [[fallthrough]];
    case ')':
    case ']':
    case '}':
      --depth;
      break;
    default:
      break;
    }
  return most;
}

llvm::Expected<Model> openModule(mlir::MLIRContext &context,
                                 llvm::StringRef path,
                                 const OpenOptions &options) {
  llvm::sys::fs::file_status status;
  if (std::error_code code = llvm::sys::fs::status(path, status))
    return fileError(path, code.message());
  if (!llvm::sys::fs::is_regular_file(status))
    return fileError(path, "not a regular file");
  auto text = llvm::MemoryBuffer::getFile(path);
  if (!text)
    return fileError(path, text.getError().message());
  if (nesting((*text)->getBuffer()) > deepestModule)
    return fileError(path, "nests deeper than " + llvm::Twine(deepestModule) +
                               " brackets");
  FirstDiagnostic diagnostics(context);
  Model model;
  model.module = mlir::parseSourceString<mlir::ModuleOp>((*text)->getBuffer(),
                                                         &context, path);
  // The diagnostic names the file with the line in it.
  if (!model.module)
    return llvm::createStringError(diagnostics.line());
  if (llvm::Error error = checkEntry(*model.module, path, options.outputs))
    return std::move(error);
  model.parameters = std::make_unique<ModuleParameters>(
      *model.module, path.str(), std::nullopt);
  return std::move(model);
}

} // namespace

std::unique_ptr<mlir::MLIRContext> bertc::makeContext() {
  mlir::DialectRegistry registry;
  registry.insert<bert::BertDialect, mlir::arith::ArithDialect,
                  mlir::func::FuncDialect>();
  registerLLVMConversions(registry);
  mlir::func::registerInlinerExtension(registry);
  return std::make_unique<mlir::MLIRContext>(registry);
}

llvm::Expected<Model> Model::open(mlir::MLIRContext &context,
                                  llvm::StringRef path,
                                  const OpenOptions &options) {
  llvm::Expected<Model> model = llvm::sys::path::extension(path) == ".mlir" &&
                                        !llvm::sys::fs::is_directory(path)
                                    ? openModule(context, path, options)
                                    : openFolder(context, path, options);
  if (!model)
    return model.takeError();
  if (llvm::Error error = model->parameters->check())
    return std::move(error);
  model->outputs = namedOutputs(*model->module, options.outputs);
  return model;
}
