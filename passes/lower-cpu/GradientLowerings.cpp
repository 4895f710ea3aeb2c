//===- GradientLowerings.cpp - which kernels compute backward passes ------===//
//
// Models of KernelLoweringOpInterface for losses and for the ops that
// bert-differentiate builds.
//
//===----------------------------------------------------------------------===//

#include "passes/lower-cpu/KernelLoweringForms.h"
#include "passes/tile/GradientKernels.h"
#include "passes/tile/LossKernels.h"

#include "dialect/BertOps.h"

#include <optional>

using namespace bertc;
using namespace mlir;

namespace {

struct ScaleLowering : Lowering<ScaleLowering, bert::ScaleOp> {
  bool takesConstantRows(Operation *, unsigned) const { return true; }
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::ScaleOp>(given);
    const double factor = op.getFactor().convertToDouble();
    if (s.isConstant(op.getResult()))
      return launchFlat(s, op, flatScaleKernel(s.module, factor, s.target));
    launchPlainly(
        s, op,
        scaleKernel(s.module, s.columns(op.getResult()), factor, s.target));
  }
};

struct ActivationGradientLowering
    : Lowering<ActivationGradientLowering, bert::ActivationGradientOp> {
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::ActivationGradientOp>(given);
    launchPlainly(s, op,
                  activationGradientKernel(s.module, s.columns(op.getResult()),
                                           op.getActivation(), s.target));
  }
};

struct LinearWeightGradientLowering
    : Lowering<LinearWeightGradientLowering, bert::LinearWeightGradientOp> {
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::LinearWeightGradientOp>(given);
    s.launch({weightGradientKernel(s.module, s.columns(op.getGradient()),
                                   s.columns(op.getInput()), op.getPrecision(),
                                   /*accumulates=*/false, s.target),
              {op.getGradient(), op.getInput(), op.getResult()},
              s.kindOf(op.getInput()),
              /*takesScratch=*/true,
              s.flopsOf(op),
              bert::stringifyPrecision(op.getPrecision()).str()});
  }
};

struct AttentionGradientLowering
    : Lowering<AttentionGradientLowering, bert::AttentionGradientOp> {
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::AttentionGradientOp>(given);
    const int64_t heads = op.getNumHeads();
    launchAttention(s, op,
                    attentionGradientKernel(
                        s.module, heads, s.columns(op.getQuery()) / heads,
                        s.maxPositions, /*dropout=*/std::nullopt, s.target));
  }
};

struct DropoutAttentionGradientLowering
    : Lowering<DropoutAttentionGradientLowering,
               bert::DropoutAttentionGradientOp> {
  bool takesConstantRows(Operation *op, unsigned operand) const {
    return op->getOperand(operand) ==
           cast<bert::DropoutAttentionGradientOp>(op).getRandomKey();
  }
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::DropoutAttentionGradientOp>(given);
    const int64_t heads = op.getNumHeads();
    launchAttention(s, op,
                    attentionGradientKernel(
                        s.module, heads, s.columns(op.getQuery()) / heads,
                        s.maxPositions, op.getRate().convertToDouble(),
                        s.target));
  }
};

struct ColumnSumsLowering : Lowering<ColumnSumsLowering, bert::ColumnSumsOp> {
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::ColumnSumsOp>(given);
    launchPlainly(
        s, op, columnSumsKernel(s.module, s.columns(op.getInput()), s.target));
  }
};

struct PlaceColumnsLowering
    : Lowering<PlaceColumnsLowering, bert::PlaceColumnsOp> {
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::PlaceColumnsOp>(given);
    launchPlainly(s, op,
                  placeColumnsKernel(s.module, s.columns(op.getInput()),
                                     op.getFirst(), op.getColumns(), s.target));
  }
};

struct GatherRowsGradientLowering
    : Lowering<GatherRowsGradientLowering, bert::GatherRowsGradientOp> {
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::GatherRowsGradientOp>(given);
    s.launch(
        {gatherGradientKernel(s.module, s.columns(op.getResult()), s.target),
         {op.getGradient(), op.getRows(), op.getResult()},
         s.kindOf(op.getResult())});
  }
};

template <typename Op, Pooling pooling>
struct PoolGradientLowering : Lowering<PoolGradientLowering<Op, pooling>, Op> {
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<Op>(given);
    s.launch({poolingGradientKernel(s.module, pooling,
                                    s.columns(op.getResult()), s.target),
              {op.getGradient(), op.getOffsets(), op.getResult()},
              RowKind::sequences});
  }
};

struct EmbeddingGradientLowering
    : Lowering<EmbeddingGradientLowering, bert::EmbeddingGradientOp> {
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::EmbeddingGradientOp>(given);
    launchPlainly(s, op,
                  embeddingGradientKernel(
                      s.module, op.getRows(), s.columns(op.getGradient()),
                      op.getPadding(), /*accumulates=*/false, s.target));
  }
};

/// What a loss counts: the rows of its labels.
RowKind countedRows(Operation *op, const KernelSchedule &s) {
  return s.kindOf(op->getOperands().back());
}

/// A loss: its parts, one a row that it counts, then their mean.
template <typename Model, typename Op>
struct LossLowering : Lowering<Model, Op> {
  SmallVector<KernelTemporary> getTemporaries(Operation *op,
                                              const KernelSchedule &s) const {
    return {{countedRows(op, s), lossParts}};
  }
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<Op>(given);
    const RowKind rows = countedRows(op, s);
    s.launch(onOperands(op, static_cast<const Model *>(this)->kernel(op, s),
                        rows, s.temporaries[0]));
    s.launch({meanOfPartsKernel(s.module, s.target),
              {s.temporaries[0], op.getResult()},
              rows});
  }
};

/// Its gradient.
template <typename Model, typename Op>
struct LossGradientLowering : Lowering<Model, Op> {
  /// The loss's own gradient.
  bool takesConstantRows(Operation *, unsigned operand) const {
    return operand == 0;
  }
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<Op>(given);
    s.launch(onOperands(op, static_cast<const Model *>(this)->kernel(op, s),
                        countedRows(op, s), op.getResult()));
  }
};

struct CrossEntropyLowering
    : LossLowering<CrossEntropyLowering, bert::CrossEntropyOp> {
  func::FuncOp kernel(bert::CrossEntropyOp op, KernelSchedule &s) const {
    return crossEntropyKernel(s.module, s.columns(op.getLogits()),
                              op.getIgnoreLabel(), s.target);
  }
};
struct CrossEntropyGradientLowering
    : LossGradientLowering<CrossEntropyGradientLowering,
                           bert::CrossEntropyGradientOp> {
  func::FuncOp kernel(bert::CrossEntropyGradientOp op,
                      KernelSchedule &s) const {
    return crossEntropyGradientKernel(s.module, s.columns(op.getLogits()),
                                      op.getIgnoreLabel(), s.target);
  }
};

struct SequenceCrossEntropyLowering
    : LossLowering<SequenceCrossEntropyLowering, bert::SequenceCrossEntropyOp> {
  func::FuncOp kernel(bert::SequenceCrossEntropyOp, KernelSchedule &s) const {
    return sequenceCrossEntropyKernel(s.module, s.target);
  }
};
struct SequenceCrossEntropyGradientLowering
    : LossGradientLowering<SequenceCrossEntropyGradientLowering,
                           bert::SequenceCrossEntropyGradientOp> {
  func::FuncOp kernel(bert::SequenceCrossEntropyGradientOp,
                      KernelSchedule &s) const {
    return sequenceCrossEntropyGradientKernel(s.module, s.target);
  }
};

template <typename Op, PairLoss loss>
struct PairLossLowering : LossLowering<PairLossLowering<Op, loss>, Op> {
  func::FuncOp kernel(Op op, KernelSchedule &s) const {
    return pairLossKernel(s.module, loss, s.columns(op->getOperand(0)),
                          s.target);
  }
};
template <typename Op, PairLoss loss>
struct PairLossGradientLowering
    : LossGradientLowering<PairLossGradientLowering<Op, loss>, Op> {
  func::FuncOp kernel(Op op, KernelSchedule &s) const {
    return pairLossGradientKernel(s.module, loss, s.columns(op->getOperand(1)),
                                  s.target);
  }
};

struct DistillationLowering
    : LossLowering<DistillationLowering, bert::DistillationOp> {
  func::FuncOp kernel(bert::DistillationOp op, KernelSchedule &s) const {
    return distillationKernel(s.module, s.columns(op.getLogits()),
                              op.getTemperature().convertToDouble(), s.target);
  }
};
struct DistillationGradientLowering
    : LossGradientLowering<DistillationGradientLowering,
                           bert::DistillationGradientOp> {
  func::FuncOp kernel(bert::DistillationGradientOp op,
                      KernelSchedule &s) const {
    return distillationGradientKernel(s.module, s.columns(op.getLogits()),
                                      op.getTemperature().convertToDouble(),
                                      s.target);
  }
};

struct CosineEmbeddingLowering
    : LossLowering<CosineEmbeddingLowering, bert::CosineEmbeddingOp> {
  func::FuncOp kernel(bert::CosineEmbeddingOp op, KernelSchedule &s) const {
    return cosineEmbeddingKernel(s.module, s.columns(op.getPredictions()),
                                 op.getEpsilon().convertToDouble(), s.target);
  }
};
struct CosineEmbeddingGradientLowering
    : LossGradientLowering<CosineEmbeddingGradientLowering,
                           bert::CosineEmbeddingGradientOp> {
  func::FuncOp kernel(bert::CosineEmbeddingGradientOp op,
                      KernelSchedule &s) const {
    return cosineEmbeddingGradientKernel(
        s.module, s.columns(op.getPredictions()),
        op.getEpsilon().convertToDouble(), s.target);
  }
};

struct PairSimilarityLowering
    : LossLowering<PairSimilarityLowering, bert::PairSimilarityOp> {
  func::FuncOp kernel(bert::PairSimilarityOp op, KernelSchedule &s) const {
    return pairSimilarityKernel(s.module, s.columns(op.getInput()), s.target);
  }
};
struct PairSimilarityGradientLowering
    : LossGradientLowering<PairSimilarityGradientLowering,
                           bert::PairSimilarityGradientOp> {
  func::FuncOp kernel(bert::PairSimilarityGradientOp op,
                      KernelSchedule &s) const {
    return pairSimilarityGradientKernel(s.module, s.columns(op.getInput()),
                                        s.target);
  }
};

struct PairRankingLowering
    : LossLowering<PairRankingLowering, bert::PairRankingOp> {
  func::FuncOp kernel(bert::PairRankingOp op, KernelSchedule &s) const {
    return pairRankingKernel(s.module, s.columns(op.getInput()),
                             op.getScale().convertToDouble(), s.target);
  }
};
/// The scores' softmaxes, then the rows.
struct PairRankingGradientLowering
    : Lowering<PairRankingGradientLowering, bert::PairRankingGradientOp> {
  bool takesConstantRows(Operation *, unsigned operand) const {
    return operand == 0;
  }
  SmallVector<KernelTemporary> getTemporaries(Operation *,
                                              const KernelSchedule &) const {
    return {{RowKind::pairs, rankingFacts}};
  }
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::PairRankingGradientOp>(given);
    const int64_t columns = s.columns(op.getInput());
    const double scale = op.getScale().convertToDouble();
    s.launch(onOperands(
        op, pairRankingFactsKernel(s.module, columns, scale, s.target),
        RowKind::pairs, s.temporaries[0]));
    s.launch({pairRankingGradientKernel(s.module, columns, scale, s.target),
              {op.getInput(), op.getLabels(), s.temporaries[0], op.getResult()},
              RowKind::pairs});
  }
};

} // namespace

void bertc::registerGradientLowerings(MLIRContext &c) {
  bert::ActivationGradientOp::attachInterface<ActivationGradientLowering>(c);
  bert::AttentionGradientOp::attachInterface<AttentionGradientLowering>(c);
  bert::BinaryCrossEntropyOp::attachInterface<PairLossLowering<
      bert::BinaryCrossEntropyOp, PairLoss::binaryCrossEntropy>>(c);
  bert::BinaryCrossEntropyGradientOp::attachInterface<PairLossGradientLowering<
      bert::BinaryCrossEntropyGradientOp, PairLoss::binaryCrossEntropy>>(c);
  bert::CrossEntropyOp::attachInterface<CrossEntropyLowering>(c);
  bert::CrossEntropyGradientOp::attachInterface<CrossEntropyGradientLowering>(
      c);
  bert::MeanSquaredErrorOp::attachInterface<
      PairLossLowering<bert::MeanSquaredErrorOp, PairLoss::squaredError>>(c);
  bert::MeanSquaredErrorGradientOp::attachInterface<PairLossGradientLowering<
      bert::MeanSquaredErrorGradientOp, PairLoss::squaredError>>(c);
  bert::SequenceCrossEntropyOp::attachInterface<SequenceCrossEntropyLowering>(
      c);
  bert::SequenceCrossEntropyGradientOp::attachInterface<
      SequenceCrossEntropyGradientLowering>(c);
  bert::ColumnSumsOp::attachInterface<ColumnSumsLowering>(c);
  bert::CosineEmbeddingOp::attachInterface<CosineEmbeddingLowering>(c);
  bert::CosineEmbeddingGradientOp::attachInterface<
      CosineEmbeddingGradientLowering>(c);
  bert::CosineOp::attachInterface<
      EpsilonLowering<bert::CosineOp, cosineKernel, 1>>(c);
  bert::CosineGradientOp::attachInterface<
      EpsilonLowering<bert::CosineGradientOp, cosineGradientKernel, 1>>(c);
  bert::DistillationOp::attachInterface<DistillationLowering>(c);
  bert::DistillationGradientOp::attachInterface<DistillationGradientLowering>(
      c);
  bert::DropoutAttentionGradientOp::attachInterface<
      DropoutAttentionGradientLowering>(c);
  bert::EmbeddingGradientOp::attachInterface<EmbeddingGradientLowering>(c);
  bert::FirstTokenGradientOp::attachInterface<
      PoolGradientLowering<bert::FirstTokenGradientOp, Pooling::firstToken>>(c);
  bert::GatherRowsGradientOp::attachInterface<GatherRowsGradientLowering>(c);
  bert::L2NormalizeGradientOp::attachInterface<EpsilonLowering<
      bert::L2NormalizeGradientOp, l2NormalizeGradientKernel, 1>>(c);
  bert::LayerNormGradientOp::attachInterface<
      EpsilonLowering<bert::LayerNormGradientOp, layerNormGradientKernel, 1>>(
      c);
  bert::LayerNormScaleGradientOp::attachInterface<EpsilonLowering<
      bert::LayerNormScaleGradientOp, layerNormScaleGradientKernel, 1>>(c);
  bert::LinearWeightGradientOp::attachInterface<LinearWeightGradientLowering>(
      c);
  bert::MeanPoolGradientOp::attachInterface<
      PoolGradientLowering<bert::MeanPoolGradientOp, Pooling::mean>>(c);
  bert::PairRankingOp::attachInterface<PairRankingLowering>(c);
  bert::PairRankingGradientOp::attachInterface<PairRankingGradientLowering>(c);
  bert::PairSimilarityOp::attachInterface<PairSimilarityLowering>(c);
  bert::PairSimilarityGradientOp::attachInterface<
      PairSimilarityGradientLowering>(c);
  bert::PlaceColumnsOp::attachInterface<PlaceColumnsLowering>(c);
  bert::ScaleOp::attachInterface<ScaleLowering>(c);
}
