//===- BertAccumulationOps.td - a step's gradients in several runs ----------===//
//
// A step of training may compute its loss and gradients in several runs, each
// on a part of the batch, one after the other: every run adds its part to what
// the runs before it left. The weight of a run's loss is its part of what the
// step's mean is over, so that the sums are those of the whole batch.
//
// Where `on`, a number, is 0, a sum begins anew: with this term.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_DIALECT_BERTACCUMULATIONOPS_TD
#define BERTC_DIALECT_BERTACCUMULATIONOPS_TD

include "dialect/BertOpBase.td"
include "dialect/interfaces/UpdateOpInterface.td"

def Bert_WeighOp
    : Bert_Op<"weigh", [Pure, SameOperandsAndResultType,
                        DeclareOpInterfaceMethods<ReferenceOpInterface>,
                        DeclareOpInterfaceMethods<DifferentiableOpInterface>]> {
  let summary = "a loss times its weight";
  let description = [{
    y = weight x. The weight is the host's: it has no gradient.
  }];
  let arguments = (ins Bert_Scalar:$input, Bert_Scalar:$weight);
  let results = (outs Bert_Scalar:$result);
  let assemblyFormat = "operands attr-dict `:` type($result)";
}

class Bert_Accumulation<string mnemonic, TypeConstraint type, dag term,
                        list<Trait> traits = []>
    : Bert_Op<mnemonic,
              !listconcat([Pure,
                           DeclareOpInterfaceMethods<UpdateOpInterface>],
                          traits)> {
  let arguments = !con((ins type:$sum, Bert_Scalar:$on), term);
  let results = (outs type:$result);
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, $result)
  }];
  let hasVerifier = 1;
}

def Bert_AccumulateOp
    : Bert_Accumulation<"accumulate", Bert_Float, (ins Bert_Float:$term)> {
  let summary = "a sum over runs";
  let description = [{
    sum + term; term where `on` is 0.

    C1: sum, term and result have one static type.
  }];
}

def Bert_AccumulateWeightGradientOp
    : Bert_Accumulation<"accumulate_weight_gradient", Bert_Matrix,
                        (ins Bert_Rows:$gradient, Bert_Rows:$input,
                             DefaultValuedAttr<Bert_PrecisionAttr,
                                               "Precision::f32">:$precision),
                        [DeclareOpInterfaceMethods<FlopsOpInterface,
                                                   ["getFlopsPerRow"]>]> {
  let summary = "bert.accumulate of a bert.linear_weight_gradient";
  let description = [{
    C1: gradient and input have one number of rows.
    C2: sum and result are [N, K], for a gradient [T, N] and an input [T, K].
    C3: the precision is f32 or bf16.
  }];
}

def Bert_AccumulateEmbeddingGradientOp
    : Bert_Accumulation<"accumulate_embedding_gradient", Bert_Matrix,
                        (ins Bert_Rows:$gradient, Bert_Ids:$ids,
                             OptionalAttr<I64Attr>:$padding)> {
  let summary = "bert.accumulate of a bert.embedding_gradient";
  let description = [{
    The sum's rows are the embedding's. Only those that have an id are read and
    written where `on` is not 0.

    C1: ids are [T], the rows of the gradient.
    C2: sum and result have one static type, with the gradient's columns.
    C3: padding is in [0, rows).
  }];
}

#endif // BERTC_DIALECT_BERTACCUMULATIONOPS_TD
