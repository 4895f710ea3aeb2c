//===- Family.cpp - the families by their model types ---------------------===//

#include "models/Family.h"

#include "llvm/ADT/STLExtras.h"

using namespace bertc;

namespace {

const Family *const families[] = {&bertFamily, &robertaFamily, &albertFamily,
                                  &distilbertFamily};

/// Null where the family does not serve it.
const FamilyType *findType(const Family &family, llvm::StringRef modelType) {
  const FamilyType *found =
      llvm::find_if(family.types, [&](const FamilyType &type) {
        return type.modelType == modelType;
      });
  return found == family.types.end() ? nullptr : found;
}

} // namespace

const Family *bertc::findFamily(llvm::StringRef modelType) {
  for (const Family *family : families)
    if (findType(*family, modelType))
      return family;
  return nullptr;
}

std::string bertc::architectureOf(llvm::StringRef modelType, Task task) {
  const llvm::StringRef ending = architectureEnding(task);
  for (const Family *family : families)
    if (const FamilyType *type = findType(*family, modelType))
      return ending.empty() ? "" : (type->classes + ending).str();
  return "";
}

std::string bertc::familyNames() {
  std::string names;
  for (const Family *family : families)
    for (const FamilyType &type : family->types)
      names += (names.empty() ? "" : ", ") + type.modelType.str();
  return names;
}
