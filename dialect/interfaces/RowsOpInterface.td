//===- interfaces/RowsOpInterface.td - ops that change the rows ------------===//

#ifndef BERTC_DIALECT_INTERFACES_ROWSOPINTERFACE_TD
#define BERTC_DIALECT_INTERFACES_ROWSOPINTERFACE_TD

include "mlir/IR/OpBase.td"

def RowsOpInterface : OpInterface<"RowsOpInterface"> {
  let cppNamespace = "::bertc::bert";
  let description = [{
    An op whose result has other rows than its first operand. Ops without it
    give a row for each row of that.
  }];
  let methods = [InterfaceMethod<
      "The operand that decides the rows: offsets, for a row a sequence, row "
      "numbers, for a row each, or a tensor with these rows.", "::mlir::Value", "getRowsOperand">];
}

#endif // BERTC_DIALECT_INTERFACES_ROWSOPINTERFACE_TD
