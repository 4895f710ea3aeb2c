//===- Descriptor.h - what an artifact says about itself ------------------===//
//
// The runtime reads one constant of the generated code: the `bertc_artifact` of
// runtime/include/bertc_artifact.h. This writes it into an LLVM module, be it
// the one that holds the program or one of its own.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_COMPILER_DESCRIPTOR_H
#define BERTC_COMPILER_DESCRIPTOR_H

#include "passes/lower-cpu/ProgramLayout.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <string>
#include <vector>

namespace llvm {
class Module;
} // namespace llvm

namespace bertc {

/// What bert-lower-to-kernels calls the function that a run calls.
inline constexpr llvm::StringLiteral runSymbol = "bertc_run";
/// And those that updates and runs without labels call, where there are any.
inline constexpr llvm::StringLiteral updateSymbol = "bertc_update_states";
inline constexpr llvm::StringLiteral evaluateSymbol = "bertc_evaluate";

/// The fields of `bertc_artifact_variant` under the same names.
struct VariantDescription {
  std::string targetCpu, isa, cpuFeatures;
  ProgramLayout program;
  uint64_t codeBytes = 0;
  /// The symbols of the functions.
  std::string run = runSymbol.str(), update = updateSymbol.str(),
              evaluate = evaluateSymbol.str();
};

/// The fields of `bertc_artifact` under the same names.
struct ArtifactDescription {
  std::string family, task, dtype, build, modelJson;
  int64_t vocabSize = 0, typeVocabSize = 0;
  int64_t maxPositions = 0, positionOffset = 0;
  bool positionsCounted = false; ///< BERTC_POSITION_COUNT
  int64_t padTokenId = 0;
  int64_t flopsPerToken = 0, flopsPerTokenPair = 0;
  /// All that the variants read, by their places.
  std::vector<StoredParameter> weights;
  std::vector<VariantDescription> variants; ///< at least one
  /// What runtime/text's Tokenizer::blob gives; empty without a tokenizer.
  std::string tokenizer;
};

/// Adds to `weights`, sorted by offset, what a further program has placed
/// behind them.
void addWeights(std::vector<StoredParameter> &weights,
                const ProgramLayout &program);

/// "f32 [768, 768]" or "f32 packed [24, 768, 32]".
std::string storedLayout(const StoredParameter &parameter);

/// Adds the constant `bertc_artifact_descriptor` to `module`. The weights, and
/// run functions that the module does not define, are symbols that the linker
/// finds elsewhere.
llvm::Error emitDescriptor(llvm::Module &module,
                           const ArtifactDescription &description);

} // namespace bertc

#endif // BERTC_COMPILER_DESCRIPTOR_H
