//===- BertInterfaces.td - what an op of the dialect can be asked ---------===//

#ifndef BERTC_DIALECT_BERTINTERFACES_TD
#define BERTC_DIALECT_BERTINTERFACES_TD

include "mlir/IR/OpBase.td"

def ReferenceOpInterface : OpInterface<"ReferenceOpInterface"> {
  let cppNamespace = "::bertc::bert";
  let description = [{
    The meaning of an op in f64, written to be read (dialect/reference/). It is
    what every pass must preserve and every artifact is verified against.
  }];
  let methods = [InterfaceMethod<
      "The result for the given operands, whose shapes the verifier has "
      "checked but for T and B; an error for values without a meaning, such as "
      "an id outside its table.",
      "::llvm::Expected<::bertc::ReferenceTensor>", "interpret",
      (ins "::llvm::ArrayRef<const ::bertc::ReferenceTensor *>":$operands)>];
}

def FlopsOpInterface : OpInterface<"FlopsOpInterface"> {
  let cppNamespace = "::bertc::bert";
  let description = [{
    Floating-point operations of the products in an op, two for each
    multiply-add. What is not a product counts nothing.
  }];
  let methods = [
    InterfaceMethod<"Operations a row of the result.", "int64_t",
                    "getFlopsPerRow", (ins), [{}], [{ return 0; }]>,
    InterfaceMethod<"Operations a pair of tokens of one sequence.", "int64_t",
                    "getFlopsPerTokenPair", (ins), [{}], [{ return 0; }]>];
}

#endif // BERTC_DIALECT_BERTINTERFACES_TD
