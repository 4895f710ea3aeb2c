//===- KernelBuilder.h - shared vocabulary of the kernel generators -------===//
//
// A kernel is a private function on memrefs that one thread of a run calls with
// its number. This class opens such a function and offers the few forms that
// all kernels share: index arithmetic, loops, row vectors with a masked tail.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_PASSES_TILE_KERNELBUILDER_H
#define BERTC_PASSES_TILE_KERNELBUILDER_H

#include "passes/TargetDescription.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace bertc {

/// Of an activation of T rows: memref<?xSxf32> with S = rowStride(columns).
mlir::MemRefType rowsType(mlir::MLIRContext *context, int64_t columns,
                          const TargetDescription &target);

/// The kernel of that name in `module`; `build` writes its body on first use.
mlir::func::FuncOp
kernelOnce(mlir::ModuleOp module, llvm::StringRef name,
           mlir::TypeRange arguments, const TargetDescription &target,
           llvm::function_ref<void(class KernelBuilder &)> build);

/// Of ids, offsets, labels or row numbers: memref<?xi32>.
mlir::MemRefType numbersType(mlir::MLIRContext *context);

/// A constant vector of i32, all `value`.
mlir::Value splatI32(mlir::ImplicitLocOpBuilder &b, mlir::VectorType type,
                     int32_t value);

class KernelBuilder {
public:
  /// Opens `func.func private @name(arguments)` at the end of `module`; the
  /// builder stands in its body. The caller ends it with `finish`.
  KernelBuilder(mlir::ModuleOp module, llvm::StringRef name,
                mlir::TypeRange arguments, const TargetDescription &target);

  mlir::func::FuncOp finish();

  mlir::Value argument(unsigned i) const;
  mlir::ImplicitLocOpBuilder &builder() { return b; }
  const TargetDescription &targetDescription() const { return target; }

  mlir::Value index(int64_t value);
  mlir::Value f32(double value);
  mlir::Value add(mlir::Value x, mlir::Value y);
  mlir::Value sub(mlir::Value x, mlir::Value y);
  mlir::Value mul(mlir::Value x, mlir::Value y);
  mlir::Value div(mlir::Value x, mlir::Value y);
  mlir::Value ceilDiv(mlir::Value x, mlir::Value y);
  mlir::Value min(mlir::Value x, mlir::Value y);
  mlir::Value max(mlir::Value x, mlir::Value y);
  mlir::Value equal(mlir::Value x, mlir::Value y);
  /// Whether the first element of a memref of f32 is 0.
  mlir::Value isZero(mlir::Value number);
  /// A count as f32.
  mlir::Value toFloat(mlir::Value index);
  /// An element of a memref<?xi32>, as an index.
  mlir::Value numberAt(mlir::Value numbers, mlir::Value place);

  using Body = llvm::function_ref<void(mlir::Value)>;
  /// for (i = from; i < to; i += step) body(i)
  void loop(mlir::Value from, mlir::Value to, mlir::Value step, Body body);
  /// As `loop`, carrying values from one iteration to the next.
  mlir::ValueRange
  reduce(mlir::Value from, mlir::Value to, mlir::Value step,
         mlir::ValueRange init,
         llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::Value,
                                                           mlir::ValueRange)>
             body);
  void when(mlir::Value condition, llvm::function_ref<void()> body);
  /// if (condition) body() else otherwise()
  void choose(mlir::Value condition, llvm::function_ref<void()> body,
              llvm::function_ref<void()> otherwise);

  /// body(first, rows) for each tile of at most `most` rows of `count`: all as
  /// even as they can be, or one of a row or two would leave most of the
  /// multipliers idle. To a matrix unit a row more or less is nothing: whole
  /// tiles, and one for the rest.
  void forTiles(mlir::Value count, int64_t most, bool usesTiles,
                llvm::function_ref<void(mlir::Value, mlir::Value)> body);
  /// body(rows) for a tile of `rows` rows; of a matrix unit, whose tiles have
  /// 16, for 16 or 32 rows, of which those past `rows` are read and written
  /// too.
  void forTileRows(mlir::Value rows, bool usesTiles,
                   llvm::function_ref<void(mlir::OpFoldResult)> body);

  /// The part [first, last) of `count` items that thread `thread` of `threads`
  /// takes: contiguous, sizes differing by one at most.
  std::pair<mlir::Value, mlir::Value>
  share(mlir::Value count, mlir::Value thread, mlir::Value threads);

  /// The groups of `group` elements in so many elements, up to a whole `step`.
  mlir::Value groupsOf(mlir::Value elements, int64_t step, int64_t group);

  // Rows are walked in vectors of `wide()` lanes, four registers, so that
  // reductions keep four chains in flight.
  int64_t wide() const { return 4 * target.lanes; }
  mlir::VectorType wideType();
  mlir::Value splat(mlir::Value scalar);
  /// Calls body(column, mask) for each vector of a row of `columns` elements;
  /// `mask` is null but for a last vector that is not full. `carried` goes from
  /// one to the next; the last values are returned.
  llvm::SmallVector<mlir::Value>
  overRow(int64_t columns, mlir::ValueRange carried,
          llvm::function_ref<llvm::SmallVector<mlir::Value>(
              mlir::Value column, mlir::Value mask, mlir::ValueRange carried)>
              body);
  /// As `overRow` for a number of columns that the run knows, and with `rest`,
  /// how many lanes the last vector has, in the place of its mask.
  llvm::SmallVector<mlir::Value> overColumns(
      mlir::Value columns, mlir::ValueRange carried,
      llvm::function_ref<llvm::SmallVector<mlir::Value>(
          mlir::Value column, mlir::Value rest, mlir::ValueRange carried)>
          body);
  /// The mask of the first `count` lanes of `wide()`.
  mlir::Value firstLanes(mlir::Value count);
  /// A vector of `wide()` f32 at the given place; lanes off the mask are zero.
  mlir::Value load(mlir::Value memref, mlir::ValueRange place,
                   mlir::Value mask = {});
  void store(mlir::Value vector, mlir::Value memref, mlir::ValueRange place,
             mlir::Value mask = {});
  /// The sum or maximum of all lanes, in the tree order LLVM gives it.
  mlir::Value sumOf(mlir::Value vector);
  mlir::Value maxOf(mlir::Value vector);

  mlir::MemRefType memrefType(llvm::ArrayRef<int64_t> shape);
  /// A slice with unit strides; static sizes stay in the type.
  mlir::Value slice(mlir::Value memref,
                    llvm::ArrayRef<mlir::OpFoldResult> offsets,
                    llvm::ArrayRef<mlir::OpFoldResult> sizes);
  /// As `slice`, dropping the leading dimension of size one.
  mlir::Value sliceOff(mlir::Value memref,
                       llvm::ArrayRef<mlir::OpFoldResult> offsets,
                       llvm::ArrayRef<mlir::OpFoldResult> sizes);
  /// One panel of an array of them, as bert.pack lays them out: its rows, or
  /// groups of k, [first, first + count).
  mlir::Value panelOf(mlir::Value panels, mlir::OpFoldResult panel,
                      mlir::OpFoldResult first, mlir::OpFoldResult count);
  mlir::OpFoldResult attr(int64_t value) { return b.getIndexAttr(value); }

private:
  mlir::ImplicitLocOpBuilder b;
  mlir::func::FuncOp function;
  const TargetDescription &target;
};

} // namespace bertc

#endif // BERTC_PASSES_TILE_KERNELBUILDER_H
