//===- BertEncoderOps.td - ops a model is imported with -------------------===//

#ifndef BERTC_DIALECT_BERTENCODEROPS_TD
#define BERTC_DIALECT_BERTENCODEROPS_TD

include "dialect/BertOpBase.td"

class Bert_EmbeddingBase<string mnemonic, dag extra, list<Trait> traits = []>
    : Bert_ComputeOp<mnemonic,
                     !listconcat([AttrSizedOperandSegments, LookupOpInterface],
                                 traits)> {
  let arguments = !con((ins Variadic<Bert_Ids>:$ids,
                            Variadic<Bert_Matrix>:$tables), extra);
  let results = (outs Bert_Rows:$result);
}

def Bert_EmbeddingOp
    : Bert_EmbeddingBase<"embedding",
                         (ins OptionalAttr<DenseI64ArrayAttr>:$padding),
                         [DeclareOpInterfaceMethods<DifferentiableOpInterface>]> {
  let summary = "sum of the rows that ids pick from tables";
  let description = [{
    y[t] = sum over i of tables[i][ids[i][t]], added in the order of the tables
    (transformers, models/bert/modeling_bert.py, BertEmbeddings).

    Row `padding`[i] of tables[i], unless -1, gets no gradient from the lookup
    (torch.nn.Embedding, padding_idx).

    C1: as many ids as tables, at least one.
    C2: all ids are [T] and all tables [.., H]; the result is [T, H].
    C3: padding, where given, has an entry for each table, -1 or one of its
        rows.
    An id must lie in [0, rows of its table).
  }];
  let assemblyFormat = [{
    $ids `from` $tables attr-dict `:` functional-type(operands, $result)
  }];
}

def Bert_LinearOp
    : Bert_ComputeOp<"linear", [DeclareOpInterfaceMethods<FlopsOpInterface,
                                                    ["getFlopsPerRow"]>,
                                DeclareOpInterfaceMethods<DifferentiableOpInterface>]> {
  let summary = "matrix product with a transposed weight, torch.nn.Linear";
  let description = [{
    y[t, n] = sum over k of input[t, k] weight[n, k] + bias[n].

    C1: weight is [N, K], K the columns of the input.
    C2: bias, where given, is [N].
    C3: the result is [T, N].
  }];
  let arguments = (ins Bert_Rows:$input, Bert_Matrix:$weight,
                       Optional<Bert_Vector>:$bias);
  let results = (outs Bert_Rows:$result);
  let assemblyFormat = [{
    $input `,` $weight (`bias` $bias^)? attr-dict `:`
    functional-type(operands, $result)
  }];
}

def Bert_LayerNormOp
    : Bert_ComputeOp<"layer_norm",
                     [DeclareOpInterfaceMethods<DifferentiableOpInterface>]> {
  let summary = "normalises each row (Ba et al. 2016, arXiv:1607.06450)";
  let description = [{
    y[t, h] = (x[t, h] - mean_t) / sqrt(var_t + epsilon) * scale[h] + bias[h],
    the variance biased (1/H), as torch.nn.LayerNorm.

    C1: scale and bias are [H], H the columns of the input.
    C2: epsilon > 0.
    C3: the result has the input's type.
  }];
  let arguments = (ins Bert_Rows:$input, Bert_Vector:$scale, Bert_Vector:$bias,
                       F64Attr:$epsilon);
  let results = (outs Bert_Rows:$result);
  let assemblyFormat = [{
    $input `,` $scale `,` $bias attr-dict `:` functional-type(operands, $result)
  }];
}

def Bert_GeluOp
    : Bert_Op<"gelu", [Pure, SameOperandsAndResultType,
                       DeclareOpInterfaceMethods<ReferenceOpInterface>,
                       DeclareOpInterfaceMethods<DifferentiableOpInterface>]> {
  let summary = "Gaussian error linear unit (arXiv:1606.08415)";
  let description = [{
    approximate none: x/2 (1 + erf(x / sqrt 2)), transformers' "gelu";
    tanh: x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))), its "gelu_new".
  }];
  let arguments = (ins Bert_Rows:$input, Bert_GeluFormAttr:$approximate);
  let results = (outs Bert_Rows:$result);
  let assemblyFormat = "$input attr-dict `:` type($result)";
}

def Bert_ReluOp : Bert_UnaryOp<"relu"> {
  let summary = "rectified linear unit";
  let description = [{
    y = max(x, 0), torch.nn.ReLU.
  }];
  let hasFolder = 1;
}
def Bert_SiluOp : Bert_UnaryOp<"silu"> {
  let summary = "sigmoid linear unit (arXiv:1702.03118)";
  let description = [{
    y = x / (1 + exp(-x)), torch.nn.SiLU, transformers' "silu" and "swish".
  }];
}
def Bert_TanhOp : Bert_UnaryOp<"tanh"> {
  let summary = "hyperbolic tangent";
  let description = [{
    y = tanh(x), torch.nn.Tanh, the activation of transformers' BertPooler.
  }];
}

def Bert_AddOp
    : Bert_Op<"add", [Pure, Commutative, SameOperandsAndResultType,
                      DeclareOpInterfaceMethods<ReferenceOpInterface>,
                      DeclareOpInterfaceMethods<DifferentiableOpInterface>]> {
  let summary = "sum of two tensors, element by element";
  let description = [{
    y[t, h] = lhs[t, h] + rhs[t, h], the residual connections (Vaswani et al.
    2017, arXiv:1706.03762); sums of gradients and of losses.
  }];
  let arguments = (ins Bert_Float:$lhs, Bert_Float:$rhs);
  let results = (outs Bert_Float:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($result)";
}

def Bert_AttentionOp
    : Bert_ComputeOp<"attention",
                     [SequenceOpInterface,
                      DeclareOpInterfaceMethods<FlopsOpInterface,
                                                ["getFlopsPerTokenPair"]>,
                      DeclareOpInterfaceMethods<DifferentiableOpInterface>]> {
  let summary = "bidirectional attention within each sequence";
  let description = [{
    For each sequence and head, with d = H / num_heads and q, k, v the rows and
    columns that belong to them: softmax(q kT / sqrt(d)) v (Vaswani et al. 2017,
    arXiv:1706.03762). No row sees another sequence.

    C1: query, key, value and result have one type [T, H].
    C2: num_heads > 0 divides H.
  }];
  let arguments = (ins Bert_Rows:$query, Bert_Rows:$key, Bert_Rows:$value,
                       Bert_Ids:$offsets, I64Attr:$num_heads);
  let results = (outs Bert_Rows:$result);
  let assemblyFormat = [{
    $query `,` $key `,` $value `,` $offsets attr-dict `:`
    functional-type(operands, $result)
  }];
}

def Bert_AttentionProbsOp
    : Bert_ComputeOp<"attention_probs",
                     [SequenceOpInterface,
                      DeclareOpInterfaceMethods<FlopsOpInterface,
                                                ["getFlopsPerTokenPair"]>]> {
  let summary = "the weights of bert.attention, stored";
  let description = [{
    With P = max_positions, the attention map of head h: y[t, h P + s] is the
    weight that token t gives to token s of its own sequence, softmax(q kT /
    sqrt(d)) of bert.attention; zero past the sequence's last token
    (transformers, `attentions` of an output). A sequence has at most P tokens.

    C1: query and key have one type [T, H].
    C2: num_heads > 0 divides H.
    C3: max_positions > 0, and the result is [T, num_heads max_positions].
  }];
  let arguments = (ins Bert_Rows:$query, Bert_Rows:$key, Bert_Ids:$offsets,
                       I64Attr:$num_heads, I64Attr:$max_positions);
  let results = (outs Bert_Rows:$result);
  let assemblyFormat = [{
    $query `,` $key `,` $offsets attr-dict `:`
    functional-type(operands, $result)
  }];
}

class Bert_PoolOp<string mnemonic>
    : Bert_ComputeOp<mnemonic,
                     [SequenceOpInterface,
                      DeclareOpInterfaceMethods<RowsOpInterface>,
                      DeclareOpInterfaceMethods<DifferentiableOpInterface>]> {
  let arguments = (ins Bert_Rows:$input, Bert_Ids:$offsets);
  let results = (outs Bert_Rows:$result);
  let assemblyFormat = [{
    $input `,` $offsets attr-dict `:` functional-type(operands, $result)
  }];
}

def Bert_FirstTokenOp : Bert_PoolOp<"first_token"> {
  let summary = "the first row of each sequence";
  let description = [{
    y[b] = x[offsets[b]] (transformers, models/bert/modeling_bert.py,
    BertPooler; sentence-transformers, pooling_mode_cls_token). Each sequence
    has a token.

    C1: the result is [B, H] for an input [T, H] and offsets [B + 1].
  }];
}

def Bert_MeanPoolOp : Bert_PoolOp<"mean_pool"> {
  let summary = "the mean of each sequence's rows";
  let description = [{
    y[b] = mean of x[t] for offsets[b] <= t < offsets[b+1]
    (sentence-transformers, models/Pooling.py, pooling_mode_mean_tokens). Each
    sequence has a token.

    C1: the result is [B, H] for an input [T, H] and offsets [B + 1].
  }];
}

def Bert_L2NormalizeOp
    : Bert_ComputeOp<"l2_normalize",
                     [DeclareOpInterfaceMethods<DifferentiableOpInterface>]> {
  let summary = "each row divided by its Euclidean norm";
  let description = [{
    y[t] = x[t] / max(||x[t]||, epsilon), torch.nn.functional.normalize.

    C1: epsilon > 0.
    C2: the result has the input's type.
  }];
  let arguments = (ins Bert_Rows:$input, F64Attr:$epsilon);
  let results = (outs Bert_Rows:$result);
  let assemblyFormat = "$input attr-dict `:` functional-type($input, $result)";
}

def Bert_CosineOp
    : Bert_ComputeOp<"cosine",
                     [DeclareOpInterfaceMethods<DifferentiableOpInterface>]> {
  let summary = "the cosine of each row of one tensor with that of another";
  let description = [{
    y[t, 0] = a[t] . b[t] / (max(||a[t]||, epsilon) max(||b[t]||, epsilon)),
    torch.nn.functional.cosine_similarity along dimension 1. With
    bert.mean_squared_error, sentence-transformers' CosineSimilarityLoss.

    C1: lhs and rhs have one type [T, H].
    C2: epsilon > 0.
    C3: the result is [T, 1].
  }];
  let arguments = (ins Bert_Rows:$lhs, Bert_Rows:$rhs, F64Attr:$epsilon);
  let results = (outs Bert_Rows:$result);
  let assemblyFormat = [{
    $lhs `,` $rhs attr-dict `:` functional-type(operands, $result)
  }];
}

def Bert_GatherRowsOp
    : Bert_ComputeOp<"gather_rows",
                     [DeclareOpInterfaceMethods<RowsOpInterface>,
                      DeclareOpInterfaceMethods<DifferentiableOpInterface>]> {
  let summary = "chosen rows, such as the tokens whose logits are wanted";
  let description = [{
    y[p] = x[rows[p]], torch.index_select along dimension 0. A row number must
    lie in [0, T).

    C1: the result is [P, H] for an input [T, H] and rows [P].
  }];
  let arguments = (ins Bert_Rows:$input, Bert_Ids:$rows);
  let results = (outs Bert_Rows:$result);
  let assemblyFormat = [{
    $input `,` $rows attr-dict `:` functional-type(operands, $result)
  }];
}

def Bert_SliceColumnsOp
    : Bert_ComputeOp<"slice_columns",
                     [DeclareOpInterfaceMethods<DifferentiableOpInterface>]> {
  let summary = "some columns of each row";
  let description = [{
    y[t, c] = x[t, first + c], torch.narrow along dimension 1: the starts and
    ends of an answer come out of one product.

    C1: first >= 0, count > 0, and first + count is at most the columns of the
        input.
    C2: the result is [T, count] for an input of T rows.
  }];
  let arguments = (ins Bert_Rows:$input, I64Attr:$first, I64Attr:$count);
  let results = (outs Bert_Rows:$result);
  let assemblyFormat = "$input attr-dict `:` functional-type($input, $result)";
}

#endif // BERTC_DIALECT_BERTENCODEROPS_TD
