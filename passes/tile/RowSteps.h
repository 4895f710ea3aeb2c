//===- RowSteps.h - steps on one row that several kernels contain ---------===//

#ifndef BERTC_PASSES_TILE_ROWSTEPS_H
#define BERTC_PASSES_TILE_ROWSTEPS_H

#include "passes/tile/KernelBuilder.h"

namespace bertc {

/// Opens a loop over this thread's rows; the three arguments of the kernel from
/// `firstOfThree` on are rows, thread, threads.
void overRows(KernelBuilder &kernel, unsigned firstOfThree,
              KernelBuilder::Body body);

/// y[row] = value(column, mask) on `columns` columns, a vector at a time.
void writeRow(
    KernelBuilder &kernel, int64_t columns, mlir::Value y, mlir::Value row,
    llvm::function_ref<mlir::Value(mlir::Value column, mlir::Value mask)>
        value);

/// sum / columns.
mlir::Value meanOf(KernelBuilder &kernel, mlir::Value sum, int64_t columns);

/// Of a row, in all lanes of wide vectors.
struct RowStatistics {
  mlir::Value mean;
  mlir::Value inverse; ///< 1 / sqrt(var + epsilon)

  /// (x - mean) inverse
  mlir::Value normalize(mlir::ImplicitLocOpBuilder &b, mlir::Value x) const;
};

/// Mean and biased variance of a row of x [?,S] in two passes, as
/// torch.nn.LayerNorm.
RowStatistics rowStatistics(KernelBuilder &kernel, int64_t columns,
                            double epsilon, mlir::Value x, mlir::Value row);

/// y = (x - mean) / sqrt(var + epsilon) * scale + bias on one row of `columns`
/// elements: rowStatistics. x and y are [?,S], scale and bias [H]; y may be x.
void normalizeRow(KernelBuilder &kernel, int64_t columns, double epsilon,
                  mlir::Value x, mlir::Value xRow, mlir::Value scale,
                  mlir::Value bias, mlir::Value y, mlir::Value yRow);

/// How a parameter of rank one is stored: whole panels, the rest zero.
mlir::MemRefType parameterVectorType(mlir::Builder &builder, int64_t columns,
                                     const TargetDescription &target);

} // namespace bertc

#endif // BERTC_PASSES_TILE_ROWSTEPS_H
