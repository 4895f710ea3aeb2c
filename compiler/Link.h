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
#include <vector>

namespace bertc {

enum class ArtifactKind {
  shared,        ///< model.so: loaded by bertc_open or linked with -l
  staticLibrary, ///< libmodel.a with its headers beside it
  object,        ///< model.o: program and weights, without the runtime
  executable     ///< a program that reads text or tensors
};

/// What bertc brings along for its artifacts.
struct RuntimeFiles {
  std::string runtime;    ///< bertc_runtime.o: the C API
  std::string text;       ///< bertc_text.o: its part for text
  std::string executable; ///< bertc_main.o: start of a program
  std::string headers[3]; ///< bertc.h, bertc_text.h, bertc_train.h

  /// Those in `lib/bertc` beside the folder of this executable, or in the
  /// folder that the environment variable BERTC_RUNTIME names.
  static llvm::Expected<RuntimeFiles> find();
};

/// An object file, and what it is called in an archive.
struct LinkedObject {
  std::string path, member;
};

/// Object files of a compiled model.
struct ModelObjects {
  std::vector<LinkedObject> code; ///< its description and its variants
  std::string weights;
  bool hasTokenizer = false;
};

/// Links a model to `output`, which appears whole or not at all. A shared
/// library has the functions for text where its model has a tokenizer, an
/// archive always: what a host does not call stays out of it.
llvm::Error link(ArtifactKind kind, const ModelObjects &model,
                 const RuntimeFiles &runtime, llvm::StringRef output);

} // namespace bertc

#endif // BERTC_COMPILER_LINK_H
