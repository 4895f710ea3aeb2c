//===- KernelLowerings.cpp - which kernels compute an op ------------------===//
//
// One model of KernelLoweringOpInterface for each op, and their registration.
//
//===----------------------------------------------------------------------===//

#include "passes/lower-cpu/KernelSchedule.h"
#include "passes/tile/GradientKernels.h"
#include "passes/tile/LossKernels.h"

#include "dialect/BertDialect.h"
#include "dialect/BertOps.h"
#include "dialect/PackedLayout.h"

#include <optional>
#include <type_traits>

using namespace bertc;
using namespace mlir;

namespace {

template <typename Model, typename Op>
using Lowering = KernelLoweringOpInterface::ExternalModel<Model, Op>;

struct PackedLinearLowering
    : Lowering<PackedLinearLowering, bert::PackedLinearOp> {
  /// The weight may be packed by the run.
  bool takesConstantRows(Operation *, unsigned operand) const {
    return operand == 1;
  }
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::PackedLinearOp>(given);
    ProductShape shape;
    shape.inputs = s.columns(op.getInput());
    shape.outputs = s.columns(op.getResult());
    shape.inputScale = bool(op.getInputScale());
    shape.bias = bool(op.getBias());
    shape.residual = bool(op.getResidual());
    shape.activation = op.getActivation();
    shape.precision = bert::precisionOf(op);
    const RowKind rows = s.kindOf(op.getResult());
    KernelLaunch product{productKernel(s.module, shape, s.target),
                         {op.getInput(), op.getWeight()},
                         rows};
    if (op.getInputScale())
      product.arrays.push_back(op.getInputScale());
    if (op.getBias())
      product.arrays.push_back(op.getBias());
    if (op.getResidual())
      product.arrays.push_back(op.getResidual());
    product.arrays.push_back(op.getResult());
    product.takesScratch = productUsesScratch(shape.precision, s.target);
    product.flops = s.flopsOf(op);
    product.dtype = productFactors(shape.precision, s.target);
    s.launch(product);
    // A row is whole only when every thread has done its panels.
    if (op.getScale())
      s.launch({layerNormKernel(s.module, shape.outputs,
                                op.getEpsilon()->convertToDouble(), s.target),
                {op.getResult(), op.getScale(), op.getBeta(), op.getResult()},
                rows});
  }
};

struct SelfAttentionLowering
    : Lowering<SelfAttentionLowering, bert::SelfAttentionOp> {
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::SelfAttentionOp>(given);
    const int64_t hidden = s.columns(op.getResult());
    const int64_t heads = op.getNumHeads();
    s.launch({attentionKernel(s.module, heads, hidden / heads, s.maxPositions,
                              op.getPrecision(), s.target),
              {op.getQkv(), op.getOffsets(), op.getResult()},
              RowKind::sequences,
              /*takesScratch=*/true,
              s.flopsOf(op),
              bert::stringifyPrecision(op.getPrecision()).str()});
  }
};

struct AttentionLowering : Lowering<AttentionLowering, bert::AttentionOp> {
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::AttentionOp>(given);
    const int64_t heads = op.getNumHeads();
    s.launch({separateAttentionKernel(s.module, heads,
                                      s.columns(op.getResult()) / heads,
                                      s.maxPositions, s.target),
              {op.getQuery(), op.getKey(), op.getValue(), op.getOffsets(),
               op.getResult()},
              RowKind::sequences,
              /*takesScratch=*/true,
              s.flopsOf(op)});
  }
};

struct SelfAttentionProbsLowering
    : Lowering<SelfAttentionProbsLowering, bert::SelfAttentionProbsOp> {
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::SelfAttentionProbsOp>(given);
    const int64_t heads = op.getNumHeads();
    // Of a map, as many columns as its sequence has tokens.
    RunAmount maps;
    maps.perTokenPair = heads * int64_t(sizeof(float));
    s.launch({attentionProbsKernel(s.module, s.columns(op.getQkv()), heads,
                                   op.getHeadSize(), s.maxPositions, s.target),
              {op.getQkv(), op.getOffsets(), {op.getResult(), maps}},
              RowKind::sequences,
              /*takesScratch=*/true,
              s.flopsOf(op)});
  }
};

/// Floats of as many columns, for each row of the result.
RunAmount pickedRows(RowKind rows, int64_t columns) {
  return RunAmount::ofRows(rows, columns * int64_t(sizeof(float)));
}

/// `scale` and `bias` of a LayerNorm, or null.
void lowerEmbedding(KernelSchedule &s, ValueRange ids, ValueRange tables,
                    Value scale, Value bias, double epsilon, Value result) {
  EmbeddingShape shape;
  shape.columns = s.columns(result);
  shape.layerNorm = bool(scale);
  shape.epsilon = epsilon;
  const RowKind rows = s.kindOf(result);
  SmallVector<KernelArray> arrays(ids.begin(), ids.end());
  for (Value table : tables) {
    arrays.push_back({table, pickedRows(rows, shape.columns)});
    shape.tableRows.push_back(
        cast<RankedTensorType>(table.getType()).getDimSize(0));
  }
  if (scale)
    arrays.append({scale, bias});
  arrays.push_back(result);
  s.launch({embeddingKernel(s.module, shape, s.target), arrays, rows});
}

struct EmbeddingLowering : Lowering<EmbeddingLowering, bert::EmbeddingOp> {
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::EmbeddingOp>(given);
    lowerEmbedding(s, op.getIds(), op.getTables(), {}, {}, 0, op.getResult());
  }
};

struct FusedEmbeddingLowering
    : Lowering<FusedEmbeddingLowering, bert::FusedEmbeddingOp> {
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::FusedEmbeddingOp>(given);
    lowerEmbedding(s, op.getIds(), op.getTables(), op.getScale(), op.getBias(),
                   op.getEpsilon().convertToDouble(), op.getResult());
  }
};

struct LayerNormLowering : Lowering<LayerNormLowering, bert::LayerNormOp> {
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::LayerNormOp>(given);
    s.launch({layerNormKernel(s.module, s.columns(op.getResult()),
                              op.getEpsilon().convertToDouble(), s.target),
              {op.getInput(), op.getScale(), op.getBias(), op.getResult()},
              s.kindOf(op.getResult())});
  }
};

template <typename Op, Pooling pooling>
struct PoolingLowering : Lowering<PoolingLowering<Op, pooling>, Op> {
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<Op>(given);
    const int64_t columns = s.columns(op.getResult());
    KernelArray input = op.getInput();
    if (pooling == Pooling::firstToken)
      input.bytes = pickedRows(RowKind::sequences, columns);
    s.launch({poolingKernel(s.module, pooling, columns, s.target),
              {input, op.getOffsets(), op.getResult()},
              RowKind::sequences});
  }
};

struct L2NormalizeLowering
    : Lowering<L2NormalizeLowering, bert::L2NormalizeOp> {
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::L2NormalizeOp>(given);
    s.launch({l2NormalizeKernel(s.module, s.columns(op.getResult()),
                                op.getEpsilon().convertToDouble(), s.target),
              {op.getInput(), op.getResult()},
              s.kindOf(op.getResult())});
  }
};

struct GatherRowsLowering : Lowering<GatherRowsLowering, bert::GatherRowsOp> {
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::GatherRowsOp>(given);
    const int64_t columns = s.columns(op.getResult());
    const RowKind rows = s.kindOf(op.getResult());
    s.launch({gatherKernel(s.module, columns, s.target),
              {{op.getInput(), pickedRows(rows, columns)},
               op.getRows(),
               op.getResult()},
              rows});
  }
};

struct SliceColumnsLowering
    : Lowering<SliceColumnsLowering, bert::SliceColumnsOp> {
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::SliceColumnsOp>(given);
    const RowKind rows = s.kindOf(op.getResult());
    s.launch(
        {sliceKernel(s.module, s.columns(op.getInput()), op.getFirst(),
                     op.getCount(), s.target),
         {{op.getInput(), pickedRows(rows, op.getCount())}, op.getResult()},
         rows});
  }
};

void lowerActivation(KernelSchedule &s, Operation *op,
                     bert::Activation activation) {
  Value result = op->getResult(0);
  s.launch({elementwiseKernel(s.module, s.columns(result), activation,
                              /*residual=*/false, s.target),
            {op->getOperand(0), result},
            s.kindOf(result)});
}

template <typename Op, bert::Activation activation>
struct ActivationLowering : Lowering<ActivationLowering<Op, activation>, Op> {
  void lowerToKernels(Operation *op, KernelSchedule &s) const {
    lowerActivation(s, op, activation);
  }
};

struct GeluLowering : Lowering<GeluLowering, bert::GeluOp> {
  void lowerToKernels(Operation *op, KernelSchedule &s) const {
    const bool tanh =
        cast<bert::GeluOp>(op).getApproximate() == bert::GeluForm::tanh;
    lowerActivation(
        s, op, tanh ? bert::Activation::gelu_tanh : bert::Activation::gelu);
  }
};

/// On arrays of constant shape.
void launchFlat(KernelSchedule &s, Operation *op, func::FuncOp kernel) {
  KernelLaunch launch{kernel, {}, RowKind::constant};
  launch.arrays.append(op->operand_begin(), op->operand_end());
  launch.arrays.push_back(op->getResult(0));
  launch.count = elementsOf(s.buffer(op->getResult(0)));
  launch.flat = true;
  s.launch(launch);
}

struct AddLowering : Lowering<AddLowering, bert::AddOp> {
  bool takesConstantRows(Operation *, unsigned) const { return true; }
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::AddOp>(given);
    if (s.isConstant(op.getResult()))
      return launchFlat(s, op, flatAddKernel(s.module, s.target));
    s.launch(
        {elementwiseKernel(s.module, s.columns(op.getResult()),
                           bert::Activation::none, /*residual=*/true, s.target),
         {op.getOperand(0), op.getOperand(1), op.getResult()},
         s.kindOf(op.getResult())});
  }
};

/// A kernel on all operands and the result, by the rows of the first.
void launchPlainly(KernelSchedule &s, Operation *op, func::FuncOp kernel) {
  KernelLaunch launch{kernel, {}, s.kindOf(op->getOperand(0))};
  launch.arrays.append(op->operand_begin(), op->operand_end());
  launch.arrays.push_back(op->getResult(0));
  s.launch(launch);
}

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

struct PackTransposedLowering
    : Lowering<PackTransposedLowering, bert::PackTransposedOp> {
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::PackTransposedOp>(given);
    auto source = cast<RankedTensorType>(op.getSource().getType());
    KernelLaunch launch{packTransposedKernel(s.module, source.getDimSize(0),
                                             source.getDimSize(1), s.target),
                        {op.getSource(), op.getResult()},
                        RowKind::constant};
    launch.count = source.getDimSize(0);
    s.launch(launch);
  }
};

struct LinearWeightGradientLowering
    : Lowering<LinearWeightGradientLowering, bert::LinearWeightGradientOp> {
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::LinearWeightGradientOp>(given);
    s.launch({weightGradientKernel(s.module, s.columns(op.getGradient()),
                                   s.columns(op.getInput()), s.target),
              {op.getGradient(), op.getInput(), op.getResult()},
              s.kindOf(op.getInput()),
              /*takesScratch=*/true,
              s.flopsOf(op)});
  }
};

struct AttentionGradientLowering
    : Lowering<AttentionGradientLowering, bert::AttentionGradientOp> {
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::AttentionGradientOp>(given);
    const int64_t heads = op.getNumHeads();
    s.launch({attentionGradientKernel(s.module, heads,
                                      s.columns(op.getQuery()) / heads,
                                      s.maxPositions, s.target),
              {op.getGradient(), op.getQuery(), op.getKey(), op.getValue(),
               op.getOffsets(), op.getResult()},
              RowKind::sequences,
              /*takesScratch=*/true,
              s.flopsOf(op)});
  }
};

struct ColumnSumsLowering : Lowering<ColumnSumsLowering, bert::ColumnSumsOp> {
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::ColumnSumsOp>(given);
    launchPlainly(
        s, op, columnSumsKernel(s.module, s.columns(op.getInput()), s.target));
  }
};

/// Ops with a kernel that depends on the columns of the first operand but one,
/// and epsilon.
template <typename Op, func::FuncOp (*kernel)(ModuleOp, int64_t, double,
                                              const TargetDescription &)>
struct EpsilonLowering : Lowering<EpsilonLowering<Op, kernel>, Op> {
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<Op>(given);
    launchPlainly(s, op,
                  kernel(s.module, s.columns(op->getOperand(1)),
                         op.getEpsilon().convertToDouble(), s.target));
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
    std::optional<int64_t> padding;
    if (op.getPadding())
      padding = int64_t(*op.getPadding());
    launchPlainly(s, op,
                  embeddingGradientKernel(s.module, op.getRows(),
                                          s.columns(op.getGradient()), padding,
                                          s.target));
  }
};

/// What a loss counts: the rows of its logits, or sequences.
template <typename Op> RowKind countedRows(Op op, const KernelSchedule &s) {
  constexpr bool isOfSequences =
      std::is_same_v<Op, bert::SequenceCrossEntropyOp> ||
      std::is_same_v<Op, bert::SequenceCrossEntropyGradientOp>;
  return isOfSequences ? RowKind::sequences
                       : s.kindOf(op->getOperands().back());
}

/// A loss: its parts, one a row that it counts, then their mean.
template <typename Model, typename Op>
struct LossLowering : Lowering<Model, Op> {
  SmallVector<KernelTemporary> getTemporaries(Operation *op,
                                              const KernelSchedule &s) const {
    return {{countedRows(cast<Op>(op), s), lossParts}};
  }
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<Op>(given);
    const RowKind rows = countedRows(op, s);
    KernelLaunch parts{
        static_cast<const Model *>(this)->kernel(op, s), {}, rows};
    parts.arrays.append(op->operand_begin(), op->operand_end());
    parts.arrays.push_back(s.temporaries[0]);
    s.launch(parts);
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
    KernelLaunch launch{static_cast<const Model *>(this)->kernel(op, s),
                        {},
                        countedRows(op, s)};
    launch.arrays.append(op->operand_begin(), op->operand_end());
    launch.arrays.push_back(op.getResult());
    s.launch(launch);
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

} // namespace

void bertc::registerKernelLowerings(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *c, bert::BertDialect *) {
    using bert::Activation;
    bert::ActivationGradientOp::attachInterface<ActivationGradientLowering>(*c);
    bert::AddOp::attachInterface<AddLowering>(*c);
    bert::AttentionOp::attachInterface<AttentionLowering>(*c);
    bert::AttentionGradientOp::attachInterface<AttentionGradientLowering>(*c);
    bert::BinaryCrossEntropyOp::attachInterface<PairLossLowering<
        bert::BinaryCrossEntropyOp, PairLoss::binaryCrossEntropy>>(*c);
    bert::BinaryCrossEntropyGradientOp::attachInterface<
        PairLossGradientLowering<bert::BinaryCrossEntropyGradientOp,
                                 PairLoss::binaryCrossEntropy>>(*c);
    bert::CrossEntropyOp::attachInterface<CrossEntropyLowering>(*c);
    bert::CrossEntropyGradientOp::attachInterface<CrossEntropyGradientLowering>(
        *c);
    bert::MeanSquaredErrorOp::attachInterface<
        PairLossLowering<bert::MeanSquaredErrorOp, PairLoss::squaredError>>(*c);
    bert::MeanSquaredErrorGradientOp::attachInterface<PairLossGradientLowering<
        bert::MeanSquaredErrorGradientOp, PairLoss::squaredError>>(*c);
    bert::SequenceCrossEntropyOp::attachInterface<SequenceCrossEntropyLowering>(
        *c);
    bert::SequenceCrossEntropyGradientOp::attachInterface<
        SequenceCrossEntropyGradientLowering>(*c);
    bert::ColumnSumsOp::attachInterface<ColumnSumsLowering>(*c);
    bert::CosineOp::attachInterface<
        EpsilonLowering<bert::CosineOp, cosineKernel>>(*c);
    bert::CosineGradientOp::attachInterface<
        EpsilonLowering<bert::CosineGradientOp, cosineGradientKernel>>(*c);
    bert::EmbeddingGradientOp::attachInterface<EmbeddingGradientLowering>(*c);
    bert::FirstTokenGradientOp::attachInterface<
        PoolGradientLowering<bert::FirstTokenGradientOp, Pooling::firstToken>>(
        *c);
    bert::GatherRowsGradientOp::attachInterface<GatherRowsGradientLowering>(*c);
    bert::L2NormalizeGradientOp::attachInterface<EpsilonLowering<
        bert::L2NormalizeGradientOp, l2NormalizeGradientKernel>>(*c);
    bert::LayerNormGradientOp::attachInterface<
        EpsilonLowering<bert::LayerNormGradientOp, layerNormGradientKernel>>(
        *c);
    bert::LayerNormScaleGradientOp::attachInterface<EpsilonLowering<
        bert::LayerNormScaleGradientOp, layerNormScaleGradientKernel>>(*c);
    bert::LinearWeightGradientOp::attachInterface<LinearWeightGradientLowering>(
        *c);
    bert::MeanPoolGradientOp::attachInterface<
        PoolGradientLowering<bert::MeanPoolGradientOp, Pooling::mean>>(*c);
    bert::PackTransposedOp::attachInterface<PackTransposedLowering>(*c);
    bert::PlaceColumnsOp::attachInterface<PlaceColumnsLowering>(*c);
    bert::ScaleOp::attachInterface<ScaleLowering>(*c);
    bert::EmbeddingOp::attachInterface<EmbeddingLowering>(*c);
    bert::FirstTokenOp::attachInterface<
        PoolingLowering<bert::FirstTokenOp, Pooling::firstToken>>(*c);
    bert::FusedEmbeddingOp::attachInterface<FusedEmbeddingLowering>(*c);
    bert::GatherRowsOp::attachInterface<GatherRowsLowering>(*c);
    bert::GeluOp::attachInterface<GeluLowering>(*c);
    bert::L2NormalizeOp::attachInterface<L2NormalizeLowering>(*c);
    bert::LayerNormOp::attachInterface<LayerNormLowering>(*c);
    bert::MeanPoolOp::attachInterface<
        PoolingLowering<bert::MeanPoolOp, Pooling::mean>>(*c);
    bert::PackedLinearOp::attachInterface<PackedLinearLowering>(*c);
    bert::ReluOp::attachInterface<
        ActivationLowering<bert::ReluOp, Activation::relu>>(*c);
    bert::SelfAttentionOp::attachInterface<SelfAttentionLowering>(*c);
    bert::SelfAttentionProbsOp::attachInterface<SelfAttentionProbsLowering>(*c);
    bert::SiluOp::attachInterface<
        ActivationLowering<bert::SiluOp, Activation::silu>>(*c);
    bert::SliceColumnsOp::attachInterface<SliceColumnsLowering>(*c);
    bert::TanhOp::attachInterface<
        ActivationLowering<bert::TanhOp, Activation::tanh>>(*c);
  });
}
