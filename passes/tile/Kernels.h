//===- Kernels.h - one generator for each kernel of a run -----------------===//
//
// Each function returns the kernel of the given shape in `module`, made on
// first use. All kernels split their work over the threads of a run without
// talking to each other; the schedule puts a barrier between them.
//
// T is the number of rows. Every activation is memref<?xSxf32> with S =
// TargetDescription::rowStride(columns); columns past the true ones hold
// nothing that anybody reads.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_PASSES_TILE_KERNELS_H
#define BERTC_PASSES_TILE_KERNELS_H

#include "passes/TargetDescription.h"

#include "dialect/BertOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

#include <string>

namespace bertc {

/// c = activation(a wT + bias) + residual, on a packed weight.
struct ProductShape {
  int64_t inputs = 0;      ///< K
  int64_t outputs = 0;     ///< N
  bool inputScale = false; ///< of rows of int8: times it before rounding
  bool bias = false;
  bool residual = false;
  bert::Activation activation = bert::Activation::none;
  bert::Precision precision = bert::Precision::f32;
};

/// (a [T,K], w as bert.pack has it, input scale [K]?, bias [P*panel]?, residual
///  [T,N]?, c [T,N], scratch bytes of this thread if productUsesScratch, rows,
///  thread, threads)
mlir::func::FuncOp productKernel(mlir::ModuleOp module,
                                 const ProductShape &shape,
                                 const TargetDescription &target);

/// Whether it takes scratch: its factors are rounded or split.
bool productUsesScratch(bert::Precision precision,
                        const TargetDescription &target);

/// What its factors are: the precision or, of f32 in terms of bf16, "bf16x3" or
/// "bf16x6".
std::string productFactors(bert::Precision precision,
                           const TargetDescription &target);

/// Bytes of scratch that one thread needs for rows of `inputs` elements.
int64_t productScratchBytes(mlir::MLIRContext *context, int64_t inputs,
                            bert::Precision precision,
                            const TargetDescription &target);

/// (qkv [T,3H], offsets [B+1], context [T,H], scratch bytes of this thread,
///  sequences, thread, threads)
mlir::func::FuncOp attentionKernel(mlir::ModuleOp module, int64_t heads,
                                   int64_t headSize, int64_t maxPositions,
                                   bert::Precision precision,
                                   const TargetDescription &target);
/// The same of three arrays, in f32: what a backward pass needs by itself. With
/// a rate of dropout, bert.dropout_attention.
/// (query [T,H], key [T,H], value [T,H], offsets [B+1], (random key [2],
///  sequence_ids [B])?, context [T,H], scratch bytes of this thread, sequences,
///  thread, threads)
mlir::func::FuncOp separateAttentionKernel(mlir::ModuleOp module, int64_t heads,
                                           int64_t headSize,
                                           int64_t maxPositions,
                                           std::optional<double> dropout,
                                           const TargetDescription &target);
/// The weights of attention, in f32. `inputs`, 2H or 3H, are the columns of qk.
/// (qk [T,inputs], offsets [B+1], maps [T,heads*maxPositions], scratch bytes of
///  this thread, sequences, thread, threads)
mlir::func::FuncOp attentionProbsKernel(mlir::ModuleOp module, int64_t inputs,
                                        int64_t heads, int64_t headSize,
                                        int64_t maxPositions,
                                        const TargetDescription &target);
/// Bytes of scratch one thread of either kernel needs.
int64_t attentionScratchBytes(mlir::MLIRContext *context, int64_t headSize,
                              int64_t maxPositions, bert::Precision precision,
                              const TargetDescription &target);

/// (x [T,H], scale [H], bias [H], y [T,H], rows, thread, threads); y may be x.
mlir::func::FuncOp layerNormKernel(mlir::ModuleOp module, int64_t columns,
                                   double epsilon,
                                   const TargetDescription &target);

struct EmbeddingShape {
  llvm::SmallVector<int64_t> tableRows;
  int64_t columns = 0;
  bool layerNorm = false;
  double epsilon = 0;
};
/// (ids [T] each, table [V,H] each, (scale [H], bias [H])?, y [T,H], rows,
///  thread, threads)
mlir::func::FuncOp embeddingKernel(mlir::ModuleOp module,
                                   const EmbeddingShape &shape,
                                   const TargetDescription &target);

/// y[p] = x[rows[p]]. (x [T,H], rows [P], y [P,H], P, thread, threads)
mlir::func::FuncOp gatherKernel(mlir::ModuleOp module, int64_t columns,
                                const TargetDescription &target);

/// y[t, c] = x[t, first + c] for c < count.
/// (x [T,H], y [T,count], rows, thread, threads)
mlir::func::FuncOp sliceKernel(mlir::ModuleOp module, int64_t columns,
                               int64_t first, int64_t count,
                               const TargetDescription &target);

enum class Pooling { firstToken, mean };
/// (x [T,H], offsets [B+1], y [B,H], sequences, thread, threads)
mlir::func::FuncOp poolingKernel(mlir::ModuleOp module, Pooling pooling,
                                 int64_t columns,
                                 const TargetDescription &target);

/// Both words. (key [2], 1, thread, threads)
mlir::func::FuncOp constantKeyKernel(mlir::ModuleOp module, int32_t words,
                                     const TargetDescription &target);
/// bert.fold_in. (key [2], key made of it [2], 1, thread, threads)
mlir::func::FuncOp foldInKernel(mlir::ModuleOp module, int64_t number,
                                const TargetDescription &target);
/// bert.dropout of one row a token. (x [T,H], key [2], sequence_ids [B],
///  offsets [B+1], y [T,H], sequences, thread, threads)
mlir::func::FuncOp tokenDropoutKernel(mlir::ModuleOp module, int64_t columns,
                                      double rate,
                                      const TargetDescription &target);
/// Of one row a sequence.
/// (x [B,H], key [2], sequence_ids [B], y [B,H], sequences, thread, threads)
mlir::func::FuncOp sequenceDropoutKernel(mlir::ModuleOp module, int64_t columns,
                                         double rate,
                                         const TargetDescription &target);

/// (x [T,H], y [T,H], rows, thread, threads)
mlir::func::FuncOp l2NormalizeKernel(mlir::ModuleOp module, int64_t columns,
                                     double epsilon,
                                     const TargetDescription &target);

/// y = activation(x) or, with `residual`, y = x + r: what no product took in.
/// (x [T,H], r [T,H]?, y [T,H], rows, thread, threads)
mlir::func::FuncOp elementwiseKernel(mlir::ModuleOp module, int64_t columns,
                                     bert::Activation activation, bool residual,
                                     const TargetDescription &target);

/// The scalar formula of an activation on f32 or vectors of it, as arith and
/// math ops.
mlir::Value activationFormula(mlir::OpBuilder &builder, mlir::Location loc,
                              bert::Activation activation, mlir::Value x);
/// Likewise that of its derivative.
mlir::Value activationDerivative(mlir::OpBuilder &builder, mlir::Location loc,
                                 bert::Activation activation, mlir::Value x);

} // namespace bertc

#endif // BERTC_PASSES_TILE_KERNELS_H
