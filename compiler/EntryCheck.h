//===- EntryCheck.h - is a module of a file one that can be run -----------===//

#ifndef BERTC_COMPILER_ENTRYCHECK_H
#define BERTC_COMPILER_ENTRYCHECK_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace bertc {

/// What importers see to, of a module that was written by hand: one public
/// function, the entry, with inputs that the runtime has, outputs of their own
/// names, all of `outputs` among them, and `bert.model` with sizes that its
/// tables bear out. An error names `path`.
llvm::Error checkEntry(mlir::ModuleOp module, llvm::StringRef path,
                       llvm::ArrayRef<std::string> outputs);

} // namespace bertc

#endif // BERTC_COMPILER_ENTRYCHECK_H
