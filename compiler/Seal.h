//===- Seal.h - the checksum at the end of a shared library ---------------===//

#ifndef BERTC_COMPILER_SEAL_H
#define BERTC_COMPILER_SEAL_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace bertc {

/// Appends a `bertc_artifact_seal` (runtime/include/bertc_artifact.h) to the
/// linked library at `path`, over all of it but its weights. The errors name no
/// path.
llvm::Error sealArtifact(llvm::StringRef path);

} // namespace bertc

#endif // BERTC_COMPILER_SEAL_H
