//===- AttentionPlan.h - what attention keeps in a thread's scratch -------===//

#ifndef BERTC_PASSES_TILE_ATTENTIONPLAN_H
#define BERTC_PASSES_TILE_ATTENTIONPLAN_H

#include "passes/tile/KernelBuilder.h"
#include "passes/tile/ScratchPlaces.h"

#include "dialect/PackedLayout.h"

namespace bertc {

/// Sizes for one (sequence, head) pair at a time and one register tile of
/// queries. With `group` above 1 factors lie in groups (GroupedProduct.h).
struct AttentionPlan {
  int64_t headSize, group;
  int64_t step; ///< elements of a factor's row that are multiplied at a time
  int64_t tileRows, panel;
  int64_t paddedKeys, keyPanels, valuePanels;
  mlir::Type packed; ///< elements of keys and values
  mlir::Type factor; ///< elements of queries and weights
  bool usesTiles;    ///< of a matrix unit

  AttentionPlan(mlir::MLIRContext *context, int64_t headSize,
                int64_t maxPositions, bert::Precision precision,
                const TargetDescription &target);

  /// Whole steps; what is past a head's columns is zero.
  int64_t keyGroups() const { return paddedHead() / group; }
  int64_t paddedHead() const { return (headSize + step - 1) / step * step; }
  // A row of scores starts where the one before ends plus one panel: strides of
  // whole powers of two would put the rows of a tile into the same sets.
  int64_t scoreStride() const { return paddedKeys + panel; }
  int64_t bytes() const;
};

/// The arrays of a plan in memory. P panels, E groups of a head's columns, S
/// groups of keys; without groups the last dimension is absent.
struct AttentionArrays {
  mlir::Value keys;     ///< [P, E, panel, group]
  mlir::Value keyLanes; ///< the same, a group being one f32: [P, E, panel]
  mlir::Value values;   ///< [P, S, panel, group]
  mlir::Value scores;   ///< [tileRows, scoreStride] f32
  mlir::Value contexts; ///< [tileRows, P * panel] f32
  mlir::Value sums;     ///< [tileRows] and more, f32
  mlir::Value queries;  ///< [tileRows, E', group], null without groups
  mlir::Value weights;  ///< [tileRows, scoreStride / group, group], likewise

  AttentionArrays(ScratchPlaces &places, const AttentionPlan &plan);
};

/// keys[p, e, j] = k[p * panel + j, e] of the head whose keys begin at `column`
/// of qkv, for the `size` tokens from `begin` on. The rows past the last key
/// repeat it: their scores stay finite, and nobody reads them.
void packKeys(KernelBuilder &kernel, const AttentionPlan &plan, mlir::Value qkv,
              mlir::Value begin, mlir::Value size, mlir::Value column,
              const AttentionArrays &arrays);

/// values[p, i, j] = v[i, p * panel + j], zero past the head's columns and past
/// the last key, up to a whole step.
void packValues(KernelBuilder &kernel, const AttentionPlan &plan,
                mlir::Value qkv, mlir::Value begin, mlir::Value size,
                mlir::Value column, const AttentionArrays &arrays);

} // namespace bertc

#endif // BERTC_PASSES_TILE_ATTENTIONPLAN_H
