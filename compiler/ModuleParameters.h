//===- ModuleParameters.h - where a module's parameters have their values -===//

#ifndef BERTC_COMPILER_MODULEPARAMETERS_H
#define BERTC_COMPILER_MODULEPARAMETERS_H

#include "compiler/Checkpoint.h"
#include "compiler/ParameterSource.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace bertc {

namespace bert {
class ParameterOp;
} // namespace bert

/// Values of the plain bert.parameter ops that a module has when this is made:
/// those that stand in the module, and those of a checkpoint by the name that
/// the op's `source` or its symbol says. The module may change afterwards.
class ModuleParameters : public ParameterSource {
public:
  ModuleParameters(mlir::ModuleOp module, std::string name,
                   std::optional<Checkpoint> checkpoint);

  /// Takes in those that were added to the module since.
  void addNew(mlir::ModuleOp module);

  /// An error for the first parameter that has no value.
  llvm::Error check() const;
  /// Elements of all parameters that are not tied to another.
  int64_t count() const { return elements; }

  llvm::Expected<llvm::ArrayRef<int64_t>>
  shape(llvm::StringRef symbol) const override;
  llvm::Error read(llvm::StringRef symbol, int64_t first,
                   llvm::MutableArrayRef<float> out) const override;
  void release() const override;

  /// A line that names the first parameter with a NaN or an infinite number
  /// among what was read so far; empty where there was none.
  std::string notFinite() const;

private:
  struct Parameter;
  void add(mlir::ModuleOp module, bert::ParameterOp op);
  llvm::Error divide(const Parameter &parameter, int64_t first,
                     llvm::MutableArrayRef<float> out) const;
  llvm::Error readValue(llvm::StringRef symbol, const Parameter &parameter,
                        int64_t first, llvm::MutableArrayRef<float> out) const;
  struct Parameter {
    std::vector<int64_t> shape;
    std::string source; ///< name in the checkpoint
    mlir::ElementsAttr value;
    std::string divisor; ///< of its columns: a parameter; empty: none
  };

  std::string name; ///< of the model, for messages
  std::optional<Checkpoint> checkpoint;
  llvm::StringMap<Parameter> parameters;
  std::vector<llvm::StringRef> order;
  int64_t elements = 0;
  /// Symbols of parameters with numbers that are not finite. Threads read.
  struct Odd {
    std::mutex mutex;
    llvm::StringSet<> symbols;
  };
  std::unique_ptr<Odd> odd = std::make_unique<Odd>();
};

} // namespace bertc

#endif // BERTC_COMPILER_MODULEPARAMETERS_H
