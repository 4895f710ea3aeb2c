//===- interfaces/PairsOpInterface.td - ops that see pairs of rows ---------===//

#ifndef BERTC_DIALECT_INTERFACES_PAIRSOPINTERFACE_TD
#define BERTC_DIALECT_INTERFACES_PAIRSOPINTERFACE_TD

include "mlir/IR/OpBase.td"

def PairsOpInterface : OpInterface<"PairsOpInterface"> {
  let cppNamespace = "::bertc::bert";
  let description = [{
    An op whose rows 2p and 2p+1 are pair p, and which looks at all of them.
  }];
  let methods = [
    InterfaceMethod<"The rows.", "::mlir::Value", "getPairedRows", (ins), [{}],
                    [{ return $_op.getInput(); }]>,
    InterfaceMethod<"The operand with one row a pair.", "::mlir::Value",
                    "getPerPair", (ins), [{}],
                    [{ return $_op.getLabels(); }]>];
}

#endif // BERTC_DIALECT_INTERFACES_PAIRSOPINTERFACE_TD
