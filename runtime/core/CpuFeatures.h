//===- CpuFeatures.h - what this machine can execute ----------------------===//

#ifndef BERTC_RUNTIME_CORE_CPUFEATURES_H
#define BERTC_RUNTIME_CORE_CPUFEATURES_H

#include <cstddef>

namespace bertc::core {

/// Whether the CPU and the operating system support every feature of a comma
/// separated list in LLVM's spelling. If not, `missing` gets those that are not
/// there or not known here, separated by ", ".
bool supportsFeatures(const char *features, char *missing, size_t missingSize);

/// Has the process use what the system gives to those who ask: AMX's tiles,
/// where they are in the list. False where it does not, as with an alternative
/// signal stack that has no room for their state.
bool permitFeatures(const char *features);

} // namespace bertc::core

#endif // BERTC_RUNTIME_CORE_CPUFEATURES_H
