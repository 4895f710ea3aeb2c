//===- interfaces/DifferentiableOpInterface.td - the adjoint of an op -----===//

#ifndef BERTC_DIALECT_INTERFACES_DIFFERENTIABLEOPINTERFACE_TD
#define BERTC_DIALECT_INTERFACES_DIFFERENTIABLEOPINTERFACE_TD

include "mlir/IR/OpBase.td"

def DifferentiableOpInterface : OpInterface<"DifferentiableOpInterface"> {
  let cppNamespace = "::bertc::bert";
  let description = [{
    An op with one result whose operands of floats have gradients. The gradient
    of a tensor is that of the loss, one number, by each of its elements; it has
    the tensor's type. Adjoints are ops of the dialect (BertGradientOps.td), so
    that the passes on it serve both directions.
  }];
  let methods = [InterfaceMethod<
      "Builds, from the gradient of the result, the gradient of each operand "
      "that `wanted` has a bit for; null for the others. Operands that are no "
      "floats have none and are never wanted.",
      "::llvm::SmallVector<::mlir::Value>", "buildAdjoint",
      (ins "::mlir::OpBuilder &":$builder, "::mlir::Value":$gradient,
           "const ::llvm::BitVector &":$wanted)>];
}

#endif // BERTC_DIALECT_INTERFACES_DIFFERENTIABLEOPINTERFACE_TD
