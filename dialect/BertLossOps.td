//===- BertLossOps.td - losses and their gradients -------------------------===//
//
// A loss is one number, a tensor without dimensions; so is `gradient`, that of
// the total by this loss.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_DIALECT_BERTLOSSOPS_TD
#define BERTC_DIALECT_BERTLOSSOPS_TD

include "dialect/BertOpBase.td"

class Bert_LossOp<string mnemonic, dag inputs, list<Trait> traits = []>
    : Bert_ComputeOp<
          mnemonic,
          !listconcat([DeclareOpInterfaceMethods<DifferentiableOpInterface>],
                      traits)> {
  let arguments = inputs;
  let results = (outs Bert_Scalar:$result);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, $result)";
}

class Bert_LossGradientOp<string mnemonic, dag inputs, list<Trait> traits = []>
    : Bert_ComputeOp<mnemonic, traits> {
  let arguments = !con((ins Bert_Scalar:$gradient), inputs);
  let results = (outs Bert_Rows:$result);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, $result)";
}

def Bert_CrossEntropyOp
    : Bert_LossOp<"cross_entropy",
                  (ins Bert_Rows:$logits, Bert_Ids:$labels,
                   DefaultValuedAttr<I64Attr, "-100">:$ignore_label)> {
  let summary = "softmax cross-entropy, torch.nn.CrossEntropyLoss";
  let description = [{
    The mean, over the rows t whose label is not `ignore_label`, of
    log(sum over c of exp(logits[t, c])) - logits[t, labels[t]]. A label must
    lie in [0, C); it is an error if all are ignored, where torch gives NaN.

    C1: labels are [T], the rows of the logits.
  }];
}

def Bert_CrossEntropyGradientOp
    : Bert_LossGradientOp<"cross_entropy_gradient",
                          (ins Bert_Rows:$logits, Bert_Ids:$labels,
                           DefaultValuedAttr<I64Attr, "-100">:$ignore_label)> {
  let summary = "bert.cross_entropy's gradient by the logits";
  let description = [{
    gradient / n (softmax(logits[t])[c] - [c = labels[t]]) where n rows have a
    label, zero in the others.

    C1: labels are [T], the rows of the logits.
    C2: the result has the type of the logits.
  }];
}

def Bert_SequenceCrossEntropyOp
    : Bert_LossOp<"sequence_cross_entropy",
                  (ins Bert_Rows:$logits, Bert_Ids:$offsets, Bert_Ids:$labels),
                  [DeclareOpInterfaceMethods<SequenceOpInterface,
                                             ["getPerSequence"]>]> {
  let summary = "softmax cross-entropy over the rows of each sequence";
  let description = [{
    The mean, over the sequences b with labels[b] below their length, of
    log(sum over their rows t of exp(logits[t, 0])) -
    logits[offsets[b] + labels[b], 0]. Which token an answer begins with, or
    which choice is right. A label must not be negative; it is an error if all
    are past the end.

    transformers' question answering takes the softmax over padding as well
    (`ignored_index` is the padded length), so that its loss depends on the
    batch; this is its loss for sequences without padding.

    C1: logits are [T, 1].
    C2: labels are [B] for offsets [B + 1].
  }];
}

def Bert_SequenceCrossEntropyGradientOp
    : Bert_LossGradientOp<"sequence_cross_entropy_gradient",
                          (ins Bert_Rows:$logits, Bert_Ids:$offsets,
                           Bert_Ids:$labels),
                          [DeclareOpInterfaceMethods<SequenceOpInterface,
                                                     ["getPerSequence"]>]> {
  let summary = "bert.sequence_cross_entropy's gradient by the logits";
  let description = [{
    gradient / n (softmax over the sequence's rows - [t = offsets[b] +
    labels[b]]) where n sequences have a label, zero in the others.

    C1: logits are [T, 1].
    C2: labels are [B] for offsets [B + 1].
    C3: the result has the type of the logits.
  }];
}

def Bert_BinaryCrossEntropyOp
    : Bert_LossOp<"binary_cross_entropy",
                  (ins Bert_Rows:$logits, Bert_Rows:$labels)> {
  let summary = "sigmoid cross-entropy, torch.nn.BCEWithLogitsLoss";
  let description = [{
    The mean over all elements x with label y of log(1 + exp(x)) - x y. It is an
    error if there are none.

    C1: logits and labels have one type.
  }];
}

def Bert_BinaryCrossEntropyGradientOp
    : Bert_LossGradientOp<"binary_cross_entropy_gradient",
                          (ins Bert_Rows:$logits, Bert_Rows:$labels)> {
  let summary = "bert.binary_cross_entropy's gradient by the logits";
  let description = [{
    gradient / n (1 / (1 + exp(-x)) - y), n the number of elements.

    C1: logits, labels and result have one type.
  }];
}

def Bert_MeanSquaredErrorOp
    : Bert_LossOp<"mean_squared_error",
                  (ins Bert_Rows:$predictions, Bert_Rows:$labels)> {
  let summary = "mean squared error, torch.nn.MSELoss";
  let description = [{
    The mean over all elements of (prediction - label)^2. It is an error if
    there are none.

    C1: predictions and labels have one type.
  }];
}

def Bert_MeanSquaredErrorGradientOp
    : Bert_LossGradientOp<"mean_squared_error_gradient",
                          (ins Bert_Rows:$predictions, Bert_Rows:$labels)> {
  let summary = "bert.mean_squared_error's gradient by the predictions";
  let description = [{
    gradient / n 2 (prediction - label), n the number of elements.

    C1: predictions, labels and result have one type.
  }];
}

def Bert_DistillationOp
    : Bert_LossOp<"distillation",
                  (ins Bert_Rows:$logits, Bert_Rows:$teacher,
                   F64Attr:$temperature)> {
  let summary = "cross-entropy with a teacher's softened softmax";
  let description = [{
    With p = softmax(teacher[t] / temperature) and q = softmax(logits[t] /
    temperature), the mean over the rows t of

    temperature^2 (sum over c of p[c] (log p[c] - log q[c])),

    torch.nn.KLDivLoss of batchmean as DistilBERT's distiller has it (Hinton et
    al. 2015, arXiv:1503.02531). It is an error if there are no rows.

    C1: logits and teacher have one type.
    C2: temperature > 0.
  }];
}

def Bert_DistillationGradientOp
    : Bert_LossGradientOp<"distillation_gradient",
                          (ins Bert_Rows:$logits, Bert_Rows:$teacher,
                           F64Attr:$temperature)> {
  let summary = "bert.distillation's gradient by the logits";
  let description = [{
    gradient temperature / T (q - p), T the number of rows, p and q as in
    bert.distillation.

    C1: logits, teacher and result have one type.
    C2: temperature > 0.
  }];
}

def Bert_CosineEmbeddingOp
    : Bert_LossOp<"cosine_embedding",
                  (ins Bert_Rows:$predictions, Bert_Rows:$labels,
                   F64Attr:$epsilon)> {
  let summary = "one minus the cosine, torch.nn.CosineEmbeddingLoss of target 1";
  let description = [{
    The mean over the rows of 1 - cosine(predictions[t], labels[t]), cosine as
    in bert.cosine: hidden states beside a teacher's (Sanh et al. 2019,
    arXiv:1910.01108). It is an error if there are no rows.

    C1: predictions and labels have one type.
    C2: epsilon > 0.
  }];
}

def Bert_CosineEmbeddingGradientOp
    : Bert_LossGradientOp<"cosine_embedding_gradient",
                          (ins Bert_Rows:$predictions, Bert_Rows:$labels,
                           F64Attr:$epsilon)> {
  let summary = "bert.cosine_embedding's gradient by the predictions";
  let description = [{
    - gradient / T times the gradient of the row's cosine by the prediction
    (bert.cosine_gradient), T the number of rows.

    C1: predictions, labels and result have one type.
    C2: epsilon > 0.
  }];
}

def Bert_PairSimilarityOp
    : Bert_LossOp<"pair_similarity", (ins Bert_Rows:$input, Bert_Rows:$labels),
                  [PairsOpInterface]> {
  let summary = "squared error of the similarity of pairs of rows";
  let description = [{
    The mean over the pairs p of (x[2p] . x[2p+1] - labels[p, 0])^2. Of rows of
    length 1 sentence-transformers' CosineSimilarityLoss. It is an error if
    there are none.

    C1: labels are [P, 1] for an input [2P, H].
  }];
}

def Bert_PairSimilarityGradientOp
    : Bert_LossGradientOp<"pair_similarity_gradient",
                          (ins Bert_Rows:$input, Bert_Rows:$labels),
                          [PairsOpInterface]> {
  let summary = "bert.pair_similarity's gradient by its input";
  let description = [{
    With d = gradient / P 2 (x[2p] . x[2p+1] - labels[p, 0]) the row 2p is
    d x[2p+1], the row 2p+1 is d x[2p].

    C1: labels are [P, 1] for an input [2P, H].
    C2: the result has the input's type.
  }];
}

def Bert_PairRankingOp
    : Bert_LossOp<"pair_ranking",
                  (ins Bert_Rows:$input, Bert_Ids:$labels, F64Attr:$scale),
                  [PairsOpInterface]> {
  let summary = "softmax cross-entropy of each first row over all second ones";
  let description = [{
    bert.cross_entropy, with -100 for no label, of the scores

    s[p, q] = scale (x[2p] . x[2q+1])

    which are never all in memory. With labels[p] = p and rows of length 1
    sentence-transformers' MultipleNegativesRankingLoss (Henderson et al. 2017,
    arXiv:1705.00652), whose scale is 20.

    C1: labels are [P] for an input [2P, H].
    C2: scale is positive and finite.
  }];
}

def Bert_PairRankingGradientOp
    : Bert_LossGradientOp<"pair_ranking_gradient",
                          (ins Bert_Rows:$input, Bert_Ids:$labels,
                           F64Attr:$scale),
                          [PairsOpInterface]> {
  let summary = "bert.pair_ranking's gradient by its input";
  let description = [{
    With w the gradient by the scores, bert.cross_entropy_gradient, the row 2p
    is scale (sum over q of w[p, q] x[2q+1]), the row 2q+1 is
    scale (sum over p of w[p, q] x[2p]).

    C1: labels are [P] for an input [2P, H].
    C2: scale is positive and finite.
    C3: the result has the input's type.
  }];
}

#endif // BERTC_DIALECT_BERTLOSSOPS_TD
