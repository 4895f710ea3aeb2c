//===- InferTypes.cpp - result types from operands ------------------------===//
//
// Builders ask for these; parsed ops say their type, and the verifiers compare.
//
//===----------------------------------------------------------------------===//

#include "dialect/BertOps.h"
#include "dialect/Verify.h"

#include "llvm/Support/MathExtras.h"

#include <optional>

using namespace bertc::bert;
using namespace mlir;

namespace {

using Types = SmallVectorImpl<Type>;

/// One row of `columns` for each row of `from`.
LogicalResult inferRows(Types &types, Value from, int64_t columns) {
  Type element = Float32Type::get(from.getContext());
  types.push_back(RankedTensorType::get({rowsOf(from), columns}, element));
  return success();
}

LogicalResult inferLike(Types &types, Value like) {
  types.push_back(like.getType());
  return success();
}

/// A tensor of f32, as `from` is, whose sizes are known.
LogicalResult inferStatic(Types &types, Value from, ArrayRef<int64_t> shape) {
  types.push_back(
      RankedTensorType::get(shape, Float32Type::get(from.getContext())));
  return success();
}

LogicalResult inferPooled(Types &types, Value input, Value offsets) {
  int64_t ends = rowsOf(offsets);
  int64_t sequences = ShapedType::isDynamic(ends) ? ends : ends - 1;
  auto type = cast<RankedTensorType>(input.getType());
  types.push_back(type.clone({sequences, columnsOf(input)}));
  return success();
}

LogicalResult inferLookup(Types &types, ValueRange ids, ValueRange tables) {
  if (ids.empty() || tables.empty())
    return failure();
  return inferRows(types, ids.front(), columnsOf(tables.front()));
}

/// The maps of `heads` heads for each row of `from`.
LogicalResult inferMaps(Types &types, Value from, int64_t heads,
                        int64_t positions) {
  int64_t columns;
  if (heads <= 0 || positions <= 0 ||
      llvm::MulOverflow(heads, positions, columns))
    return failure();
  return inferRows(types, from, columns);
}

} // namespace

LogicalResult EmbeddingOp::inferReturnTypes(MLIRContext *,
                                            std::optional<Location>, Adaptor op,
                                            Types &types) {
  return inferLookup(types, op.getIds(), op.getTables());
}

LogicalResult FusedEmbeddingOp::inferReturnTypes(MLIRContext *,
                                                 std::optional<Location>,
                                                 Adaptor op, Types &types) {
  return inferLookup(types, op.getIds(), op.getTables());
}

LogicalResult LinearOp::inferReturnTypes(MLIRContext *, std::optional<Location>,
                                         Adaptor op, Types &types) {
  return inferRows(types, op.getInput(), rowsOf(op.getWeight()));
}

LogicalResult FusedLinearOp::inferReturnTypes(MLIRContext *,
                                              std::optional<Location>,
                                              Adaptor op, Types &types) {
  return inferRows(types, op.getInput(), rowsOf(op.getWeight()));
}

LogicalResult PackedLinearOp::inferReturnTypes(MLIRContext *,
                                               std::optional<Location>,
                                               Adaptor op, Types &types) {
  return inferRows(types, op.getInput(), op.getOutFeatures());
}

LogicalResult LayerNormOp::inferReturnTypes(MLIRContext *,
                                            std::optional<Location>, Adaptor op,
                                            Types &types) {
  types.push_back(op.getInput().getType());
  return success();
}

LogicalResult L2NormalizeOp::inferReturnTypes(MLIRContext *,
                                              std::optional<Location>,
                                              Adaptor op, Types &types) {
  return inferLike(types, op.getInput());
}

LogicalResult AttentionOp::inferReturnTypes(MLIRContext *,
                                            std::optional<Location>, Adaptor op,
                                            Types &types) {
  types.push_back(op.getQuery().getType());
  return success();
}

LogicalResult SelfAttentionOp::inferReturnTypes(MLIRContext *,
                                                std::optional<Location>,
                                                Adaptor op, Types &types) {
  return inferRows(types, op.getQkv(), columnsOf(op.getQkv()) / 3);
}

LogicalResult AttentionProbsOp::inferReturnTypes(MLIRContext *,
                                                 std::optional<Location>,
                                                 Adaptor op, Types &types) {
  return inferMaps(types, op.getQuery(), op.getNumHeads(),
                   op.getMaxPositions());
}

LogicalResult SelfAttentionProbsOp::inferReturnTypes(MLIRContext *,
                                                     std::optional<Location>,
                                                     Adaptor op, Types &types) {
  return inferMaps(types, op.getQkv(), op.getNumHeads(), op.getMaxPositions());
}

LogicalResult FirstTokenOp::inferReturnTypes(MLIRContext *,
                                             std::optional<Location>,
                                             Adaptor op, Types &types) {
  return inferPooled(types, op.getInput(), op.getOffsets());
}

LogicalResult MeanPoolOp::inferReturnTypes(MLIRContext *,
                                           std::optional<Location>, Adaptor op,
                                           Types &types) {
  return inferPooled(types, op.getInput(), op.getOffsets());
}

LogicalResult GatherRowsOp::inferReturnTypes(MLIRContext *,
                                             std::optional<Location>,
                                             Adaptor op, Types &types) {
  return inferRows(types, op.getRows(), columnsOf(op.getInput()));
}

LogicalResult SliceColumnsOp::inferReturnTypes(MLIRContext *,
                                               std::optional<Location>,
                                               Adaptor op, Types &types) {
  return inferRows(types, op.getInput(), op.getCount());
}

LogicalResult ConcatOp::inferReturnTypes(MLIRContext *, std::optional<Location>,
                                         Adaptor op, Types &types) {
  if (op.getSources().empty())
    return failure();
  auto first = cast<RankedTensorType>(op.getSources().front().getType());
  SmallVector<int64_t> shape(first.getShape());
  if (shape.empty())
    return failure();
  shape[0] = 0;
  for (Value source : op.getSources())
    shape[0] += rowsOf(source);
  types.push_back(first.clone(shape));
  return success();
}

/// Panels of the source's dimension `rows`.
static LogicalResult inferPanels(Types &types, Value matrix, int64_t panel,
                                 unsigned rows) {
  auto source = cast<RankedTensorType>(matrix.getType());
  if (panel <= 0 || !source.hasStaticShape())
    return failure();
  types.push_back(
      source.clone({int64_t(llvm::divideCeil(source.getDimSize(rows), panel)),
                    source.getDimSize(1 - rows), panel}));
  return success();
}

LogicalResult PackOp::inferReturnTypes(MLIRContext *, std::optional<Location>,
                                       Adaptor op, Types &types) {
  return inferPanels(types, op.getSource(), op.getPanel(), 0);
}

LogicalResult PackTransposedOp::inferReturnTypes(MLIRContext *,
                                                 std::optional<Location>,
                                                 Adaptor op, Types &types) {
  return inferPanels(types, op.getSource(), op.getPanel(), 1);
}

LogicalResult LinearInputGradientOp::inferReturnTypes(MLIRContext *,
                                                      std::optional<Location>,
                                                      Adaptor op,
                                                      Types &types) {
  return inferRows(types, op.getGradient(), columnsOf(op.getWeight()));
}
LogicalResult LinearWeightGradientOp::inferReturnTypes(MLIRContext *,
                                                       std::optional<Location>,
                                                       Adaptor op,
                                                       Types &types) {
  return inferStatic(types, op.getInput(),
                     {columnsOf(op.getGradient()), columnsOf(op.getInput())});
}
LogicalResult ColumnSumsOp::inferReturnTypes(MLIRContext *,
                                             std::optional<Location>,
                                             Adaptor op, Types &types) {
  return inferStatic(types, op.getInput(), {columnsOf(op.getInput())});
}
LogicalResult LayerNormGradientOp::inferReturnTypes(MLIRContext *,
                                                    std::optional<Location>,
                                                    Adaptor op, Types &types) {
  return inferLike(types, op.getInput());
}
LogicalResult LayerNormScaleGradientOp::inferReturnTypes(
    MLIRContext *, std::optional<Location>, Adaptor op, Types &types) {
  return inferStatic(types, op.getInput(), {columnsOf(op.getInput())});
}
LogicalResult ActivationGradientOp::inferReturnTypes(MLIRContext *,
                                                     std::optional<Location>,
                                                     Adaptor op, Types &types) {
  return inferLike(types, op.getInput());
}
LogicalResult AttentionGradientOp::inferReturnTypes(MLIRContext *,
                                                    std::optional<Location>,
                                                    Adaptor op, Types &types) {
  return inferRows(types, op.getQuery(), 3 * columnsOf(op.getQuery()));
}
LogicalResult EmbeddingGradientOp::inferReturnTypes(MLIRContext *,
                                                    std::optional<Location>,
                                                    Adaptor op, Types &types) {
  return inferStatic(types, op.getGradient(),
                     {int64_t(op.getRows()), columnsOf(op.getGradient())});
}
LogicalResult GatherRowsGradientOp::inferReturnTypes(MLIRContext *,
                                                     std::optional<Location>,
                                                     Adaptor op, Types &types) {
  return inferLike(types, op.getLike());
}
LogicalResult FirstTokenGradientOp::inferReturnTypes(MLIRContext *,
                                                     std::optional<Location>,
                                                     Adaptor op, Types &types) {
  return inferLike(types, op.getLike());
}
LogicalResult MeanPoolGradientOp::inferReturnTypes(MLIRContext *,
                                                   std::optional<Location>,
                                                   Adaptor op, Types &types) {
  return inferLike(types, op.getLike());
}
LogicalResult L2NormalizeGradientOp::inferReturnTypes(MLIRContext *,
                                                      std::optional<Location>,
                                                      Adaptor op,
                                                      Types &types) {
  return inferLike(types, op.getInput());
}
LogicalResult PlaceColumnsOp::inferReturnTypes(MLIRContext *,
                                               std::optional<Location>,
                                               Adaptor op, Types &types) {
  return inferRows(types, op.getInput(), op.getColumns());
}

LogicalResult CrossEntropyOp::inferReturnTypes(MLIRContext *,
                                               std::optional<Location>,
                                               Adaptor op, Types &types) {
  return inferStatic(types, op.getLogits(), {});
}
LogicalResult CrossEntropyGradientOp::inferReturnTypes(MLIRContext *,
                                                       std::optional<Location>,
                                                       Adaptor op,
                                                       Types &types) {
  return inferLike(types, op.getLogits());
}
LogicalResult SequenceCrossEntropyOp::inferReturnTypes(MLIRContext *,
                                                       std::optional<Location>,
                                                       Adaptor op,
                                                       Types &types) {
  return inferStatic(types, op.getLogits(), {});
}
LogicalResult SequenceCrossEntropyGradientOp::inferReturnTypes(
    MLIRContext *, std::optional<Location>, Adaptor op, Types &types) {
  return inferLike(types, op.getLogits());
}
LogicalResult BinaryCrossEntropyOp::inferReturnTypes(MLIRContext *,
                                                     std::optional<Location>,
                                                     Adaptor op, Types &types) {
  return inferStatic(types, op.getLogits(), {});
}
LogicalResult BinaryCrossEntropyGradientOp::inferReturnTypes(
    MLIRContext *, std::optional<Location>, Adaptor op, Types &types) {
  return inferLike(types, op.getLogits());
}
LogicalResult MeanSquaredErrorOp::inferReturnTypes(MLIRContext *,
                                                   std::optional<Location>,
                                                   Adaptor op, Types &types) {
  return inferStatic(types, op.getPredictions(), {});
}
LogicalResult MeanSquaredErrorGradientOp::inferReturnTypes(
    MLIRContext *, std::optional<Location>, Adaptor op, Types &types) {
  return inferLike(types, op.getPredictions());
}
LogicalResult DistillationOp::inferReturnTypes(MLIRContext *,
                                               std::optional<Location>,
                                               Adaptor op, Types &types) {
  return inferStatic(types, op.getLogits(), {});
}
LogicalResult DistillationGradientOp::inferReturnTypes(MLIRContext *,
                                                       std::optional<Location>,
                                                       Adaptor op,
                                                       Types &types) {
  return inferLike(types, op.getLogits());
}
LogicalResult CosineEmbeddingOp::inferReturnTypes(MLIRContext *,
                                                  std::optional<Location>,
                                                  Adaptor op, Types &types) {
  return inferStatic(types, op.getPredictions(), {});
}
LogicalResult CosineEmbeddingGradientOp::inferReturnTypes(
    MLIRContext *, std::optional<Location>, Adaptor op, Types &types) {
  return inferLike(types, op.getPredictions());
}
LogicalResult PairSimilarityOp::inferReturnTypes(MLIRContext *,
                                                 std::optional<Location>,
                                                 Adaptor op, Types &types) {
  return inferStatic(types, op.getInput(), {});
}
LogicalResult PairSimilarityGradientOp::inferReturnTypes(
    MLIRContext *, std::optional<Location>, Adaptor op, Types &types) {
  return inferLike(types, op.getInput());
}
LogicalResult PairRankingOp::inferReturnTypes(MLIRContext *,
                                              std::optional<Location>,
                                              Adaptor op, Types &types) {
  return inferStatic(types, op.getInput(), {});
}
LogicalResult PairRankingGradientOp::inferReturnTypes(MLIRContext *,
                                                      std::optional<Location>,
                                                      Adaptor op,
                                                      Types &types) {
  return inferLike(types, op.getInput());
}

LogicalResult GlobalNormOp::inferReturnTypes(MLIRContext *context,
                                             std::optional<Location>, Adaptor,
                                             Types &types) {
  types.push_back(RankedTensorType::get({}, Float32Type::get(context)));
  return success();
}
LogicalResult ClipFactorOp::inferReturnTypes(MLIRContext *,
                                             std::optional<Location>,
                                             Adaptor op, Types &types) {
  return inferLike(types, op.getNorm());
}

LogicalResult CosineOp::inferReturnTypes(MLIRContext *, std::optional<Location>,
                                         Adaptor op, Types &types) {
  return inferRows(types, op.getLhs(), 1);
}
LogicalResult CosineGradientOp::inferReturnTypes(MLIRContext *,
                                                 std::optional<Location>,
                                                 Adaptor op, Types &types) {
  return inferLike(types, op.getInput());
}

LogicalResult FoldInOp::inferReturnTypes(MLIRContext *, std::optional<Location>,
                                         Adaptor op, Types &types) {
  return inferLike(types, op.getKey());
}
LogicalResult DropoutOp::inferReturnTypes(MLIRContext *,
                                          std::optional<Location>, Adaptor op,
                                          Types &types) {
  return inferLike(types, op.getInput());
}
LogicalResult DropoutAttentionOp::inferReturnTypes(MLIRContext *,
                                                   std::optional<Location>,
                                                   Adaptor op, Types &types) {
  return inferLike(types, op.getQuery());
}
LogicalResult DropoutAttentionGradientOp::inferReturnTypes(
    MLIRContext *, std::optional<Location>, Adaptor op, Types &types) {
  return inferRows(types, op.getQuery(), 3 * columnsOf(op.getQuery()));
}
