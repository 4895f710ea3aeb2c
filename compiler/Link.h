//===- Link.h - objects to an artifact ------------------------------------===//
//
// lld is part of bertc: no compiler, linker or development package is needed
// where bertc runs, only the C library's shared objects. lld keeps its state in
// globals, so a process links one thing at a time; `link` waits for its turn.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_COMPILER_LINK_H
#define BERTC_COMPILER_LINK_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace bertc {

enum class ArtifactKind {
  shared,        ///< model.so: loaded by bertc_open or linked with -l
  staticLibrary, ///< libmodel.a with bertc.h beside it
  object,        ///< model.o: program and weights, without the runtime
  executable     ///< a program that reads text or tensors
};

/// What bertc brings along for its artifacts.
struct RuntimeFiles {
  std::string runtime;    ///< bertc_runtime.o: the C API
  std::string executable; ///< bertc_main.o: start of a program
  std::string header;     ///< bertc.h

  /// Those in `lib/bertc` beside the folder of this executable, or in the
  /// folder that the environment variable BERTC_RUNTIME names.
  static llvm::Expected<RuntimeFiles> find();
};

/// Links the object files `model` and `weights` to `output`, which appears
/// whole or not at all.
llvm::Error link(ArtifactKind kind, llvm::StringRef model,
                 llvm::StringRef weights, const RuntimeFiles &runtime,
                 llvm::StringRef output);

} // namespace bertc

#endif // BERTC_COMPILER_LINK_H
