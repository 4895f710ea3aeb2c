//===- Descriptor.h - what an artifact says about itself ------------------===//
//
// The runtime reads one constant of the generated code: the `bertc_artifact` of
// runtime/include/bertc_artifact.h. This writes it into the LLVM module that
// holds the program.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_COMPILER_DESCRIPTOR_H
#define BERTC_COMPILER_DESCRIPTOR_H

#include "passes/lower-cpu/ProgramLayout.h"

#include "llvm/Support/Error.h"

#include <cstdint>
#include <string>

namespace llvm {
class Module;
} // namespace llvm

namespace bertc {

/// The fields of `bertc_artifact` under the same names.
struct ArtifactDescription {
  std::string family, task, dtype;
  std::string targetCpu, isa, cpuFeatures, build, modelJson;
  int64_t vocabSize = 0, typeVocabSize = 0;
  int64_t maxPositions = 0, positionOffset = 0;
  bool positionsCounted = false; ///< BERTC_POSITION_COUNT
  int64_t padTokenId = 0;
  int64_t flopsPerToken = 0, flopsPerTokenPair = 0;
  ProgramLayout program;
  /// What runtime/text's Tokenizer::blob gives; empty without a tokenizer.
  std::string tokenizer;
};

/// "f32 [768, 768]" or "f32 packed [24, 768, 32]".
std::string storedLayout(const StoredParameter &parameter);

/// Adds the constant `bertc_artifact_descriptor` to `module`, which must define
/// `bertc_run`; the weights are a symbol that the linker finds elsewhere.
llvm::Error emitDescriptor(llvm::Module &module,
                           const ArtifactDescription &description);

} // namespace bertc

#endif // BERTC_COMPILER_DESCRIPTOR_H
