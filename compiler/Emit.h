//===- Emit.h - what a compilation gives ----------------------------------===//

#ifndef BERTC_COMPILER_EMIT_H
#define BERTC_COMPILER_EMIT_H

#include "compiler/Link.h"

#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>

namespace bertc {

/// What a compilation gives: an artifact, or the IR after one of its stages.
enum class Emit {
  shared,
  staticLibrary,
  object,
  executable,
  bert,      ///< as imported
  bertFused, ///< coarser ops
  linalg,    ///< kernels as loops over tiles
  vector,    ///< tiles in registers
  llvm,      ///< the llvm dialect
  llvmIr,    ///< LLVM IR, optimised
  assembly
};

/// The kinds by their names on the command line: "shared", "bert-fused", ...
std::optional<Emit> emitFromName(llvm::StringRef name);
/// The kind of artifact that a file's ending stands for: ".so", ".a", ".o".
std::optional<Emit> emitFromEnding(llvm::StringRef path);
/// The name of a kind.
llvm::StringRef emitName(Emit emit);
/// All names, separated by ", ".
std::string emitNames();
/// The kind of artifact, which may have code for several CPUs; nothing for IR.
std::optional<ArtifactKind> artifactKind(Emit emit);

} // namespace bertc

#endif // BERTC_COMPILER_EMIT_H
