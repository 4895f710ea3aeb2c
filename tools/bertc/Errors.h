//===- Errors.h - an error of the compiler as an exit code ----------------===//

#ifndef BERTC_TOOLS_BERTC_ERRORS_H
#define BERTC_TOOLS_BERTC_ERRORS_H

#include "llvm/Support/Error.h"

namespace bertc {

/// Prints the error's line; 3 for a defect of ours, else 1.
int fail(llvm::Error error);

} // namespace bertc

#endif // BERTC_TOOLS_BERTC_ERRORS_H
