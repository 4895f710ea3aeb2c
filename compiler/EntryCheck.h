//===- EntryCheck.h - is a module of a file one that can be run -----------===//

#ifndef BERTC_COMPILER_ENTRYCHECK_H
#define BERTC_COMPILER_ENTRYCHECK_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace bertc {

/// Whether `output`, as a user gives it, means the result `name`: "attentions"
/// means "attentions.0", "attentions.1" and so on, and so does
/// "hidden_states".
bool namesOutput(llvm::StringRef output, llvm::StringRef name);

/// The names of the entry's results that `outputs` mean, in the results' order.
std::vector<std::string> namedOutputs(mlir::ModuleOp module,
                                      llvm::ArrayRef<std::string> outputs);

/// What importers see to, of a module that was written by hand: one public
/// function, the entry, with inputs that the runtime has, outputs of their own
/// names, all of `outputs` among them, and `bert.model` with sizes that its
/// tables bear out. An error names `path`.
llvm::Error checkEntry(mlir::ModuleOp module, llvm::StringRef path,
                       llvm::ArrayRef<std::string> outputs);

} // namespace bertc

#endif // BERTC_COMPILER_ENTRYCHECK_H
