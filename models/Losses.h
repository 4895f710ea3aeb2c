//===- Losses.h - what a task's outputs are trained with ------------------===//

#ifndef BERTC_MODELS_LOSSES_H
#define BERTC_MODELS_LOSSES_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Error.h"

namespace bertc {

struct LossOptions {
  /// Whether `labels` are given as floats. As transformers, several labels of a
  /// sequence are then of a multi-label classification; those of pairs are
  /// their similarity.
  bool realLabels = false;
};

/// Gives the entry of an imported module, whose task and outputs its bert.model
/// and their names say, a first result "loss", as transformers' models compute
/// it (models/*/modeling_*.py, `loss`), or for vectors
/// sentence-transformers, and arguments for what it learns from,
/// packed, under transformers' names:
///
///   mlm                      labels [P], of the rows mlm_positions
///   pretrain                 also next_sentence_label or sentence_order_label
///                            [B]; the sum of both losses
///   token-classification     labels [T], -100 for none
///   sequence-classification  labels [B], or [B, N] of f32 for regression (mean
///                            squared error) and multi-label classification
///   multiple-choice          labels [Q] and choice_offsets [Q + 1], which
///                            bound the sequences of each question
///   question-answering       start_positions and end_positions [B], tokens of
///                            their sequence; the mean of both losses
///   embed                    labels [P] of the pairs of sequences 2p and 2p+1:
///                            which pair's second one is the first one's, p
///                            itself for MultipleNegativesRankingLoss, -100 for
///                            none; or [P, 1] of f32, their cosines
///                            (CosineSimilarityLoss)
///
/// An argument says in `bert.rows` what its rows are, "tokens", "selected",
/// "sequences", "pairs", "questions" or "question_offsets", and in
/// `bert.classes`, where it holds classes, how many there are.
///
/// An error for a task without a loss.
llvm::Error addLoss(mlir::ModuleOp module, const LossOptions &options);

} // namespace bertc

#endif // BERTC_MODELS_LOSSES_H
