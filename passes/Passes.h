//===- Passes.h - constructors and registration of every pass -------------===//

#ifndef BERTC_PASSES_PASSES_H
#define BERTC_PASSES_PASSES_H

#include "mlir/Pass/Pass.h"

#include <limits>
#include <memory>
#include <string>

namespace mlir {
class ModuleOp;
} // namespace mlir

namespace bertc {

/// The default of a number whose default another option decides.
inline constexpr double unsetNumber = std::numeric_limits<double>::quiet_NaN();

#define GEN_PASS_DECL
#include "passes/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "passes/Passes.h.inc"

} // namespace bertc

#endif // BERTC_PASSES_PASSES_H
