//===- Variants.h - the CPUs that an artifact has code for ----------------===//

#ifndef BERTC_COMPILER_VARIANTS_H
#define BERTC_COMPILER_VARIANTS_H

#include "compiler/Descriptor.h"
#include "passes/TargetDescription.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace bertc {

/// The code for one CPU, on its way.
struct Variant {
  std::string cpu; ///< as TargetDescription::get takes it
  TargetDescription target;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  VariantDescription description;
};

/// One for each of `cpus`, of which there is one at least. An error for a name
/// that is no CPU, and for two that are the same one.
llvm::Expected<std::vector<Variant>>
describeTargets(llvm::ArrayRef<std::string> cpus);

/// In the order that the runtime tries them: first what multiplies the model's
/// precision in instructions of its own, then what has the wider vectors, then
/// as they are. Their targets must know what they require.
void sortByCapability(std::vector<Variant> &variants);

/// The variant before this one that all machines run which could run this one;
/// null where there is none.
const Variant *variantInFrontOf(llvm::ArrayRef<Variant> variants, size_t index);

} // namespace bertc

#endif // BERTC_COMPILER_VARIANTS_H
