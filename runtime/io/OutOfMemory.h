//===- OutOfMemory.h - when there is no memory left -----------------------===//

#ifndef BERTC_RUNTIME_IO_OUTOFMEMORY_H
#define BERTC_RUNTIME_IO_OUTOFMEMORY_H

namespace bertc::io {

/// From now on an allocation that fails ends the process with the line
/// "out of memory", `prefix` in front, and exit code 1: the input was too large
/// for this machine. For `main`; files that were being written are without a
/// name or have that of a temporary one. `prefix` must live on.
void exitWhenOutOfMemory(const char *prefix);

} // namespace bertc::io

#endif // BERTC_RUNTIME_IO_OUTOFMEMORY_H
