//===- CpuFeatures.h - what this machine can execute ----------------------===//

#ifndef BERTC_RUNTIME_CORE_CPUFEATURES_H
#define BERTC_RUNTIME_CORE_CPUFEATURES_H

#include <cstddef>

namespace bertc::core {

/// Whether the CPU and the operating system support every feature of a comma
/// separated list in LLVM's spelling. Asks the system for AMX's tiles, where
/// they are in the list, on behalf of the process. If not, `missing` gets those
/// that are not there or not known here, separated by ", ".
bool supportsFeatures(const char *features, char *missing, size_t missingSize);

} // namespace bertc::core

#endif // BERTC_RUNTIME_CORE_CPUFEATURES_H
