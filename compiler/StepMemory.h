//===- StepMemory.h - memory of a step, before there is an artifact -------===//

#ifndef BERTC_COMPILER_STEPMEMORY_H
#define BERTC_COMPILER_STEPMEMORY_H

#include "passes/lower-cpu/ProgramLayout.h"
#include "runtime/include/bertc_train.h"

#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <string>

namespace bertc {

/// A step of training, or the largest of many.
struct StepSize {
  int64_t tokens = 0, sequences = 0;
  int64_t selected = 0; ///< tokens that bertc_select chooses; else all
  int64_t threads = 1;
};

/// What steps may take of the memory: `bytes` where they are of `size`.
struct MemoryLimit {
  int64_t bytes = 0;
  StepSize size;
};

/// What bertc_describe_step_memory says of an artifact with this program.
bertc_step_memory stepMemoryOf(const ProgramLayout &program);

/// bertc_step_bytes.
int64_t stepBytes(const bertc_step_memory &memory, const StepSize &size);

/// "1024 tokens in 8 sequences on 2 threads", and "..., 160 of them selected"
/// where these are not all.
std::string sizeText(const StepSize &size);

/// "parameters 438 MB, gradients 438 MB, moments 876 MB, activations and
/// temporaries 352 MB": what is none is left out.
std::string partsText(const bertc_step_memory &memory, const StepSize &size);

/// "22.7 MB": three digits, prefixes of thousands, and what they count.
std::string scaled(double value, llvm::StringRef unit);

} // namespace bertc

#endif // BERTC_COMPILER_STEPMEMORY_H
