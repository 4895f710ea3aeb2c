//===- BertFusedOps.td - ops that fusion and packing make -----------------===//

#ifndef BERTC_DIALECT_BERTFUSEDOPS_TD
#define BERTC_DIALECT_BERTFUSEDOPS_TD

include "dialect/BertEncoderOps.td"

class Bert_ProductOp<string mnemonic, Type weightType, dag extra>
    : Bert_ComputeOp<mnemonic,
                     [AttrSizedOperandSegments,
                      DeclareOpInterfaceMethods<FlopsOpInterface,
                                                ["getFlopsPerRow"]>]> {
  let arguments = !con((ins Bert_Rows:$input, weightType:$weight,
                            Optional<Bert_Vector>:$input_scale,
                            Optional<Bert_Vector>:$bias,
                            Optional<Bert_Rows>:$residual,
                            Optional<Bert_Vector>:$scale,
                            Optional<Bert_Vector>:$beta,
                            Bert_ActivationAttr:$activation,
                            OptionalAttr<F64Attr>:$epsilon), extra);
  let results = (outs Bert_Rows:$result);
  let assemblyFormat = [{
    $input `,` $weight (`input_scale` $input_scale^)? (`bias` $bias^)? (`residual` $residual^)?
    (`layer_norm` $scale^ `,` $beta)? attr-dict `:`
    functional-type(operands, $result)
  }];
}

def Bert_FusedLinearOp
    : Bert_ProductOp<"fused_linear", Bert_Matrix,
                     (ins DefaultValuedAttr<Bert_PrecisionAttr,
                                            "Precision::f32">:$precision)> {
  let summary = "a product with all that follows it row by row";
  let description = [{
    y = layer_norm(activation(input weightT + bias) + residual); each part but
    the product may be absent. With `precision` bf16 the elements of input and
    weight are rounded to it, to the nearest, ties to even, before they are
    multiplied; their sums and all else are f32. With int8 they are integers
    times a scale of their row, rounded to the nearest, ties to even: those of
    the weight lie in [-127, 127], w = s q with s = max |w| / 127; those of the
    input are x = s (q - z) with q in [0, 255], s = (hi - lo) / 255, z = -lo / s
    for lo = min(x, 0) and hi = max(x, 0). A range of 1e-36 and less counts as
    none. Sums of products of integers are exact.

    With `input_scale` s the product is of input[t, k] s[k], rounded like any
    input, and the weight: what bert-scale-inputs made the weight for.

    C1: weight is [N, K], K the columns of the input.
    C2: bias, scale and beta, where given, are [N].
    C3: the result and, where given, the residual are [T, N].
    C4: scale, beta and epsilon are given together; epsilon > 0.
    C5: with int8, K <= 66311: sums then fit into an i32.
    C6: input_scale, where given, is [K], and the precision int8.
  }];
}

def Bert_PackedLinearOp
    : Bert_ProductOp<"packed_linear", Bert_Panels, (ins I64Attr:$out_features)> {
  let summary = "bert.fused_linear on a weight in panels";
  let description = [{
    As bert.fused_linear, the weight being the bert.pack of one of N rows, and
    the precision that of its elements.

    C1: weight is the packing of [N, K] (bert.pack, C2) with K the columns of
        the input and N = out_features.
    C2, C3, C4, C5, C6: as bert.fused_linear.
  }];
}

def Bert_SelfAttentionOp
    : Bert_ComputeOp<"self_attention",
                     [SequenceOpInterface,
                      DeclareOpInterfaceMethods<FlopsOpInterface,
                                                ["getFlopsPerTokenPair"]>]> {
  let summary = "bert.attention on one tensor of queries, keys and values";
  let description = [{
    bert.attention with the columns of `qkv` being H of queries, H of keys and
    H of values. With `precision` bf16 these are rounded to it, and so are the
    exponentials e^(score - largest score) that weigh the values and whose sum
    they are divided by; scores and sums are f32.

    C1: qkv is [T, 3H], the result [T, H].
    C2: num_heads > 0 divides H.
    C3: precision is f32 or bf16.
  }];
  let arguments = (ins Bert_Rows:$qkv, Bert_Ids:$offsets, I64Attr:$num_heads,
                       DefaultValuedAttr<Bert_PrecisionAttr,
                                         "Precision::f32">:$precision);
  let results = (outs Bert_Rows:$result);
  let assemblyFormat = [{
    $qkv `,` $offsets attr-dict `:` functional-type(operands, $result)
  }];
}

def Bert_SelfAttentionProbsOp
    : Bert_ComputeOp<"self_attention_probs",
                     [SequenceOpInterface,
                      DeclareOpInterfaceMethods<FlopsOpInterface,
                                                ["getFlopsPerTokenPair"]>]> {
  let summary = "bert.attention_probs on one tensor of queries and keys";
  let description = [{
    bert.attention_probs with the first columns of `qkv` being H of queries and
    H of keys; H of values may follow, which bert.self_attention reads. H =
    num_heads head_size.

    C1: num_heads > 0 and head_size > 0, and qkv is [T, 2H] or [T, 3H].
    C2: max_positions > 0, and the result is [T, num_heads max_positions].
  }];
  let arguments = (ins Bert_Rows:$qkv, Bert_Ids:$offsets, I64Attr:$num_heads,
                       I64Attr:$head_size, I64Attr:$max_positions);
  let results = (outs Bert_Rows:$result);
  let assemblyFormat = [{
    $qkv `,` $offsets attr-dict `:` functional-type(operands, $result)
  }];
}

def Bert_FusedEmbeddingOp
    : Bert_EmbeddingBase<"fused_embedding", (ins Bert_Vector:$scale,
                                             Bert_Vector:$bias,
                                             F64Attr:$epsilon)> {
  let summary = "bert.embedding, then bert.layer_norm";
  let description = [{
    y = layer_norm(sum over i of tables[i][ids[i]]).

    C1, C2: as bert.embedding.
    C3: scale and bias are [H].
    C4: epsilon > 0.
  }];
  let assemblyFormat = [{
    $ids `from` $tables `layer_norm` $scale `,` $bias attr-dict `:`
    functional-type(operands, $result)
  }];
}

#endif // BERTC_DIALECT_BERTFUSEDOPS_TD
