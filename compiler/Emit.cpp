//===- Emit.cpp -----------------------------------------------------------===//

#include "compiler/Emit.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/Path.h"

using namespace bertc;

namespace {

struct EmitName {
  Emit emit;
  llvm::StringLiteral name;
};
constexpr EmitName emitTable[] = {
    {Emit::shared, "shared"}, {Emit::staticLibrary, "static"},
    {Emit::object, "object"}, {Emit::executable, "exe"},
    {Emit::bert, "bert"},     {Emit::bertFused, "bert-fused"},
    {Emit::linalg, "linalg"}, {Emit::vector, "vector"},
    {Emit::llvm, "llvm"},     {Emit::llvmIr, "llvm-ir"},
    {Emit::assembly, "asm"},
};

} // namespace

std::optional<Emit> bertc::emitFromName(llvm::StringRef name) {
  for (const EmitName &entry : emitTable)
    if (entry.name == name)
      return entry.emit;
  return std::nullopt;
}

std::optional<Emit> bertc::emitFromEnding(llvm::StringRef path) {
  return llvm::StringSwitch<std::optional<Emit>>(
             llvm::sys::path::extension(path))
      .Case(".so", Emit::shared)
      .Case(".a", Emit::staticLibrary)
      .Case(".o", Emit::object)
      .Default(std::nullopt);
}

llvm::StringRef bertc::emitName(Emit emit) {
  return llvm::find_if(
             emitTable,
             [&](const EmitName &entry) { return entry.emit == emit; })
      ->name;
}

std::string bertc::emitNames() {
  return llvm::join(
      llvm::map_range(emitTable,
                      [](const EmitName &entry) { return entry.name.str(); }),
      ", ");
}

std::optional<ArtifactKind> bertc::artifactKind(Emit emit) {
  switch (emit) {
  case Emit::shared:
    return ArtifactKind::shared;
  case Emit::staticLibrary:
    return ArtifactKind::staticLibrary;
  case Emit::object:
    return ArtifactKind::object;
  case Emit::executable:
    return ArtifactKind::executable;
  default:
    return std::nullopt;
  }
}
