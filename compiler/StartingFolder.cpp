//===- StartingFolder.cpp -------------------------------------------------===//

#include "compiler/StartingFolder.h"

#include "compiler/CheckpointWriter.h"
#include "compiler/Errors.h"
#include "compiler/FreshWeights.h"
#include "compiler/JsonFile.h"
#include "compiler/OutputFile.h"
#include "compiler/TensorOrigins.h"
#include "models/ConfigReader.h"
#include "models/Inventory.h"
#include "runtime/io/AsideFile.h"
#include "runtime/io/MappedFile.h"
#include "runtime/io/Safetensors.h"

#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <cerrno>
#include <cstring>
#include <iterator>
#include <unistd.h>
#include <utility>

using namespace bertc;

namespace {

constexpr llvm::StringLiteral configName = "config.json";
constexpr llvm::StringLiteral weightsName = "model.safetensors";

/// What tokenizers of transformers and of bertc read. Not
/// sentence_bert_config.json: it is about sentence vectors, whose pooling is
/// none of this checkpoint's.
constexpr llvm::StringLiteral tokenizerNames[] = {"tokenizer.json",
                                                  "tokenizer_config.json",
                                                  "special_tokens_map.json",
                                                  "added_tokens.json",
                                                  "vocab.txt",
                                                  "vocab.json",
                                                  "merges.txt",
                                                  "spiece.model",
                                                  "sentencepiece.bpe.model",
                                                  "bpe.codes"};

// How a folder that may be replaced is told from others. transformers asks for
// the format.
constexpr char makerKey[] = "made_by", maker[] = "bertc";

llvm::Error errorOf(const io::Failure &failure) {
  return llvm::createStringError(failure.message);
}

llvm::Error notOurs(llvm::StringRef output, llvm::StringRef name) {
  return fileError(output, "cannot write: holds " + io::oneLine(name) +
                               ", and no checkpoint that bertc made; an empty "
                               "folder or a new one was expected");
}

/// The names of all files that the folder may have of this, the weights first.
std::vector<llvm::StringRef> ownNames() {
  std::vector<llvm::StringRef> names = {weightsName, configName};
  names.insert(names.end(), std::begin(tokenizerNames),
               std::end(tokenizerNames));
  return names;
}

} // namespace

llvm::Error bertc::checkStartingOutput(llvm::StringRef modelFolder,
                                       llvm::StringRef output) {
  if (!llvm::sys::fs::exists(output))
    return llvm::Error::success();
  if (!llvm::sys::fs::is_directory(output))
    return fileError(output, "cannot write: not a folder");
  if (llvm::sys::fs::equivalent(output, modelFolder))
    return fileError(output, "cannot write: is the folder of the model, which "
                             "this run reads");
  std::error_code code;
  llvm::sys::fs::directory_iterator first(output, code), end;
  if (code)
    return fileError(output, "cannot read: " + code.message());
  if (first == end)
    return llvm::Error::success();
  const std::string held = llvm::sys::path::filename(first->path()).str();
  // Behind a link may be the file of another folder.
  for (llvm::StringRef name : ownNames()) {
    const std::string path = inFolder(output, name);
    if (llvm::sys::fs::is_symlink_file(path) ||
        llvm::sys::fs::is_directory(path))
      return notOurs(output, name);
  }
  const io::Result<io::SafetensorsFile> weights =
      io::SafetensorsFile::open(inFolder(output, weightsName));
  if (!weights)
    return notOurs(output, held);
  const auto note = weights->metadata().find(makerKey);
  if (note == weights->metadata().end() || note->second != maker)
    return notOurs(output, held);
  return llvm::Error::success();
}

namespace {

/// Small files that are written aside and get their names together.
class SmallFiles {
public:
  llvm::Error add(const std::string &path, std::string_view bytes) {
    io::Result<io::AsideFile> file = io::AsideFile::create(path);
    if (!file)
      return errorOf(file.failure());
    io::MaybeFailure failure = file->write(bytes.data(), bytes.size());
    if (!failure)
      failure = file->sync();
    if (failure)
      return errorOf(*failure);
    files.push_back(std::move(*file));
    paths.push_back(path);
    return llvm::Error::success();
  }
  llvm::Error keep() {
    for (io::AsideFile &file : files)
      if (io::MaybeFailure failure = file.keep())
        return errorOf(*failure);
    return llvm::Error::success();
  }
  bool has(const std::string &path) const {
    return llvm::is_contained(paths, path);
  }

private:
  std::vector<io::AsideFile> files;
  std::vector<std::string> paths;
};

llvm::Error copyTokenizer(llvm::StringRef from, llvm::StringRef to,
                          SmallFiles &files) {
  for (llvm::StringRef name : tokenizerNames) {
    const std::string path = inFolder(from, name);
    if (!llvm::sys::fs::exists(path))
      continue;
    io::Result<io::MappedFile> file = io::MappedFile::open(path);
    if (!file)
      return errorOf(file.failure());
    if (llvm::Error error = files.add(inFolder(to, name), file->text()))
      return error;
  }
  return llvm::Error::success();
}

/// Takes away what a checkpoint before this one left. Weights are the first
/// to go and the last to come: they never stand beside files of another.
llvm::Error removeOld(llvm::StringRef output, const SmallFiles &files) {
  for (llvm::StringRef name : ownNames()) {
    const std::string path = inFolder(output, name);
    if (!files.has(path) && ::unlink(path.c_str()) != 0 && errno != ENOENT)
      return fileError(path,
                       llvm::Twine("cannot write: ") + std::strerror(errno));
  }
  return llvm::Error::success();
}

/// What is to be written.
struct Plan {
  std::string config;
  std::vector<InventoryItem> items;
  double range = 0;
  uint64_t seed = 0;
};

llvm::Error writeFolder(llvm::StringRef modelFolder, llvm::StringRef output,
                        const Plan &plan, const TensorOrigins &origins) {
  llvm::Expected<OutputFolder> folder = OutputFolder::create(output);
  if (!folder)
    return inFile(output, folder.takeError());
  std::vector<CheckpointTensor> tensors;
  llvm::StringMap<const InventoryItem *> byName;
  for (const InventoryItem &item : plan.items) {
    tensors.push_back({item.name, item.shape});
    byName[item.name] = &item;
  }
  // Room for the weights first.
  llvm::Expected<CheckpointWriter> weights = CheckpointWriter::create(
      inFolder(output, weightsName), std::move(tensors),
      {{"format", "pt"}, {makerKey, maker}});
  if (!weights)
    return weights.takeError();
  SmallFiles files;
  if (llvm::Error error = copyTokenizer(modelFolder, output, files))
    return error;
  if (llvm::Error error = files.add(inFolder(output, configName), plan.config))
    return error;
  auto values = [&](llvm::StringRef name, int64_t first,
                    llvm::MutableArrayRef<float> out) -> llvm::Error {
    const InventoryItem &item = *byName.lookup(name);
    const llvm::StringRef from = origins.nameOf(name);
    if (from.empty()) {
      fillFresh(item, plan.range, plan.seed, first, out);
      return llvm::Error::success();
    }
    if (first == 0) // of the tensor before
      origins.checkpoint()->release();
    return origins.checkpoint()->read(from, first, out);
  };
  if (llvm::Error error = weights->write(values))
    return error;
  if (llvm::Error error = removeOld(output, files))
    return error;
  llvm::Error named = files.keep();
  if (!named)
    named = weights->keep();
  if (named) {
    for (llvm::StringRef name : ownNames())
      ::unlink(inFolder(output, name).c_str());
    return named;
  }
  folder->keep();
  return llvm::Error::success();
}

/// "classifier.weight, classifier.bias and 3 others".
std::string listed(const std::vector<std::string> &names) {
  constexpr size_t most = 4;
  const size_t shown = names.size() <= most + 1 ? names.size() : most;
  std::string text;
  for (size_t i = 0; i < shown; ++i)
    text += (i ? ", " : "") + io::oneLine(names[i]);
  if (shown < names.size())
    text += " and " + std::to_string(names.size() - shown) + " others";
  return text;
}

} // namespace

std::vector<std::string> StartingFolder::remarks() const {
  std::vector<std::string> lines;
  if (fresh.size() == tensors)
    lines.push_back("fresh: all " + std::to_string(tensors) + " tensors");
  else if (!fresh.empty())
    lines.push_back("fresh: " + listed(fresh));
  if (!replaced.empty())
    lines.push_back("fresh, as the model has them for another task or other "
                    "labels: " +
                    listed(replaced));
  if (!leftOut.empty())
    lines.push_back("left out: " + listed(leftOut));
  return lines;
}

llvm::Expected<StartingFolder>
bertc::makeStartingFolder(llvm::StringRef model, llvm::StringRef output,
                          const StartingOptions &options) {
  if (llvm::Error error = checkTask(options.task))
    return std::move(error);
  const bool hasWeights = !llvm::sys::fs::is_regular_file(model);
  const llvm::StringRef parent = llvm::sys::path::parent_path(model);
  const llvm::StringRef folder = hasWeights       ? model
                                 : parent.empty() ? llvm::StringRef(".")
                                                  : parent;
  const std::string path =
      hasWeights ? inFolder(model, configName) : model.str();
  if (llvm::Error error = checkStartingOutput(folder, output))
    return std::move(error);
  llvm::Expected<ModelConfig> config = ModelConfig::read(path);
  if (!config)
    return config.takeError();
  llvm::Expected<nlohmann::json> object = readJsonFile(path);
  if (!object)
    return object.takeError();

  Plan plan;
  llvm::Expected<std::string> text = configFor(*object, *config, options.task);
  if (!text)
    return text.takeError();
  plan.config = std::move(*text);
  // Messages are about what the user wrote.
  llvm::Expected<ModelConfig> target = ModelConfig::parse(plan.config, path);
  if (!target)
    return target.takeError();
  mlir::MLIRContext context;
  const Task task = options.task.task;
  llvm::Expected<std::vector<InventoryItem>> items =
      takeInventory(context, *target, task);
  if (!items)
    return items.takeError();
  plan.items = std::move(*items);
  ConfigReader reader(*object, path);
  plan.range = reader.positive("initializer_range", 0.02);
  if (llvm::Error error = reader.takeError())
    return std::move(error);
  plan.seed = options.seed;

  llvm::Expected<TensorOrigins> origins =
      hasWeights ? TensorOrigins::open(context, *config, folder)
                 : TensorOrigins();
  if (!origins)
    return origins.takeError();
  StartingFolder result;
  TensorOrigins::Placed placed = origins->place(plan.items, *target, task);
  result.fresh = std::move(placed.fresh);
  result.replaced = std::move(placed.replaced);
  result.leftOut = std::move(placed.leftOut);
  result.architecture = target->architectures.front();
  result.tensors = plan.items.size();
  for (const InventoryItem &item : plan.items) {
    int64_t elements = 1;
    for (int64_t size : item.shape)
      elements *= size;
    result.parameters += elements;
  }
  if (llvm::Error error = writeFolder(folder, output, plan, *origins))
    return std::move(error);
  return result;
}
