//===- interfaces/FlopsOpInterface.td - the work of an op ------------------===//

#ifndef BERTC_DIALECT_INTERFACES_FLOPSOPINTERFACE_TD
#define BERTC_DIALECT_INTERFACES_FLOPSOPINTERFACE_TD

include "mlir/IR/OpBase.td"

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

#endif // BERTC_DIALECT_INTERFACES_FLOPSOPINTERFACE_TD
