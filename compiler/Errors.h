//===- Errors.h - whose fault an error is ---------------------------------===//
//
// Errors of the compiler are one line: the file, what is wrong, what was
// expected. They are the input's fault unless they say otherwise.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_COMPILER_ERRORS_H
#define BERTC_COMPILER_ERRORS_H

#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"

#include <string>

namespace bertc {

/// A mistake of bertc itself: tools exit with 3 and ask for a report.
class DefectError : public llvm::ErrorInfo<DefectError> {
public:
  static char ID; // NOLINT(readability-identifier-naming): LLVM's name

  explicit DefectError(const llvm::Twine &text) : text(text.str()) {}
  void log(llvm::raw_ostream &os) const override;
  std::error_code convertToErrorCode() const override;

private:
  std::string text;
};

llvm::Error defect(const llvm::Twine &text);

/// "`path`: `text`", the input's fault.
llvm::Error fileError(llvm::StringRef path, const llvm::Twine &text);

/// `error` with "`path`: " before its message; defects stay defects.
llvm::Error inFile(llvm::StringRef path, llvm::Error error);

} // namespace bertc

#endif // BERTC_COMPILER_ERRORS_H
