//===- States.cpp ---------------------------------------------------------===//

#include "passes/update/States.h"

#include "mlir/IR/Builders.h"

using namespace bertc;
using namespace mlir;

DictionaryAttr bertc::describeState(MLIRContext *context, StringRef name,
                                    StringRef role) {
  Builder b(context);
  return b.getDictionaryAttr(
      {b.getNamedAttr("bert.name", b.getStringAttr(name)),
       b.getNamedAttr("bert.role", b.getStringAttr(role))});
}

Value bertc::addStateArgument(func::FuncOp function, StringRef name,
                              StringRef role, Type type) {
  const unsigned number = function.getNumArguments();
  // Fails only where an attribute refuses the function's new type.
  (void)function.insertArgument(
      number, type, describeState(function.getContext(), name, role),
      function.getLoc());
  return function.getArgument(number);
}
