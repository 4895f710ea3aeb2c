//===- TensorOrigins.h - where a new checkpoint's tensors come from -------===//

#ifndef BERTC_COMPILER_TENSORORIGINS_H
#define BERTC_COMPILER_TENSORORIGINS_H

#include "compiler/Checkpoint.h"
#include "models/Config.h"
#include "models/Inventory.h"
#include "models/Task.h"

#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <optional>
#include <string>
#include <vector>

namespace bertc {

/// Which tensors of a checkpoint another one takes; all others are fresh.
class TensorOrigins {
public:
  /// Of no checkpoint: everything is fresh.
  TensorOrigins() = default;
  /// Of the checkpoint in `folder`, whose config.json is `config`.
  static llvm::Expected<TensorOrigins> open(mlir::MLIRContext &context,
                                            const ModelConfig &config,
                                            llvm::StringRef folder);

  struct Placed {
    /// Items that the checkpoint does not have.
    std::vector<std::string> fresh;
    /// Those that it has for another task or for other labels.
    std::vector<std::string> replaced;
    /// Its tensors that no item is.
    std::vector<std::string> leftOut;
  };
  /// Finds the `items` of a checkpoint for `task` whose config.json will be
  /// `target`.
  Placed place(const std::vector<InventoryItem> &items,
               const ModelConfig &target, Task task);
  /// The name in the checkpoint; empty for what is fresh.
  llvm::StringRef nameOf(llvm::StringRef item) const;
  /// Null where there is none.
  const Checkpoint *checkpoint() const { return tensors ? &*tensors : nullptr; }

private:
  bool fits(llvm::StringRef name, const InventoryItem &item) const;
  bool mayTakeHead(const InventoryItem &item, const ModelConfig &target,
                   Task task) const;
  std::optional<std::string> findHead(llvm::StringRef name) const;
  std::vector<std::string> leftOut(const Placed &placed, Task task) const;

  ModelConfig config;
  std::optional<Checkpoint> tensors;
  llvm::StringMap<std::string> encoder; ///< symbol -> name
  llvm::StringMap<std::string> places;  ///< item -> name
};

} // namespace bertc

#endif // BERTC_COMPILER_TENSORORIGINS_H
