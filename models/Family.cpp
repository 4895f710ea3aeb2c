//===- Family.cpp - the families by their model types ---------------------===//

#include "models/Family.h"

#include "llvm/ADT/STLExtras.h"

using namespace bertc;

namespace {

const Family *const families[] = {&bertFamily, &robertaFamily, &albertFamily,
                                  &distilbertFamily};

} // namespace

const Family *bertc::findFamily(llvm::StringRef modelType) {
  for (const Family *family : families)
    if (llvm::is_contained(family->types, modelType))
      return family;
  return nullptr;
}

std::string bertc::familyNames() {
  std::string names;
  for (const Family *family : families)
    for (llvm::StringRef type : family->types)
      names += (names.empty() ? "" : ", ") + type.str();
  return names;
}
