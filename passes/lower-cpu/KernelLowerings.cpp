//===- KernelLowerings.cpp - which kernels compute an op ------------------===//
//
// One model of KernelLoweringOpInterface for each op, and their registration;
// those of backward passes are in GradientLowerings.cpp.
//
//===----------------------------------------------------------------------===//

#include "passes/lower-cpu/KernelLoweringForms.h"
#include "passes/tile/GradientKernels.h"

#include "dialect/BertDialect.h"
#include "dialect/BertOps.h"
#include "dialect/PackedLayout.h"

#include <optional>

using namespace bertc;
using namespace mlir;

namespace {

struct PackedLinearLowering
    : Lowering<PackedLinearLowering, bert::PackedLinearOp> {
  /// The weight may be packed by the run, the bias put together.
  bool takesConstantRows(Operation *, unsigned operand) const {
    return operand > 0;
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
    launchAttention(s, op,
                    separateAttentionKernel(
                        s.module, heads, s.columns(op.getResult()) / heads,
                        s.maxPositions, /*dropout=*/std::nullopt, s.target));
  }
};

/// Keys are arrays of constant shape that no rows of a run belong to.
struct FoldInLowering : Lowering<FoldInLowering, bert::FoldInOp> {
  bool takesConstantRows(Operation *, unsigned) const { return true; }
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::FoldInOp>(given);
    KernelLaunch launch =
        onOperands(op, foldInKernel(s.module, op.getNumber(), s.target),
                   RowKind::constant, op.getResult());
    launch.count = 1;
    s.launch(launch);
  }
};

struct DropoutLowering : Lowering<DropoutLowering, bert::DropoutOp> {
  bool takesConstantRows(Operation *op, unsigned operand) const {
    return op->getOperand(operand) == cast<bert::DropoutOp>(op).getKey();
  }
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::DropoutOp>(given);
    const int64_t columns = s.columns(op.getInput());
    const double rate = op.getRate().convertToDouble();
    s.launch(onOperands(
        op,
        op.getOffsets()
            ? tokenDropoutKernel(s.module, columns, rate, s.target)
            : sequenceDropoutKernel(s.module, columns, rate, s.target),
        RowKind::sequences, op.getResult()));
  }
};

struct DropoutAttentionLowering
    : Lowering<DropoutAttentionLowering, bert::DropoutAttentionOp> {
  bool takesConstantRows(Operation *op, unsigned operand) const {
    return op->getOperand(operand) ==
           cast<bert::DropoutAttentionOp>(op).getRandomKey();
  }
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::DropoutAttentionOp>(given);
    const int64_t heads = op.getNumHeads();
    launchAttention(s, op,
                    separateAttentionKernel(
                        s.module, heads, s.columns(op.getResult()) / heads,
                        s.maxPositions, op.getRate().convertToDouble(),
                        s.target));
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

} // namespace

void bertc::registerKernelLowerings(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *c, bert::BertDialect *) {
    using bert::Activation;
    registerGradientLowerings(*c);
    registerOptimizerLowerings(*c);
    registerAccumulationLowerings(*c);
    bert::AddOp::attachInterface<AddLowering>(*c);
    bert::AttentionOp::attachInterface<AttentionLowering>(*c);
    bert::DropoutAttentionOp::attachInterface<DropoutAttentionLowering>(*c);
    bert::DropoutOp::attachInterface<DropoutLowering>(*c);
    bert::EmbeddingOp::attachInterface<EmbeddingLowering>(*c);
    bert::FirstTokenOp::attachInterface<
        PoolingLowering<bert::FirstTokenOp, Pooling::firstToken>>(*c);
    bert::FoldInOp::attachInterface<FoldInLowering>(*c);
    bert::FusedEmbeddingOp::attachInterface<FusedEmbeddingLowering>(*c);
    bert::GatherRowsOp::attachInterface<GatherRowsLowering>(*c);
    bert::GeluOp::attachInterface<GeluLowering>(*c);
    bert::L2NormalizeOp::attachInterface<
        EpsilonLowering<bert::L2NormalizeOp, l2NormalizeKernel, 0>>(*c);
    bert::LayerNormOp::attachInterface<
        EpsilonLowering<bert::LayerNormOp, layerNormKernel, 0>>(*c);
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
