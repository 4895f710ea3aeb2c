//===- Codegen.h - from the llvm dialect to native code -------------------===//

#ifndef BERTC_COMPILER_CODEGEN_H
#define BERTC_COMPILER_CODEGEN_H

#include "passes/TargetDescription.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <memory>

namespace llvm {
class LLVMContext;
class Module;
} // namespace llvm
namespace mlir {
class ModuleOp;
} // namespace mlir

namespace bertc {

/// A module of the llvm dialect as LLVM IR for `target`. The functions that
/// the runtime calls stay external (hidden); all others become internal.
llvm::Expected<std::unique_ptr<llvm::Module>>
translateToLLVMIR(mlir::ModuleOp module, const TargetDescription &target,
                  llvm::LLVMContext &context);

/// An empty module for `target`, for data.
llvm::Expected<std::unique_ptr<llvm::Module>>
emptyModule(const TargetDescription &target, llvm::LLVMContext &context);

/// LLVM's -O3 pipeline, in place.
llvm::Error optimizeModule(llvm::Module &module,
                           const TargetDescription &target);

enum class CodeFile { object, assembly };

/// Native code for an optimised module, appended to `code`.
llvm::Error emitCode(llvm::Module &module, const TargetDescription &target,
                     CodeFile kind, llvm::SmallVectorImpl<char> &code);

/// Of an object file's sections, how many bytes are instructions.
llvm::Expected<uint64_t> codeBytes(llvm::StringRef object);

} // namespace bertc

#endif // BERTC_COMPILER_CODEGEN_H
