//===- ElfCheck.h - is this file a whole shared library -------------------===//
//
// dlopen maps a file that was cut off and lets the program die of SIGBUS when
// it touches a page that is not there. So the file is looked at before.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_RUNTIME_CORE_ELFCHECK_H
#define BERTC_RUNTIME_CORE_ELFCHECK_H

#include "runtime/include/bertc.h"

namespace bertc::core {

/// That `path` is a shared library for x86-64 Linux whose program headers,
/// segments, section headers and sections all lie within the file, and that
/// has its seal's checksum where it has a seal.
bertc_status checkSharedLibrary(const char *path);

} // namespace bertc::core

#endif // BERTC_RUNTIME_CORE_ELFCHECK_H
