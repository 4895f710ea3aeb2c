//===- Diagnostics.cpp ----------------------------------------------------===//

#include "compiler/Diagnostics.h"

#include "mlir/IR/Location.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>

using namespace bertc;

FirstDiagnostic::FirstDiagnostic(mlir::MLIRContext &context)
    : handler(&context, [this](mlir::Diagnostic &diagnostic) {
        if (diagnostic.getSeverity() != mlir::DiagnosticSeverity::Error ||
            !first.empty())
          return mlir::success();
        llvm::raw_string_ostream stream(first);
        if (auto place = diagnostic.getLocation()
                             ->findInstanceOf<mlir::FileLineColLoc>())
          stream << place.getFilename().strref() << ':' << place.getLine()
                 << ':' << place.getColumn() << ": ";
        stream << diagnostic;
        return mlir::success();
      }) {}

std::string FirstDiagnostic::line() const {
  if (first.empty())
    return "no reason given";
  std::string text = first;
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}
