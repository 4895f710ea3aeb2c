//===- interfaces/UpdateOpInterface.td - steps of optimisers ---------------===//

#ifndef BERTC_DIALECT_INTERFACES_UPDATEOPINTERFACE_TD
#define BERTC_DIALECT_INTERFACES_UPDATEOPINTERFACE_TD

include "mlir/IR/OpBase.td"

def UpdateOpInterface : OpInterface<"UpdateOpInterface"> {
  let cppNamespace = "::bertc::bert";
  let description = [{
    An op whose result i is what operand i, of the same static type, becomes:
    code may write it where the operand lies.
  }];
  let methods = [InterfaceMethod<
      "The results for the given operands, in f64, as ReferenceOpInterface.",
      "::llvm::Expected<std::vector<::bertc::ReferenceTensor>>",
      "interpretUpdate",
      (ins "::llvm::ArrayRef<const ::bertc::ReferenceTensor *>":$operands)>];
}

#endif // BERTC_DIALECT_INTERFACES_UPDATEOPINTERFACE_TD
