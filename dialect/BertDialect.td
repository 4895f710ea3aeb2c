//===- BertDialect.td - the bert dialect ----------------------------------===//

#ifndef BERTC_DIALECT_BERTDIALECT_TD
#define BERTC_DIALECT_BERTDIALECT_TD

include "mlir/IR/OpBase.td"

def Bert_Dialect : Dialect {
  let name = "bert";
  let cppNamespace = "::bertc::bert";
  let summary = "encoder Transformers of the BERT family on packed tokens";
  let description = [{
    A batch is the concatenation of its sequences: T rows, one a token, and
    `offsets[B+1]`, where sequence i stands in rows offsets[i] to
    offsets[i+1] - 1. T and B are the only dynamic sizes. Ops are pure functions
    of tensors; parameters are symbols of the module.
  }];
  let useDefaultAttributePrinterParser = 1;
}

class Bert_Op<string mnemonic, list<Trait> traits = []>
    : Op<Bert_Dialect, mnemonic, traits>;

#endif // BERTC_DIALECT_BERTDIALECT_TD
