//===- interfaces/LookupOpInterface.td - ops that pick rows of tables ------===//

#ifndef BERTC_DIALECT_INTERFACES_LOOKUPOPINTERFACE_TD
#define BERTC_DIALECT_INTERFACES_LOOKUPOPINTERFACE_TD

include "mlir/IR/OpBase.td"

def LookupOpInterface : OpInterface<"LookupOpInterface"> {
  let cppNamespace = "::bertc::bert";
  let description = [{
    An op whose `ids[i]` picks rows of `tables[i]`.
  }];
  let methods = [
    InterfaceMethod<"Row numbers, one tensor a table.",
                    "::mlir::OperandRange", "getIds">,
    InterfaceMethod<"Matrices.", "::mlir::OperandRange", "getTables">];
}

#endif // BERTC_DIALECT_INTERFACES_LOOKUPOPINTERFACE_TD
