//===- BertGradientOps.td - what backward passes are made of ---------------===//
//
// The adjoints of the ops in BertEncoderOps.td, which bert-differentiate
// builds. `gradient` is that of the loss by the result of the op in question.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_DIALECT_BERTGRADIENTOPS_TD
#define BERTC_DIALECT_BERTGRADIENTOPS_TD

include "dialect/BertOpBase.td"

def Bert_ScaleOp
    : Bert_Op<"scale", [Pure, SameOperandsAndResultType,
                        DeclareOpInterfaceMethods<ReferenceOpInterface>,
                        DeclareOpInterfaceMethods<DifferentiableOpInterface>]> {
  let summary = "a tensor times a constant";
  let description = [{
    y = factor x, element by element: a loss's weight among others.
  }];
  let arguments = (ins Bert_Float:$input, F64Attr:$factor);
  let results = (outs Bert_Float:$result);
  let assemblyFormat = "$input attr-dict `:` type($result)";
  let hasFolder = 1;
}

def Bert_LinearInputGradientOp
    : Bert_ComputeOp<"linear_input_gradient",
                     [DeclareOpInterfaceMethods<FlopsOpInterface,
                                                ["getFlopsPerRow"]>]> {
  let summary = "bert.linear's gradient by its input";
  let description = [{
    dx[t, k] = sum over n of gradient[t, n] weight[n, k].

    With `precision` bf16 the elements of gradient and weight are rounded to it,
    to the nearest, ties to even, before they are multiplied; sums are f32.

    C1: weight is [N, K], N the columns of the gradient.
    C2: the result is [T, K].
    C3: the precision is f32 or bf16.
  }];
  let arguments = (ins Bert_Rows:$gradient, Bert_Matrix:$weight,
                       DefaultValuedAttr<Bert_PrecisionAttr,
                                         "Precision::f32">:$precision);
  let results = (outs Bert_Rows:$result);
  let assemblyFormat = [{
    $gradient `,` $weight attr-dict `:` functional-type(operands, $result)
  }];
}

def Bert_LinearWeightGradientOp
    : Bert_ComputeOp<"linear_weight_gradient",
                     [DeclareOpInterfaceMethods<FlopsOpInterface,
                                                ["getFlopsPerRow"]>]> {
  let summary = "bert.linear's gradient by its weight";
  let description = [{
    dw[n, k] = sum over t of gradient[t, n] input[t, k].

    With `precision` bf16 the elements of gradient and input are rounded as in
    bert.linear_input_gradient; sums, and the result, are f32.

    C1: gradient and input have one number of rows.
    C2: the result is [N, K], for a gradient [T, N] and an input [T, K].
    C3: the precision is f32 or bf16.
  }];
  let arguments = (ins Bert_Rows:$gradient, Bert_Rows:$input,
                       DefaultValuedAttr<Bert_PrecisionAttr,
                                         "Precision::f32">:$precision);
  let results = (outs Bert_Matrix:$result);
  let assemblyFormat = [{
    $gradient `,` $input attr-dict `:` functional-type(operands, $result)
  }];
}

def Bert_ColumnSumsOp : Bert_ComputeOp<"column_sums"> {
  let summary = "the sum of all rows: the gradient of what is added to each";
  let description = [{
    y[h] = sum over t of x[t, h].

    C1: the result is [H], H the columns of the input.
  }];
  let arguments = (ins Bert_Rows:$input);
  let results = (outs Bert_Vector:$result);
  let assemblyFormat = "$input attr-dict `:` functional-type($input, $result)";
}

def Bert_LayerNormGradientOp : Bert_ComputeOp<"layer_norm_gradient"> {
  let summary = "bert.layer_norm's gradient by its input";
  let description = [{
    With n[t, h] = (x[t, h] - mean_t) / sqrt(var_t + epsilon) and g[t, h] =
    gradient[t, h] scale[h],

    dx[t, h] = (g[t, h] - mean of g[t] - n[t, h] mean of (g[t] n[t]))
               / sqrt(var_t + epsilon).

    C1: gradient and input have one type.
    C2: scale is [H], H the columns of the input.
    C3: epsilon > 0.
    C4: the result has the input's type.
  }];
  let arguments = (ins Bert_Rows:$gradient, Bert_Rows:$input,
                       Bert_Vector:$scale, F64Attr:$epsilon);
  let results = (outs Bert_Rows:$result);
  let assemblyFormat = [{
    $gradient `,` $input `,` $scale attr-dict `:`
    functional-type(operands, $result)
  }];
}

def Bert_LayerNormScaleGradientOp
    : Bert_ComputeOp<"layer_norm_scale_gradient"> {
  let summary = "bert.layer_norm's gradient by its scale";
  let description = [{
    ds[h] = sum over t of gradient[t, h] n[t, h], n as in
    bert.layer_norm_gradient.

    C1: gradient and input have one type.
    C2: epsilon > 0.
    C3: the result is [H], H the columns of the input.
  }];
  let arguments = (ins Bert_Rows:$gradient, Bert_Rows:$input,
                       F64Attr:$epsilon);
  let results = (outs Bert_Vector:$result);
  let assemblyFormat = [{
    $gradient `,` $input attr-dict `:` functional-type(operands, $result)
  }];
}

def Bert_ActivationGradientOp : Bert_ComputeOp<"activation_gradient"> {
  let summary = "the gradient of an activation by its input";
  let description = [{
    dx = gradient f'(x), element by element, f the activation; relu has the
    derivative 0 at 0, as torch.

    C1: gradient, input and result have one type.
    C2: the activation is not none.
  }];
  let arguments = (ins Bert_Rows:$gradient, Bert_Rows:$input,
                       Bert_ActivationAttr:$activation);
  let results = (outs Bert_Rows:$result);
  let assemblyFormat = [{
    $gradient `,` $input attr-dict `:` functional-type(operands, $result)
  }];
}

def Bert_AttentionGradientOp
    : Bert_ComputeOp<"attention_gradient",
                     [SequenceOpInterface,
                      DeclareOpInterfaceMethods<FlopsOpInterface,
                                                ["getFlopsPerTokenPair"]>]> {
  let summary = "bert.attention's gradient by query, key and value";
  let description = [{
    For each sequence and head, with p = softmax(q kT / sqrt(d)), which is made
    anew (Dao et al. 2022, arXiv:2205.14135), and g the gradient's part:

    dp = g vT, ds = p (dp - row sums of p dp),
    dq = ds k / sqrt(d), dk = dsT q / sqrt(d), dv = pT g.

    A row holds dq, dk and dv side by side.

    C1: gradient, query, key and value have one type [T, H].
    C2: num_heads > 0 divides H.
    C3: the result is [T, 3 H].
  }];
  let arguments = (ins Bert_Rows:$gradient, Bert_Rows:$query, Bert_Rows:$key,
                       Bert_Rows:$value, Bert_Ids:$offsets, I64Attr:$num_heads);
  let results = (outs Bert_Rows:$result);
  let assemblyFormat = [{
    $gradient `,` $query `,` $key `,` $value `,` $offsets attr-dict `:`
    functional-type(operands, $result)
  }];
}

def Bert_EmbeddingGradientOp : Bert_ComputeOp<"embedding_gradient"> {
  let summary = "bert.embedding's gradient by one of its tables";
  let description = [{
    dw[r, h] = sum over the t with ids[t] = r of gradient[t, h], t ascending;
    row `padding`, where given, has none (torch.nn.Embedding, padding_idx). An
    id must lie in [0, rows).

    C1: ids are [T], the rows of the gradient.
    C2: the result is [rows, H], rows > 0, H the columns of the gradient.
    C3: padding is in [0, rows).
  }];
  let arguments = (ins Bert_Rows:$gradient, Bert_Ids:$ids, I64Attr:$rows,
                       OptionalAttr<I64Attr>:$padding);
  let results = (outs Bert_Matrix:$result);
  let assemblyFormat = [{
    $gradient `,` $ids attr-dict `:` functional-type(operands, $result)
  }];
}

/// `like` is the input of the op in question: its rows are the result's.
class Bert_ScatterOp<string mnemonic, dag where, list<Trait> traits = []>
    : Bert_ComputeOp<mnemonic,
                     !listconcat([DeclareOpInterfaceMethods<RowsOpInterface>],
                                 traits)> {
  let arguments = !con((ins Bert_Rows:$gradient), where,
                       (ins Bert_Rows:$like));
  let results = (outs Bert_Rows:$result);
}

def Bert_GatherRowsGradientOp
    : Bert_ScatterOp<"gather_rows_gradient", (ins Bert_Ids:$rows)> {
  let summary = "bert.gather_rows' gradient by its input";
  let description = [{
    dx[t] = sum over the p with rows[p] = t of gradient[p], p ascending. Of
    `like`, the input, only the shape counts. A row number must lie in [0, T).

    C1: rows are [P], the rows of the gradient.
    C2: like and result have one type, with the columns of the gradient.
  }];
  let assemblyFormat = [{
    $gradient `,` $rows `like` $like attr-dict `:`
    functional-type(operands, $result)
  }];
}

class Bert_PoolGradientOp<string mnemonic>
    : Bert_ScatterOp<mnemonic, (ins Bert_Ids:$offsets),
                     [DeclareOpInterfaceMethods<SequenceOpInterface,
                                                ["getPerSequence"]>]> {
  let assemblyFormat = [{
    $gradient `,` $offsets `like` $like attr-dict `:`
    functional-type(operands, $result)
  }];
}

def Bert_FirstTokenGradientOp
    : Bert_PoolGradientOp<"first_token_gradient"> {
  let summary = "bert.first_token's gradient by its input";
  let description = [{
    dx[offsets[b]] = gradient[b], zero elsewhere. Of `like`, the input, only the
    shape counts.

    C1: the gradient is [B, H] for offsets [B + 1].
    C2: like and result have one type, with the columns of the gradient.
  }];
}

def Bert_MeanPoolGradientOp : Bert_PoolGradientOp<"mean_pool_gradient"> {
  let summary = "bert.mean_pool's gradient by its input";
  let description = [{
    dx[t] = gradient[b] / (offsets[b+1] - offsets[b]) for offsets[b] <= t <
    offsets[b+1]. Of `like`, the input, only the shape counts.

    C1: the gradient is [B, H] for offsets [B + 1].
    C2: like and result have one type, with the columns of the gradient.
  }];
}

def Bert_L2NormalizeGradientOp : Bert_ComputeOp<"l2_normalize_gradient"> {
  let summary = "bert.l2_normalize's gradient by its input";
  let description = [{
    With n = ||x[t]|| and y = x[t] / n, dx[t] = (g - y (g . y)) / n for the
    gradient's row g; g / epsilon where n is not above epsilon.

    C1: gradient, input and result have one type.
    C2: epsilon > 0.
  }];
  let arguments = (ins Bert_Rows:$gradient, Bert_Rows:$input,
                       F64Attr:$epsilon);
  let results = (outs Bert_Rows:$result);
  let assemblyFormat = [{
    $gradient `,` $input attr-dict `:` functional-type(operands, $result)
  }];
}

def Bert_CosineGradientOp : Bert_ComputeOp<"cosine_gradient"> {
  let summary = "bert.cosine's gradient by one of its operands";
  let description = [{
    With n = ||input[t]||, m = max(||other[t]||, epsilon) and c their cosine,
    dx[t] = gradient[t, 0] (other[t] / m - c input[t] / n) / n; without the
    second term, and divided by epsilon, where n is not above epsilon.

    C1: input, other and result have one type [T, H].
    C2: the gradient is [T, 1].
    C3: epsilon > 0.
  }];
  let arguments = (ins Bert_Rows:$gradient, Bert_Rows:$input, Bert_Rows:$other,
                       F64Attr:$epsilon);
  let results = (outs Bert_Rows:$result);
  let assemblyFormat = [{
    $gradient `,` $input `,` $other attr-dict `:`
    functional-type(operands, $result)
  }];
}

def Bert_PlaceColumnsOp : Bert_ComputeOp<"place_columns"> {
  let summary = "rows as some columns of wider ones, which are else zero";
  let description = [{
    y[t, first + c] = x[t, c], zero elsewhere: bert.slice_columns' gradient by
    its input.

    C1: first >= 0, and first plus the columns of the input is at most
        `columns`.
    C2: the result is [T, columns] for an input of T rows.
  }];
  let arguments = (ins Bert_Rows:$input, I64Attr:$first, I64Attr:$columns);
  let results = (outs Bert_Rows:$result);
  let assemblyFormat = "$input attr-dict `:` functional-type($input, $result)";
}

#endif // BERTC_DIALECT_BERTGRADIENTOPS_TD
