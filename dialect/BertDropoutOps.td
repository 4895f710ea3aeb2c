//===- BertDropoutOps.td - random numbers that depend on nothing but keys --===//
//
// No mask is stored: the backward pass draws the numbers of the forward pass
// again. A number depends on its key, which the program derives from seed, step
// and site, and on where the element stands: in which sequence, of those that a
// step learns from, at which token and column. So it is the same for any number
// of threads, for any order and packing of the batch, and in any part of it.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_DIALECT_BERTDROPOUTOPS_TD
#define BERTC_DIALECT_BERTDROPOUTOPS_TD

include "dialect/BertOpBase.td"

/// 64 bits, the lower word first.
def Bert_Key : 1DTensorOf<[I32]>;

def Bert_FoldInOp : Bert_ComputeOp<"fold_in"> {
  let summary = "another key, made of a key and a number";
  let description = [{
    The first two words of Philox4x32-10 (Salmon et al. 2011, "Parallel random
    numbers: as easy as 1, 2, 3") with the key and the counter (number, 0, 0,
    2^32 - 1), which no element has: the key of a layer, or of a site in it, as
    jax.random.fold_in.

    C1: key and result are [2].
    C2: number is in [0, 2^32).
  }];
  let arguments = (ins Bert_Key:$key, I64Attr:$number);
  let results = (outs Bert_Key:$result);
  let assemblyFormat = "$key attr-dict `:` functional-type($key, $result)";
}

def Bert_DropoutOp
    : Bert_ComputeOp<"dropout",
                     [DeclareOpInterfaceMethods<SequenceOpInterface,
                                                ["getPerSequence"]>,
                      DeclareOpInterfaceMethods<DifferentiableOpInterface>]> {
  let summary = "zeros at random (Srivastava et al. 2014), torch.nn.Dropout";
  let description = [{
    y[t, h] = x[t, h] / (1 - rate), or 0 where a number drawn for the element is
    below rate 2^32: word h % 4 of Philox4x32-10 with the key and the counter
    (h / 4, the token's place in its sequence, sequence_ids of the sequence, 0).
    Without offsets a row is that of a sequence, at place 0. Its adjoint is the
    op itself.

    C1: input and result have one type.
    C2: key is [2].
    C3: sequence_ids are [B] for offsets [B + 1], or for B rows without them.
    C4: 0 <= rate < 1.
  }];
  let arguments = (ins Bert_Rows:$input, Bert_Key:$key, Bert_Ids:$sequence_ids,
                       Optional<Bert_Ids>:$offsets, F64Attr:$rate);
  let results = (outs Bert_Rows:$result);
  let assemblyFormat = [{
    $input `,` $key `,` $sequence_ids (`offsets` $offsets^)? attr-dict `:`
    functional-type(operands, $result)
  }];
}

def Bert_DropoutAttentionOp
    : Bert_ComputeOp<"dropout_attention",
                     [DeclareOpInterfaceMethods<SequenceOpInterface,
                                                ["getPerSequence"]>,
                      DeclareOpInterfaceMethods<FlopsOpInterface,
                                                ["getFlopsPerTokenPair"]>,
                      DeclareOpInterfaceMethods<DifferentiableOpInterface>]> {
  let summary = "bert.attention with dropout of its weights";
  let description = [{
    As bert.attention, the weight of key s for query t (places in their
    sequence) in head i divided by 1 - rate, or 0 where word s % 4 of
    Philox4x32-10 with the key and the counter (s / 4, t, sequence_ids of the
    sequence, i + 1) is below rate 2^32.

    C1: query, key, value and result have one type [T, H].
    C2: num_heads > 0 divides H.
    C3: random_key is [2].
    C4: sequence_ids are [B] for offsets [B + 1].
    C5: 0 <= rate < 1.
  }];
  let arguments = (ins Bert_Rows:$query, Bert_Rows:$key, Bert_Rows:$value,
                       Bert_Ids:$offsets, Bert_Key:$random_key,
                       Bert_Ids:$sequence_ids, I64Attr:$num_heads,
                       F64Attr:$rate);
  let results = (outs Bert_Rows:$result);
  let assemblyFormat = [{
    $query `,` $key `,` $value `,` $offsets `dropout` $random_key `,`
    $sequence_ids attr-dict `:` functional-type(operands, $result)
  }];
}

def Bert_DropoutAttentionGradientOp
    : Bert_ComputeOp<"dropout_attention_gradient",
                     [DeclareOpInterfaceMethods<SequenceOpInterface,
                                                ["getPerSequence"]>,
                      DeclareOpInterfaceMethods<FlopsOpInterface,
                                                ["getFlopsPerTokenPair"]>]> {
  let summary = "bert.dropout_attention's gradient by query, key and value";
  let description = [{
    With m the factors 1 / (1 - rate) and 0 of bert.dropout_attention, else as
    bert.attention_gradient: dp = m (g vT), ds = p (dp - row sums of p dp),
    dv = (m p)T g.

    C1: gradient, query, key and value have one type [T, H].
    C2: num_heads > 0 divides H.
    C3: random_key is [2].
    C4: sequence_ids are [B] for offsets [B + 1].
    C5: 0 <= rate < 1.
    C6: the result is [T, 3 H].
  }];
  let arguments = (ins Bert_Rows:$gradient, Bert_Rows:$query, Bert_Rows:$key,
                       Bert_Rows:$value, Bert_Ids:$offsets,
                       Bert_Key:$random_key, Bert_Ids:$sequence_ids,
                       I64Attr:$num_heads, F64Attr:$rate);
  let results = (outs Bert_Rows:$result);
  let assemblyFormat = [{
    $gradient `,` $query `,` $key `,` $value `,` $offsets `dropout` $random_key
    `,` $sequence_ids attr-dict `:` functional-type(operands, $result)
  }];
}

#endif // BERTC_DIALECT_BERTDROPOUTOPS_TD
