//===- Diagnostics.h - MLIR's complaints as one line ----------------------===//

#ifndef BERTC_COMPILER_DIAGNOSTICS_H
#define BERTC_COMPILER_DIAGNOSTICS_H

#include "mlir/IR/Diagnostics.h"

#include <string>

namespace bertc {

/// Keeps the first error of a context while it lives; the rest is dropped.
class FirstDiagnostic {
public:
  explicit FirstDiagnostic(mlir::MLIRContext &context);

  /// "model.mlir:3:5: what is wrong", or that nothing was said.
  std::string line() const;

private:
  std::string first;
  mlir::ScopedDiagnosticHandler handler;
};

} // namespace bertc

#endif // BERTC_COMPILER_DIAGNOSTICS_H
