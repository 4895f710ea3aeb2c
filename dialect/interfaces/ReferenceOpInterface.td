//===- interfaces/ReferenceOpInterface.td - the meaning of an op -----------===//

#ifndef BERTC_DIALECT_INTERFACES_REFERENCEOPINTERFACE_TD
#define BERTC_DIALECT_INTERFACES_REFERENCEOPINTERFACE_TD

include "mlir/IR/OpBase.td"

def ReferenceOpInterface : OpInterface<"ReferenceOpInterface"> {
  let cppNamespace = "::bertc::bert";
  let description = [{
    The meaning of an op in f64, written to be read (dialect/reference/). It is
    what every pass must preserve and every artifact is verified against.
  }];
  let methods = [InterfaceMethod<
      "The result for the given operands, whose shapes the interpreter has "
      "checked against their types; an error for values without a meaning, "
      "such as an id outside its table.",
      "::llvm::Expected<::bertc::ReferenceTensor>", "interpret",
      (ins "::llvm::ArrayRef<const ::bertc::ReferenceTensor *>":$operands)>];
}

#endif // BERTC_DIALECT_INTERFACES_REFERENCEOPINTERFACE_TD
