//===- interfaces/SequenceOpInterface.td - ops that see sequences ----------===//

#ifndef BERTC_DIALECT_INTERFACES_SEQUENCEOPINTERFACE_TD
#define BERTC_DIALECT_INTERFACES_SEQUENCEOPINTERFACE_TD

include "mlir/IR/OpBase.td"

def SequenceOpInterface : OpInterface<"SequenceOpInterface"> {
  let cppNamespace = "::bertc::bert";
  let description = [{
    An op that looks beyond the row it computes, at all rows of a sequence or at
    where the sequence begins. Ops without it treat each row by itself.
  }];
  let methods = [
    InterfaceMethod<
      "Where the sequences begin and end, [B + 1]; null where rows are whole "
      "sequences.", "::mlir::Value", "getOffsets">,
    InterfaceMethod<
      "The operand with one row a sequence among others with one a token; null "
      "where there is none.", "::mlir::Value", "getPerSequence", (ins), [{}],
      [{ return {}; }]>];
}

#endif // BERTC_DIALECT_INTERFACES_SEQUENCEOPINTERFACE_TD
