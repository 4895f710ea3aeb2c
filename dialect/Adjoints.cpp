//===- Adjoints.cpp - gradients of the ops of a model ---------------------===//

#include "dialect/BertOps.h"
#include "dialect/Verify.h"

#include <optional>

using namespace bertc::bert;
using namespace mlir;

namespace {

using Gradients = SmallVector<Value>;

/// gradient f'(x).
Gradients adjointOfActivation(OpBuilder &b, Operation *op, Value gradient,
                              Activation activation) {
  return {ActivationGradientOp::create(b, op->getLoc(), gradient,
                                       op->getOperand(0), activation)};
}

/// The parts by query, key and value of an attention's gradient [T, 3 H], for
/// an op whose first operands these are.
Gradients splitAttentionGradient(OpBuilder &b, Operation *op, Value all,
                                 const llvm::BitVector &wanted) {
  const int64_t hidden = columnsOf(op->getResult(0));
  Gradients gradients(op->getNumOperands());
  for (int64_t i = 0; i < 3; ++i)
    if (wanted[i])
      gradients[i] = SliceColumnsOp::create(b, op->getLoc(), all,
                                            b.getI64IntegerAttr(i * hidden),
                                            b.getI64IntegerAttr(hidden));
  return gradients;
}

} // namespace

Gradients EmbeddingOp::buildAdjoint(OpBuilder &b, Value gradient,
                                    const llvm::BitVector &wanted) {
  const size_t count = getIds().size();
  Gradients gradients(2 * count);
  for (size_t i = 0; i < count; ++i) {
    if (!wanted[count + i])
      continue;
    IntegerAttr padding;
    if (std::optional<ArrayRef<int64_t>> rows = getPadding();
        rows && (*rows)[i] >= 0)
      padding = b.getI64IntegerAttr((*rows)[i]);
    gradients[count + i] = EmbeddingGradientOp::create(
        b, getLoc(), gradient, getIds()[i],
        b.getI64IntegerAttr(rowsOf(getTables()[i])), padding);
  }
  return gradients;
}

Gradients LinearOp::buildAdjoint(OpBuilder &b, Value gradient,
                                 const llvm::BitVector &wanted) {
  Gradients gradients(getNumOperands());
  if (wanted[0])
    gradients[0] =
        LinearInputGradientOp::create(b, getLoc(), gradient, getWeight());
  if (wanted[1])
    gradients[1] =
        LinearWeightGradientOp::create(b, getLoc(), gradient, getInput());
  if (getBias() && wanted[2])
    gradients[2] = ColumnSumsOp::create(b, getLoc(), gradient);
  return gradients;
}

Gradients LayerNormOp::buildAdjoint(OpBuilder &b, Value gradient,
                                    const llvm::BitVector &wanted) {
  Gradients gradients(3);
  if (wanted[0])
    gradients[0] = LayerNormGradientOp::create(
        b, getLoc(), gradient, getInput(), getScale(), getEpsilonAttr());
  if (wanted[1])
    gradients[1] = LayerNormScaleGradientOp::create(
        b, getLoc(), gradient, getInput(), getEpsilonAttr());
  if (wanted[2])
    gradients[2] = ColumnSumsOp::create(b, getLoc(), gradient);
  return gradients;
}

Gradients GeluOp::buildAdjoint(OpBuilder &b, Value gradient,
                               const llvm::BitVector &) {
  return adjointOfActivation(b, *this, gradient,
                             getApproximate() == GeluForm::tanh
                                 ? Activation::gelu_tanh
                                 : Activation::gelu);
}
Gradients ReluOp::buildAdjoint(OpBuilder &b, Value gradient,
                               const llvm::BitVector &) {
  return adjointOfActivation(b, *this, gradient, Activation::relu);
}
Gradients SiluOp::buildAdjoint(OpBuilder &b, Value gradient,
                               const llvm::BitVector &) {
  return adjointOfActivation(b, *this, gradient, Activation::silu);
}
Gradients TanhOp::buildAdjoint(OpBuilder &b, Value gradient,
                               const llvm::BitVector &) {
  return adjointOfActivation(b, *this, gradient, Activation::tanh);
}

Gradients AddOp::buildAdjoint(OpBuilder &, Value gradient,
                              const llvm::BitVector &wanted) {
  return {wanted[0] ? gradient : Value(), wanted[1] ? gradient : Value()};
}

Gradients ScaleOp::buildAdjoint(OpBuilder &b, Value gradient,
                                const llvm::BitVector &) {
  return {ScaleOp::create(b, getLoc(), gradient, getFactorAttr())};
}

Gradients WeighOp::buildAdjoint(OpBuilder &b, Value gradient,
                                const llvm::BitVector &) {
  return {WeighOp::create(b, getLoc(), gradient, getWeight()), Value()};
}

Gradients AttentionOp::buildAdjoint(OpBuilder &b, Value gradient,
                                    const llvm::BitVector &wanted) {
  Value all =
      AttentionGradientOp::create(b, getLoc(), gradient, getQuery(), getKey(),
                                  getValue(), getOffsets(), getNumHeadsAttr());
  return splitAttentionGradient(b, *this, all, wanted);
}

Gradients DropoutAttentionOp::buildAdjoint(OpBuilder &b, Value gradient,
                                           const llvm::BitVector &wanted) {
  Value all = DropoutAttentionGradientOp::create(
      b, getLoc(), gradient, getQuery(), getKey(), getValue(), getOffsets(),
      getRandomKey(), getSequenceIds(), getNumHeadsAttr(), getRateAttr());
  return splitAttentionGradient(b, *this, all, wanted);
}

Gradients DropoutOp::buildAdjoint(OpBuilder &b, Value gradient,
                                  const llvm::BitVector &) {
  Gradients gradients(getNumOperands());
  gradients[0] =
      DropoutOp::create(b, getLoc(), gradient, getKey(), getSequenceIds(),
                        getOffsets(), getRateAttr());
  return gradients;
}

Gradients FirstTokenOp::buildAdjoint(OpBuilder &b, Value gradient,
                                     const llvm::BitVector &) {
  return {FirstTokenGradientOp::create(b, getLoc(), gradient, getOffsets(),
                                       getInput()),
          Value()};
}
Gradients MeanPoolOp::buildAdjoint(OpBuilder &b, Value gradient,
                                   const llvm::BitVector &) {
  return {MeanPoolGradientOp::create(b, getLoc(), gradient, getOffsets(),
                                     getInput()),
          Value()};
}
Gradients GatherRowsOp::buildAdjoint(OpBuilder &b, Value gradient,
                                     const llvm::BitVector &) {
  return {GatherRowsGradientOp::create(b, getLoc(), gradient, getRows(),
                                       getInput()),
          Value()};
}

Gradients L2NormalizeOp::buildAdjoint(OpBuilder &b, Value gradient,
                                      const llvm::BitVector &) {
  return {L2NormalizeGradientOp::create(b, getLoc(), gradient, getInput(),
                                        getEpsilonAttr())};
}

Gradients CosineOp::buildAdjoint(OpBuilder &b, Value gradient,
                                 const llvm::BitVector &wanted) {
  auto by = [&](Value input, Value other) -> Value {
    return CosineGradientOp::create(b, getLoc(), gradient, input, other,
                                    getEpsilonAttr());
  };
  return {wanted[0] ? by(getLhs(), getRhs()) : Value(),
          wanted[1] ? by(getRhs(), getLhs()) : Value()};
}

Gradients SliceColumnsOp::buildAdjoint(OpBuilder &b, Value gradient,
                                       const llvm::BitVector &) {
  return {PlaceColumnsOp::create(b, getLoc(), gradient, getFirstAttr(),
                                 b.getI64IntegerAttr(columnsOf(getInput())))};
}

// Labels have no gradient.

Gradients CrossEntropyOp::buildAdjoint(OpBuilder &b, Value gradient,
                                       const llvm::BitVector &) {
  return {CrossEntropyGradientOp::create(b, getLoc(), gradient, getLogits(),
                                         getLabels(), getIgnoreLabelAttr()),
          Value()};
}
Gradients SequenceCrossEntropyOp::buildAdjoint(OpBuilder &b, Value gradient,
                                               const llvm::BitVector &) {
  return {SequenceCrossEntropyGradientOp::create(
              b, getLoc(), gradient, getLogits(), getOffsets(), getLabels()),
          Value(), Value()};
}
Gradients BinaryCrossEntropyOp::buildAdjoint(OpBuilder &b, Value gradient,
                                             const llvm::BitVector &) {
  return {BinaryCrossEntropyGradientOp::create(b, getLoc(), gradient,
                                               getLogits(), getLabels()),
          Value()};
}
Gradients MeanSquaredErrorOp::buildAdjoint(OpBuilder &b, Value gradient,
                                           const llvm::BitVector &) {
  return {MeanSquaredErrorGradientOp::create(b, getLoc(), gradient,
                                             getPredictions(), getLabels()),
          Value()};
}
Gradients DistillationOp::buildAdjoint(OpBuilder &b, Value gradient,
                                       const llvm::BitVector &) {
  return {DistillationGradientOp::create(b, getLoc(), gradient, getLogits(),
                                         getTeacher(), getTemperatureAttr()),
          Value()};
}
Gradients PairSimilarityOp::buildAdjoint(OpBuilder &b, Value gradient,
                                         const llvm::BitVector &) {
  return {PairSimilarityGradientOp::create(b, getLoc(), gradient, getInput(),
                                           getLabels()),
          Value()};
}
Gradients PairRankingOp::buildAdjoint(OpBuilder &b, Value gradient,
                                      const llvm::BitVector &) {
  return {PairRankingGradientOp::create(b, getLoc(), gradient, getInput(),
                                        getLabels(), getScaleAttr()),
          Value()};
}
Gradients CosineEmbeddingOp::buildAdjoint(OpBuilder &b, Value gradient,
                                          const llvm::BitVector &) {
  return {CosineEmbeddingGradientOp::create(b, getLoc(), gradient,
                                            getPredictions(), getLabels(),
                                            getEpsilonAttr()),
          Value()};
}
