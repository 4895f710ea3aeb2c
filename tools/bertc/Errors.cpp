//===- Errors.cpp ---------------------------------------------------------===//

#include "tools/bertc/Errors.h"

#include "compiler/Errors.h"
#include "tools/bertc/CommandLine.h"

using namespace bertc;

int bertc::fail(llvm::Error error) {
  bool ours = error.isA<DefectError>();
  std::string text = llvm::toString(std::move(error));
  if (!ours)
    return fail(text);
  return fail(text + "; this is a defect of bertc, please report it",
              exitDefect);
}
