//===- Inventory.h - the tensors that a checkpoint has, and fresh ones ----===//

#ifndef BERTC_MODELS_INVENTORY_H
#define BERTC_MODELS_INVENTORY_H

#include "models/Config.h"
#include "models/Task.h"

#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bertc {

/// What a tensor holds before anything was learnt, as transformers' models
/// begin (modeling_utils.py and models/*/modeling_*.py, `_init_weights`).
enum class FreshValues {
  normal,   ///< of mean 0 and config.json's initializer_range: linear layers,
            ///< tables
  ones,     ///< a LayerNorm's weight
  zeros,    ///< biases
  sinusoids ///< Vaswani et al. 2017 (arXiv:1706.03762), section 3.5
};

struct InventoryItem {
  std::string name;   ///< in a checkpoint of its task
  std::string symbol; ///< the name without the family's prefix
  std::vector<int64_t> shape;
  FreshValues fresh = FreshValues::normal;
  int64_t zeroRow = -1; ///< of a fresh table, for padding; -1: none
};

/// The tensors that transformers' class for a task saves; those of a tied
/// decoder once, as the words' table. An error where the family does not have
/// the task, and for embed, which is no class.
llvm::Expected<std::vector<InventoryItem>>
takeInventory(mlir::MLIRContext &context, const ModelConfig &config, Task task);

} // namespace bertc

#endif // BERTC_MODELS_INVENTORY_H
