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
  std::string f32Products; ///< as PipelineOptions::f32Products
  mlir::OwningOpRef<mlir::ModuleOp> module;
  VariantDescription description;
};

/// One for each of `cpus`, of which there is one at least. An error for a name
/// that is no CPU, and for two that are the same one.
llvm::Expected<std::vector<Variant>>
describeTargets(llvm::ArrayRef<std::string> cpus);

/// Has products of f32 made as `name` says (f32ProductNames) on all CPUs that
/// can, and as is best there on others or where it is empty. An error where
/// none can.
llvm::Error chooseF32Products(llvm::MutableArrayRef<Variant> variants,
                              llvm::StringRef name);

/// In the order that the runtime tries them: first what uses most features
/// beyond its level of x86-64, which are those that multiply the model's
/// precisions, then what has the wider vectors, then as they are. Their targets
/// must know what they require.
void sortByCapability(std::vector<Variant> &variants);

/// The variant before this one that all machines run which could run this one;
/// null where there is none.
const Variant *variantInFrontOf(llvm::ArrayRef<Variant> variants, size_t index);

} // namespace bertc

#endif // BERTC_COMPILER_VARIANTS_H
