//===- BuildRecord.h - how an artifact was compiled -----------------------===//
//
// An artifact carries one line, which `bertc inspect` prints:
//
//   bertc 0.1.0, LLVM 22.1.2, --target-cpu native --dtype int8 --keep-f32
//   "*.0.*"
//
// It says what of the command line decides the numbers that the artifact gives,
// so that its model can be compiled again in the same way.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_COMPILER_BUILDRECORD_H
#define BERTC_COMPILER_BUILDRECORD_H

#include "compiler/Compiler.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace bertc {

/// The line for what is compiled with these options.
std::string buildRecord(const CompileOptions &options);

/// The options that `record` holds, others as they are by default. An error for
/// a record of another version of bertc or LLVM: its numbers are not ours.
llvm::Expected<CompileOptions> readBuildRecord(llvm::StringRef record);

} // namespace bertc

#endif // BERTC_COMPILER_BUILDRECORD_H
