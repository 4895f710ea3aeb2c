//===- Errors.cpp ---------------------------------------------------------===//

#include "compiler/Errors.h"

#include "llvm/Support/raw_ostream.h"

using namespace bertc;

char DefectError::ID;

void DefectError::log(llvm::raw_ostream &os) const { os << text; }

std::error_code DefectError::convertToErrorCode() const {
  return llvm::inconvertibleErrorCode();
}

llvm::Error bertc::defect(const llvm::Twine &text) {
  return llvm::make_error<DefectError>(text);
}

llvm::Error bertc::fileError(llvm::StringRef path, const llvm::Twine &text) {
  return llvm::createStringError(path + ": " + text);
}

llvm::Error bertc::inFile(llvm::StringRef path, llvm::Error error) {
  if (error.isA<DefectError>())
    return defect(path + ": " + llvm::toString(std::move(error)));
  return fileError(path, llvm::toString(std::move(error)));
}
