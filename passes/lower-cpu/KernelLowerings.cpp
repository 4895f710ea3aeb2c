//===- KernelLowerings.cpp - which kernels compute an op ------------------===//
//
// One model of KernelLoweringOpInterface for each op, and their registration.
//
//===----------------------------------------------------------------------===//

#include "passes/lower-cpu/KernelSchedule.h"
#include "passes/tile/Kernels.h"

#include "dialect/BertDialect.h"
#include "dialect/BertOps.h"
#include "dialect/PackedLayout.h"

using namespace bertc;
using namespace mlir;

namespace {

template <typename Model, typename Op>
using Lowering = KernelLoweringOpInterface::ExternalModel<Model, Op>;

struct PackedLinearLowering
    : Lowering<PackedLinearLowering, bert::PackedLinearOp> {
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::PackedLinearOp>(given);
    ProductShape shape;
    shape.inputs = s.columns(op.getInput());
    shape.outputs = s.columns(op.getResult());
    shape.bias = bool(op.getBias());
    shape.residual = bool(op.getResidual());
    shape.activation = op.getActivation();
    shape.precision = bert::precisionOf(op);
    SmallVector<Value> operands = {s.buffer(op.getInput()),
                                   s.buffer(op.getWeight())};
    if (op.getBias())
      operands.push_back(s.buffer(op.getBias()));
    if (op.getResidual())
      operands.push_back(s.buffer(op.getResidual()));
    Value result = s.buffer(op.getResult());
    operands.push_back(result);
    if (productUsesScratch(shape.precision, s.target))
      operands.push_back(s.context.scratch);
    Value rows = s.rows(op.getResult());
    s.launch(productKernel(s.module, shape, s.target), operands, rows);
    // A row is whole only when every thread has done its panels.
    if (op.getScale())
      s.launch(
          layerNormKernel(s.module, shape.outputs,
                          op.getEpsilon()->convertToDouble(), s.target),
          {result, s.buffer(op.getScale()), s.buffer(op.getBeta()), result},
          rows);
  }
};

struct SelfAttentionLowering
    : Lowering<SelfAttentionLowering, bert::SelfAttentionOp> {
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::SelfAttentionOp>(given);
    const int64_t hidden = s.columns(op.getResult());
    const int64_t heads = op.getNumHeads();
    s.launch(attentionKernel(s.module, heads, hidden / heads, s.maxPositions,
                             op.getPrecision(), s.target),
             {s.buffer(op.getQkv()), s.buffer(op.getOffsets()),
              s.buffer(op.getResult()), s.context.scratch},
             s.context.sequences);
  }
};

struct SelfAttentionProbsLowering
    : Lowering<SelfAttentionProbsLowering, bert::SelfAttentionProbsOp> {
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::SelfAttentionProbsOp>(given);
    s.launch(attentionProbsKernel(s.module, s.columns(op.getQkv()),
                                  op.getNumHeads(), op.getHeadSize(),
                                  s.maxPositions, s.target),
             {s.buffer(op.getQkv()), s.buffer(op.getOffsets()),
              s.buffer(op.getResult()), s.context.scratch},
             s.context.sequences);
  }
};

/// `scale` and `bias` of a LayerNorm, or null.
void lowerEmbedding(KernelSchedule &s, ValueRange ids, ValueRange tables,
                    Value scale, Value bias, double epsilon, Value result) {
  EmbeddingShape shape;
  shape.columns = s.columns(result);
  shape.layerNorm = bool(scale);
  shape.epsilon = epsilon;
  SmallVector<Value> operands;
  for (Value id : ids)
    operands.push_back(s.buffer(id));
  for (Value table : tables) {
    operands.push_back(s.buffer(table));
    shape.tableRows.push_back(
        cast<RankedTensorType>(table.getType()).getDimSize(0));
  }
  if (scale)
    operands.append({s.buffer(scale), s.buffer(bias)});
  operands.push_back(s.buffer(result));
  s.launch(embeddingKernel(s.module, shape, s.target), operands,
           s.rows(result));
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
    s.launch(layerNormKernel(s.module, s.columns(op.getResult()),
                             op.getEpsilon().convertToDouble(), s.target),
             {s.buffer(op.getInput()), s.buffer(op.getScale()),
              s.buffer(op.getBias()), s.buffer(op.getResult())},
             s.rows(op.getResult()));
  }
};

template <typename Op, Pooling pooling>
struct PoolingLowering : Lowering<PoolingLowering<Op, pooling>, Op> {
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<Op>(given);
    s.launch(
        poolingKernel(s.module, pooling, s.columns(op.getResult()), s.target),
        {s.buffer(op.getInput()), s.buffer(op.getOffsets()),
         s.buffer(op.getResult())},
        s.context.sequences);
  }
};

struct L2NormalizeLowering
    : Lowering<L2NormalizeLowering, bert::L2NormalizeOp> {
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::L2NormalizeOp>(given);
    s.launch(l2NormalizeKernel(s.module, s.columns(op.getResult()),
                               op.getEpsilon().convertToDouble(), s.target),
             {s.buffer(op.getInput()), s.buffer(op.getResult())},
             s.rows(op.getResult()));
  }
};

struct GatherRowsLowering : Lowering<GatherRowsLowering, bert::GatherRowsOp> {
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::GatherRowsOp>(given);
    s.launch(gatherKernel(s.module, s.columns(op.getResult()), s.target),
             {s.buffer(op.getInput()), s.buffer(op.getRows()),
              s.buffer(op.getResult())},
             s.rows(op.getResult()));
  }
};

struct SliceColumnsLowering
    : Lowering<SliceColumnsLowering, bert::SliceColumnsOp> {
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::SliceColumnsOp>(given);
    s.launch(sliceKernel(s.module, s.columns(op.getInput()), op.getFirst(),
                         op.getCount(), s.target),
             {s.buffer(op.getInput()), s.buffer(op.getResult())},
             s.rows(op.getResult()));
  }
};

void lowerActivation(KernelSchedule &s, Operation *op,
                     bert::Activation activation) {
  Value result = op->getResult(0);
  s.launch(elementwiseKernel(s.module, s.columns(result), activation,
                             /*residual=*/false, s.target),
           {s.buffer(op->getOperand(0)), s.buffer(result)}, s.rows(result));
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
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::AddOp>(given);
    s.launch(elementwiseKernel(s.module, s.columns(op.getResult()),
                               bert::Activation::none, /*residual=*/true,
                               s.target),
             {s.buffer(op.getOperand(0)), s.buffer(op.getOperand(1)),
              s.buffer(op.getResult())},
             s.rows(op.getResult()));
  }
};

} // namespace

void bertc::registerKernelLowerings(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *c, bert::BertDialect *) {
    using bert::Activation;
    bert::AddOp::attachInterface<AddLowering>(*c);
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
