//===- ProductFactor.h - rows as a product of lower precision reads them --===//
//
// Activations stay f32 in memory: what follows a product, LayerNorm, softmax
// and the residual stream, is as exact as in f32. A product of a lower
// precision rounds a block of its rows into the thread's scratch first, one
// pass over what then stays in L2 while all panels of the weight go by.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_PASSES_TILE_PRODUCTFACTOR_H
#define BERTC_PASSES_TILE_PRODUCTFACTOR_H

#include "passes/tile/KernelBuilder.h"
#include "passes/tile/ScratchPlaces.h"

#include "dialect/PackedLayout.h"

namespace bertc {

/// A block of rows, rounded or split: [rows, strideGroups, group], for each
/// term; and of integers what they are scaled with. Words of 16 bits are in
/// pairs of every other element of a group: [rows, strideGroups, 2, 2], where
/// element 2 q + p stands at [p, q].
struct FactorPlan {
  bert::Precision precision;
  int64_t terms;        ///< of bf16 that an f32 is split into, else 1
  int64_t group;        ///< elements of k side by side
  int64_t step;         ///< elements of k that are multiplied at a time
  int64_t depth;        ///< most elements of a row that are used at a time
  int64_t extent;       ///< most that are rounded at a time: whole depths
  int64_t rows;         ///< most rows
  int64_t strideGroups; ///< groups from one row to the next
  int64_t tileRows, panel;
  mlir::Type element; ///< factorType
  bool usesTiles;     ///< of a matrix unit
  bool usesWords;     ///< integers as words of 16 bits

  FactorPlan(mlir::MLIRContext *context, int64_t inputs,
             bert::Precision precision, const TargetDescription &target);
  int64_t bytes() const;
  /// The dimensions of a group in `FactorArrays::factor`.
  llvm::SmallVector<int64_t> groupShape() const;
};

/// The arrays of a plan in memory. But for `factor`, and `sums` where a matrix
/// unit makes them, only those of integers; `splitPanel` where there are terms.
struct FactorArrays {
  mlir::Value factor;       ///< [terms * rows, strideGroups, group...]
  mlir::Value splitPanel;   ///< [terms, depth / group, panel, group], or null
  mlir::Value rowScales;    ///< [rows] f32
  mlir::Value rowZeros;     ///< [rows] i32: the zero points
  mlir::Value columnScales; ///< [panel] f32
  mlir::Value columnSums;   ///< [panel] i32
  mlir::Value sums;         ///< [tileRows, panel]: i32 of integers, else f32

  FactorArrays() = default;
  FactorArrays(ScratchPlaces &places, const FactorPlan &plan);
};

/// Takes columnSums and columnScales from panel `p` of a weight that
/// bert.pack made of `inputs` columns in i8.
void loadColumnFacts(KernelBuilder &kernel, mlir::Value weight, mlir::Value p,
                     int64_t inputs, const FactorArrays &arrays);

/// The elements of such an array: the precision's own type where the CPU
/// multiplies it, else i16 for integers and f32 with rounded values for bf16.
mlir::Type factorType(mlir::MLIRContext *context, bert::Precision precision,
                      const TargetDescription &target);

/// factor[r, k / group, k % group] = rounded(a[firstRow + r, firstColumn + k])
/// for r < rows, k < columns; zero past `columns`, up to a multiple of `step`.
void roundRows(KernelBuilder &kernel, mlir::Value a, mlir::Value firstRow,
               mlir::Value rows, mlir::Value firstColumn, mlir::Value columns,
               mlir::Value factor, int64_t step);

/// Stores a vector of bf16 at `place` of a factor whose last two dimensions are
/// one, [rows, columns]. `rest`, where not null, says how many lanes there are;
/// the others are zero, and fill the last `step`.
void storeSteps(KernelBuilder &kernel, mlir::Value narrow,
                mlir::Value flatFactor, mlir::ValueRange place, int64_t step,
                mlir::Value rest);

/// Stores `x` rounded at `place` of a factor whose last two dimensions are one,
/// [rows, columns]. `rest`, where not null, says how many lanes of `x` there
/// are; the others are zero, and fill the last `step`. Gives what was stored,
/// in f32.
mlir::Value storeRounded(KernelBuilder &kernel, mlir::Value x,
                         mlir::Value flatFactor, mlir::ValueRange place,
                         int64_t step, mlir::Value rest);

/// The nearest bf16 of each f32 of a vector, ties to even; NaN stays one.
mlir::Value narrowToBf16(mlir::ImplicitLocOpBuilder &b, mlir::Value x,
                         const TargetDescription &target);
/// The same as f32, for CPUs without an instruction for it.
mlir::Value roundToBf16(mlir::ImplicitLocOpBuilder &b, mlir::Value x);
/// Two rows of f32 as pairs of bf16, {even[i], odd[i]} one after the other:
/// groups of a product that sums over rows.
mlir::Value narrowPairs(mlir::ImplicitLocOpBuilder &b, mlir::Value even,
                        mlir::Value odd, const TargetDescription &target);

} // namespace bertc

#endif // BERTC_PASSES_TILE_PRODUCTFACTOR_H
