//===- FusedOps.cpp - verifiers of what fusion and packing make -----------===//

#include "dialect/BertOps.h"
#include "dialect/PackedLayout.h"
#include "dialect/Quantization.h"
#include "dialect/Verify.h"

#include "llvm/Support/MathExtras.h"

using namespace bertc::bert;
using namespace mlir;

namespace {

/// C2, C3 and C4 of bert.fused_linear, for N = `outputs`.
template <typename Op> LogicalResult verifyEpilogue(Op op, int64_t outputs) {
  std::pair<StringRef, Value> vectors[] = {
      {"bias", op.getBias()}, {"scale", op.getScale()}, {"beta", op.getBeta()}};
  for (auto [name, vector] : vectors)
    if (vector && failed(verifyVector(op, "C2", name, vector, outputs)))
      return failure();
  if (failed(verifyColumnCount(op, "C3", op.getResult(), outputs)) ||
      failed(verifyRows(op, "C3", op.getInput(), op.getResult())))
    return failure();
  if (op.getResidual() &&
      op.getResidual().getType() != op.getResult().getType())
    return op.emitOpError("C3: residual must have type ")
           << op.getResult().getType() << ", got "
           << op.getResidual().getType();
  if (bool(op.getScale()) != bool(op.getBeta()) ||
      bool(op.getScale()) != op.getEpsilon().has_value())
    return op.emitOpError("C4: scale, beta and epsilon are given together");
  if (op.getEpsilon())
    return verifyEpsilon(op, "C4", *op.getEpsilon());
  return success();
}

/// C5 and C6 of bert.fused_linear.
template <typename Op> LogicalResult verifyColumns(Op op, Precision precision) {
  int64_t columns = columnsOf(op.getInput());
  if (op.getInputScale() && precision != Precision::int8)
    return op.emitOpError("C6: input_scale needs the precision int8");
  if (op.getInputScale() && failed(verifyVector(op, "C6", "input_scale",
                                                op.getInputScale(), columns)))
    return failure();
  if (precision == Precision::int8 && columns > bertc::mostInt8Columns)
    return op.emitOpError("C5: int8 takes rows of at most ")
           << bertc::mostInt8Columns << ", got " << columns;
  return success();
}

} // namespace

LogicalResult FusedLinearOp::verify() {
  auto weight = cast<RankedTensorType>(getWeight().getType());
  if (weight.getDimSize(1) != columnsOf(getInput()))
    return emitOpError("C1: weight ")
           << weight << " does not take rows of " << columnsOf(getInput());
  if (failed(verifyColumns(*this, getPrecision())))
    return failure();
  return verifyEpilogue(*this, weight.getDimSize(0));
}

int64_t FusedLinearOp::getFlopsPerRow() {
  return 2 * cast<RankedTensorType>(getWeight().getType()).getNumElements();
}

LogicalResult PackedLinearOp::verify() {
  auto weight = cast<RankedTensorType>(getWeight().getType());
  int64_t outputs = getOutFeatures();
  if (!weight.hasStaticShape() || outputs <= 0 || weight.getDimSize(2) <= 0 ||
      weight != packedType(getContext(), outputs, columnsOf(getInput()),
                           weight.getDimSize(2), precisionOf(*this)))
    return emitOpError("C1: weight ")
           << weight << " is no packing of [" << outputs << ", "
           << columnsOf(getInput()) << "]";
  if (failed(verifyColumns(*this, precisionOf(*this))))
    return failure();
  return verifyEpilogue(*this, outputs);
}

int64_t PackedLinearOp::getFlopsPerRow() {
  return 2 * int64_t(getOutFeatures()) * columnsOf(getInput());
}

LogicalResult SelfAttentionOp::verify() {
  int64_t hidden = columnsOf(getResult());
  if (columnsOf(getQkv()) != 3 * hidden)
    return emitOpError("C1: qkv must have ")
           << 3 * hidden << " columns, got " << getQkv().getType();
  if (failed(verifyRows(*this, "C1", getQkv(), getResult())))
    return failure();
  if (getPrecision() == Precision::int8)
    return emitOpError("C3: precision must be f32 or bf16");
  return verifyHeads(*this, "C2", getNumHeads(), hidden);
}

int64_t SelfAttentionOp::getFlopsPerTokenPair() {
  return 4 * columnsOf(getResult());
}

LogicalResult SelfAttentionProbsOp::verify() {
  int64_t heads = getNumHeads(), size = getHeadSize();
  if (heads <= 0 || size <= 0)
    return emitOpError("C1: num_heads and head_size must be positive, got ")
           << heads << " and " << size;
  int64_t hidden, columns = columnsOf(getQkv());
  if (llvm::MulOverflow(heads, size, hidden) || columns % hidden != 0 ||
      (columns / hidden != 2 && columns / hidden != 3))
    return emitOpError("C1: ")
           << heads << " heads of " << size
           << " columns need two or three times as many, got "
           << getQkv().getType();
  return verifyMaps(*this, "C2", heads, getMaxPositions(), getQkv(),
                    getResult());
}

int64_t SelfAttentionProbsOp::getFlopsPerTokenPair() {
  return 2 * int64_t(getNumHeads()) * int64_t(getHeadSize());
}

LogicalResult FusedEmbeddingOp::verify() {
  int64_t columns = columnsOf(getResult());
  if (failed(verifyEmbedding(*this, getIds(), getTables(), getResult())) ||
      failed(verifyVector(*this, "C3", "scale", getScale(), columns)) ||
      failed(verifyVector(*this, "C3", "bias", getBias(), columns)))
    return failure();
  return verifyEpsilon(*this, "C4", getEpsilon());
}
