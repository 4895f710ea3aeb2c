//===- TensorOrigins.cpp --------------------------------------------------===//

#include "compiler/TensorOrigins.h"

#include "dialect/BertOps.h"
#include "models/Family.h"
#include "models/Import.h"
#include "models/Parameters.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/StringSet.h"

#include <utility>

using namespace bertc;

namespace {

bool isRegression(const ModelConfig &config) {
  return config.problemType == "regression" ||
         (config.problemType.empty() && config.labels.size() == 1);
}

/// Whether classes are the same in the same order, or had no names yet.
bool haveSameLabels(const ModelConfig &from, const ModelConfig &to) {
  if (from.labels.size() != to.labels.size() ||
      isRegression(from) != isRegression(to))
    return false;
  if (isRegression(from))
    return true;
  for (size_t i = 0; i < from.labels.size(); ++i) {
    const llvm::StringRef before = from.labels[i];
    if (!before.equals_insensitive(to.labels[i]) &&
        before != "LABEL_" + std::to_string(i))
      return false;
  }
  return true;
}

} // namespace

llvm::Expected<TensorOrigins> TensorOrigins::open(mlir::MLIRContext &context,
                                                  const ModelConfig &config,
                                                  llvm::StringRef folder) {
  TensorOrigins origins;
  origins.config = config;
  llvm::Expected<Checkpoint> checkpoint = Checkpoint::open(folder);
  if (!checkpoint)
    return checkpoint.takeError();
  origins.tensors.emplace(std::move(*checkpoint));
  // The importer knows every name that a tensor may have, and checks shapes.
  llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>> module = importModel(
      context, config, CheckpointCatalog(*origins.tensors), ImportOptions());
  if (!module)
    return module.takeError();
  for (auto op : (*module)->getOps<bert::ParameterOp>())
    origins.encoder[op.getSymName()] =
        op.getSource().value_or(op.getSymName()).str();
  return std::move(origins);
}

llvm::StringRef TensorOrigins::nameOf(llvm::StringRef item) const {
  const auto place = places.find(item);
  return place == places.end() ? llvm::StringRef() : place->second;
}

bool TensorOrigins::fits(llvm::StringRef name,
                         const InventoryItem &item) const {
  const io::Tensor *tensor = tensors->find(name);
  return io::isFloat(tensor->dtype) && tensor->shape == item.shape;
}

/// Classifiers of different tasks have tensors of the same name.
bool TensorOrigins::mayTakeHead(const InventoryItem &item,
                                const ModelConfig &target, Task task) const {
  if (task != Task::sequenceClassification &&
      task != Task::tokenClassification && task != Task::multipleChoice)
    return true;
  if (!config.architectures.empty() &&
      taskOfArchitecture(config.architectures.front()) != task)
    return false;
  const FamilyNames names = findFamily(config.family)->names(config);
  const llvm::StringRef perLabel =
      task == Task::tokenClassification      ? names.token
      : task == Task::sequenceClassification ? names.sequence.out
                                             : llvm::StringRef();
  return llvm::StringRef(item.symbol).rsplit('.').first != perLabel ||
         haveSameLabels(config, target);
}

std::optional<std::string> TensorOrigins::findHead(llvm::StringRef name) const {
  const VocabularyNames vocabulary =
      findFamily(config.family)->names(config).vocabulary;
  const std::string bias = (vocabulary.decoder + ".bias").str();
  std::vector<llvm::StringRef> variants = {name};
  // The two are one where decoders are tied, and files have either.
  if (!vocabulary.bias.empty() && name == vocabulary.bias)
    variants.push_back(bias);
  if (!vocabulary.bias.empty() && name == bias)
    variants.push_back(vocabulary.bias);
  for (llvm::StringRef variant : variants)
    if (auto found = findTensor(CheckpointCatalog(*tensors), variant))
      return found->name;
  return std::nullopt;
}

std::vector<std::string> TensorOrigins::leftOut(const Placed &placed,
                                                Task task) const {
  const FamilyNames names = findFamily(config.family)->names(config);
  llvm::StringSet<> used;
  for (const auto &place : places)
    used.insert(place.second);
  for (const std::string &name : placed.replaced)
    used.insert(name);
  const bool predicts = task == Task::mlm || task == Task::pretrain;
  std::vector<std::string> rest;
  for (llvm::StringRef name : tensors->names()) {
    // Row numbers, which transformers once kept as a tensor.
    if (name.ends_with(".position_ids"))
      continue;
    // Stands there once more, under the name that it is tied to.
    if (predicts && name.starts_with(names.vocabulary.decoder.str() + "."))
      continue;
    if (!used.contains(name))
      rest.push_back(name.str());
  }
  return rest;
}

TensorOrigins::Placed
TensorOrigins::place(const std::vector<InventoryItem> &items,
                     const ModelConfig &target, Task task) {
  Placed placed;
  for (const InventoryItem &item : items) {
    if (auto known = encoder.find(item.symbol); known != encoder.end()) {
      places[item.name] = known->second;
      continue;
    }
    // What is left of the encoder has another name below a head.
    std::optional<std::string> found;
    if (tensors && item.name == item.symbol)
      found = findHead(item.name);
    if (!found)
      placed.fresh.push_back(item.name);
    else if (fits(*found, item) && mayTakeHead(item, target, task))
      places[item.name] = *found;
    else
      placed.replaced.push_back(item.name);
  }
  if (tensors)
    placed.leftOut = leftOut(placed, task);
  return placed;
}
