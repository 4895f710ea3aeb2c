//===- ParameterCatalog.h - which tensors a checkpoint has ----------------===//

#ifndef BERTC_MODELS_PARAMETERCATALOG_H
#define BERTC_MODELS_PARAMETERCATALOG_H

#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bertc {

struct TensorInfo {
  std::string dtype; ///< as safetensors spells it: "F32", "BF16", ...
  std::vector<int64_t> shape;
  /// Of a file that is yet to be written: whatever shape is asked for.
  bool isPlanned = false;
};

/// Names, types and shapes; an importer never sees values.
class ParameterCatalog {
public:
  virtual ~ParameterCatalog() = default;

  virtual std::optional<TensorInfo> lookup(llvm::StringRef name) const = 0;
  /// The file that holds the tensor, or that should; for messages.
  virtual std::string location(llvm::StringRef name) const = 0;
};

} // namespace bertc

#endif // BERTC_MODELS_PARAMETERCATALOG_H
