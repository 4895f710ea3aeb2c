//===- KernelLowering.td - which kernels compute an op --------*- tablegen -*-===//

#ifndef BERTC_PASSES_LOWERCPU_KERNELLOWERING
#define BERTC_PASSES_LOWERCPU_KERNELLOWERING

include "mlir/IR/OpBase.td"

def KernelLoweringOpInterface : OpInterface<"KernelLoweringOpInterface"> {
  let description = [{
    An op of the `bert` dialect that CPU kernels compute. The models of the
    interface stand in KernelLowerings.cpp: `dialect` does not know of kernels.
  }];
  let cppNamespace = "::bertc";
  let methods = [InterfaceMethod<[{
      Adds the launches of the kernels that compute the op. The buffers of
      operands and results are in `schedule`; all operands are there when the
      first launch begins, and each launch waits for the one before it.
    }], "void", "lowerToKernels", (ins "::bertc::KernelSchedule &":$schedule)>,
    InterfaceMethod<[{
      Arrays that one of the kernels leaves to the next, and nobody else reads.
    }], "::llvm::SmallVector<::bertc::KernelTemporary>", "getTemporaries",
    (ins "const ::bertc::KernelSchedule &":$schedule), [{}], [{ return {}; }]>,
    InterfaceMethod<[{
      Whether an operand, by its number, may also be an array of a constant
      number of rows, as gradients of parameters are.
    }], "bool", "takesConstantRows", (ins "unsigned":$operand), [{}],
    [{ return false; }]>];
}

#endif // BERTC_PASSES_LOWERCPU_KERNELLOWERING
