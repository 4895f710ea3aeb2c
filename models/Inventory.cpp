//===- Inventory.cpp ------------------------------------------------------===//

#include "models/Inventory.h"

#include "dialect/BertOps.h"
#include "models/Family.h"
#include "models/Import.h"
#include "models/ParameterCatalog.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/StringRef.h"

#include <optional>

using namespace bertc;

namespace {

/// A checkpoint that has whatever an importer asks for, so that what it asks
/// for is what the task's checkpoints have. The bare model alone has no prefix.
class WishedCatalog : public ParameterCatalog {
public:
  WishedCatalog(const ModelConfig &config, const FamilyNames &names, Task task)
      : path(config.path), absent(task == Task::encode ? names.prefix : "") {}

  std::optional<TensorInfo> lookup(llvm::StringRef name) const override {
    if (!absent.empty() && name.starts_with(absent))
      return std::nullopt;
    TensorInfo info;
    info.dtype = "F32";
    info.isPlanned = true;
    return info;
  }
  std::string location(llvm::StringRef) const override { return path; }

private:
  std::string path;
  llvm::StringRef absent;
};

void setFreshValues(InventoryItem &item, const ModelConfig &config,
                    const FamilyNames &names) {
  if (item.shape.size() == 1) {
    item.fresh = llvm::StringRef(item.symbol).ends_with(".weight")
                     ? FreshValues::ones
                     : FreshValues::zeros;
    return;
  }
  if (item.symbol == names.positions && config.sinusoidalPositions)
    item.fresh = FreshValues::sinusoids;
  else if (item.symbol == names.words ||
           (item.symbol == names.positions && config.positionsCounted))
    item.zeroRow = config.padTokenId;
}

} // namespace

llvm::Expected<std::vector<InventoryItem>>
bertc::takeInventory(mlir::MLIRContext &context, const ModelConfig &config,
                     Task task) {
  const Family *family = findFamily(config.family);
  if (!family || architectureEnding(task).empty())
    return llvm::createStringError(config.path + ": transformers has no " +
                                   config.family + " model for task " +
                                   nameOf(task));
  const FamilyNames names = family->names(config);
  ImportOptions options;
  options.task = task;
  llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>> module =
      importModel(context, config, WishedCatalog(config, names, task), options);
  if (!module)
    return module.takeError();

  std::vector<InventoryItem> items;
  for (auto op : (*module)->getOps<bert::ParameterOp>()) {
    InventoryItem item;
    item.symbol = op.getSymName().str();
    item.name = op.getSource() ? op.getSource()->str() : item.symbol;
    item.shape = mlir::cast<mlir::RankedTensorType>(op.getParameterType())
                     .getShape()
                     .vec();
    setFreshValues(item, config, names);
    items.push_back(std::move(item));
  }
  // Where decoders are not tied, transformers keeps the bias that they would be
  // tied to, though nothing reads it.
  const llvm::StringRef bias = names.vocabulary.bias;
  if ((task == Task::mlm || task == Task::pretrain) &&
      !config.tieWordEmbeddings && !bias.empty()) {
    InventoryItem item;
    item.name = item.symbol = bias.str();
    item.shape = {config.vocabSize};
    item.fresh = FreshValues::zeros;
    items.push_back(std::move(item));
  }
  return items;
}
