//===- DropoutSteps.h - what is dropped, drawn in registers ---------------===//

#ifndef BERTC_PASSES_TILE_DROPOUTSTEPS_H
#define BERTC_PASSES_TILE_DROPOUTSTEPS_H

#include "passes/tile/KernelBuilder.h"

#include <array>

namespace bertc {

/// How a key is stored: whole panels, as vectors of parameters.
mlir::MemRefType keyType(mlir::MLIRContext *context,
                         const TargetDescription &target);

/// Philox4x32-10 (runtime/train/Philox.h) on i64, or on vectors of it. A word
/// is the lower half of its element: there the instruction that multiplies 32
/// bits by 32 (VPMULUDQ) reads its factors, so that no product has to be moved.
class Philox {
public:
  using Words = std::array<mlir::Value, 4>;

  /// The key is stored as `keyType` says.
  Philox(KernelBuilder &kernel, mlir::Value key);

  /// The words of a counter, all of one type. Upper halves of the counter do
  /// not matter, those of the words have no meaning.
  Words draw(Words counter) const;

private:
  mlir::ImplicitLocOpBuilder &b;
  static constexpr int rounds = 10;
  std::array<std::array<mlir::Value, 2>, rounds> keys; ///< i64
};

/// What bert.dropout and bert.dropout_attention keep at one site, a wide vector
/// at a time.
class DropoutDraws {
public:
  DropoutDraws(KernelBuilder &kernel, mlir::Value key, double rate);

  /// What the elements of a row have in common, as i64: the words of their
  /// counter behind the first.
  struct Row {
    mlir::Value place, sequenceId, head;
  };
  /// The row of a head's weights for a query, whose place is still to be set.
  Row rowOfHead(mlir::Value sequenceIds, mlir::Value sequence,
                mlir::Value head) const;
  /// A sequence's id, of sequence_ids.
  mlir::Value idOf(mlir::Value sequenceIds, mlir::Value sequence) const;
  mlir::Value wordOf(mlir::Value index) const;

  /// Whether each of the elements from `column`, a multiple of 4, on is kept.
  mlir::Value kept(mlir::Value column, const Row &row) const;
  /// 1 / (1 - rate) where `kept`, 0 elsewhere.
  mlir::Value factors(mlir::Value kept) const;

private:
  KernelBuilder &k;
  mlir::ImplicitLocOpBuilder &b;
  double rate;
  Philox philox;
};

} // namespace bertc

#endif // BERTC_PASSES_TILE_DROPOUTSTEPS_H
