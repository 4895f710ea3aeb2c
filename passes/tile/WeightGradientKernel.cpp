//===- WeightGradientKernel.cpp - the product over a batch's rows ---------===//
//
// dw = gradientT x, whose inner dimension is the batch's rows. Threads share
// out rows of dw; of each row block, as ProductKernel.cpp has it,
//
//   T block     rows of the batch
//     row block   columns of the gradient, transposed into scratch: L2
//       panel       columns of x, copied into scratch: they are far apart in x
//         row tile    registers, added to dw
//
// Each element is summed over the batch in one order, whatever the threads. A
// sum over runs goes on from what dw holds.
//
// In bf16 both blocks are rounded as they are copied, into groups of the
// batch's rows (GroupedProduct.h), with zeros in the last; a matrix unit's sums
// go through scratch.
//
//===----------------------------------------------------------------------===//

#include "passes/tile/GradientKernels.h"
#include "passes/tile/GroupedProduct.h"
#include "passes/tile/KernelBuilder.h"
#include "passes/tile/ProductFactor.h"
#include "passes/tile/RowSteps.h"
#include "passes/tile/ScratchPlaces.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <string>

using namespace bertc;
using namespace mlir;

namespace {

/// Of one row block and one panel.
struct WeightGradientPlan {
  int64_t depth;  ///< rows of the batch at a time
  int64_t rows;   ///< most of dw at a time
  int64_t stride; ///< from one transposed row to the next
  int64_t group;  ///< rows of the batch that are multiplied side by side
  int64_t step;   ///< rows of the batch that are multiplied at a time
  int64_t panel, tileRows, lanes;
  Type element;   ///< of the transposed block: factorType
  Type panelType; ///< of the panel's elements
  bool rounds;    ///< to bf16
  bool usesTiles; ///< of a matrix unit

  WeightGradientPlan(MLIRContext *context, bert::Precision precision,
                     const TargetDescription &target)
      : group(bert::groupOf(precision)),
        step(group * target.groupsAtOnce(precision)), panel(target.panel),
        tileRows(target.tileRowsOf(precision)), lanes(target.lanes),
        element(factorType(context, precision, target)),
        panelType(bert::elementType(context, precision)),
        rounds(precision != bert::Precision::f32),
        usesTiles(target.usesTiles(precision)) {
    const int64_t bytes = element.getIntOrFloatBitWidth() / 8;
    // A panel stays near the multipliers, and a transposed block in half of L2;
    // the deeper the block, the less often dw is read and written.
    const int64_t deepest = 512 * group;
    const int64_t whole = std::max(squareRows(), step);
    depth = std::min(deepest,
                     target.panelBytes / (panel * bert::bytesOf(precision))) /
            whole * whole;
    depth = std::max(depth, whole);
    stride = target.rowStride(depth, bytes);
    // As in ProductFactor.cpp: rows an odd number of lines apart.
    if (usesTiles && stride * bytes % 128 == 0)
      stride += step;
    rows =
        std::max<int64_t>(1, target.l2Bytes / 2 / (stride * bytes) / tileRows) *
        tileRows;
  }

  /// Whether a lane of the transposed block holds a pair.
  bool hasPairs() const { return element.isBF16(); }
  /// Rows of the batch in a square of registers.
  int64_t squareRows() const { return hasPairs() ? 2 * lanes : lanes; }
};

struct WeightGradientArrays {
  Value transposed; ///< [rows and up to a whole vector, stride]
  Value columns;    ///< [depth / group, panel * group] of x
  Value sums;       ///< [tileRows, panel], of a panel that is not full or of a
                    ///< matrix unit
  Value leftGroups, rightGroups; ///< the first two [.., group]; null in f32

  WeightGradientArrays(ScratchPlaces &places, const WeightGradientPlan &plan) {
    const int64_t rows = llvm::alignTo(plan.rows, plan.lanes);
    const int64_t group = plan.group, groups = plan.depth / group;
    transposed = places.next({rows, plan.stride}, plan.element);
    if (plan.rounds)
      leftGroups =
          places.again({rows, plan.stride / group, group}, plan.element);
    columns = places.next({groups, plan.panel * group}, plan.panelType);
    if (plan.rounds)
      rightGroups = places.again({groups, plan.panel, group}, plan.panelType);
    sums = places.next({plan.tileRows, plan.panel},
                       Float32Type::get(plan.element.getContext()));
  }
};

class WeightGradientBuilder {
public:
  WeightGradientBuilder(KernelBuilder &k, int64_t outputs, int64_t inputs,
                        bert::Precision precision, bool accumulates)
      : k(k), b(k.builder()),
        plan(b.getContext(), precision, k.targetDescription()),
        outputs(outputs), inputs(inputs), afterArrays(accumulates ? 4 : 3),
        zero(k.index(0)), one(k.index(1)),
        gradient(k.argument(afterArrays - 3)), x(k.argument(afterArrays - 2)),
        dw(k.argument(afterArrays - 1)), batch(k.argument(afterArrays + 1)),
        places(k, k.argument(afterArrays)), arrays(places, plan) {
    if (accumulates)
      beginsAnew = k.isZero(k.argument(0));
  }

  void build() {
    auto [first, last] = k.share(k.index(outputs), k.argument(afterArrays + 2),
                                 k.argument(afterArrays + 3));
    // Of no rows the sums are zero: at least one block, be it empty.
    Value end = k.max(batch, one), depth = k.index(plan.depth);
    k.loop(zero, end, depth, [&, first = first, last = last](Value t) {
      Value size = k.min(k.sub(batch, t), depth);
      k.loop(first, last, k.index(plan.rows), [&](Value n) {
        Value rows = k.min(k.sub(last, n), k.index(plan.rows));
        transpose(t, size, n, rows);
        const int64_t full = inputs / plan.panel;
        k.loop(zero, k.index(full), one,
               [&](Value p) { panel(t, size, n, rows, p, plan.panel); });
        if (inputs % plan.panel != 0)
          panel(t, size, n, rows, k.index(full), inputs % plan.panel);
      });
    });
  }

private:
  /// transposed[r, s] = gradient[t + s, n + r] for r < rows, s < size, a square
  /// of registers at a time. What it writes past `size` or `rows`, up to whole
  /// vectors, nobody reads; but zeros up to a whole step.
  void transpose(Value t, Value size, Value n, Value rows) {
    Value step = k.index(plan.lanes);
    const auto rowType = VectorType::get({plan.lanes}, b.getF32Type());
    const auto squareType =
        VectorType::get({plan.lanes, plan.lanes}, b.getF32Type());
    auto map = AffineMapAttr::get(
        AffineMap::getMinorIdentityMap(2, 1, b.getContext()));
    Value end = wholeSteps(size);
    k.loop(zero, end, k.index(plan.squareRows()), [&](Value s) {
      k.loop(zero, rows, step, [&](Value r) {
        Value square = arith::ConstantOp::create(b, b.getZeroAttr(squareType));
        Value mask = vector::CreateMaskOp::create(
            b, VectorType::get({plan.lanes}, b.getI1Type()), k.sub(rows, r));
        auto read = [&](Value row) -> Value {
          return vector::TransferReadOp::create(
              b, rowType, gradient, ValueRange{row, k.add(n, r)}, map, k.f32(0),
              mask, b.getBoolArrayAttr({true}));
        };
        auto rowAt = [&](int64_t i) {
          return rowOfBlock(t, k.add(s, k.index(i)), size, read);
        };
        for (int64_t i = 0; i < plan.lanes; ++i) {
          Value v = plan.hasPairs() ? pairsOf(rowAt(2 * i), rowAt(2 * i + 1))
                    : plan.rounds   ? roundToBf16(b, rowAt(i))
                                    : rowAt(i);
          square = vector::InsertOp::create(b, v, square, ArrayRef<int64_t>{i});
        }
        square =
            vector::TransposeOp::create(b, square, ArrayRef<int64_t>{1, 0});
        for (int64_t i = 0; i < plan.lanes; ++i) {
          Value v = vector::ExtractOp::create(b, square, ArrayRef<int64_t>{i});
          if (plan.hasPairs())
            v = vector::BitCastOp::create(
                b, VectorType::get({2 * plan.lanes}, b.getBF16Type()), v);
          vector::StoreOp::create(b, v, arrays.transposed,
                                  ValueRange{k.add(r, k.index(i)), s});
        }
      });
    });
  }

  /// `size` rows of the batch up to a whole step.
  Value wholeSteps(Value size) {
    return k.mul(k.ceilDiv(size, k.index(plan.step)), k.index(plan.step));
  }

  /// read(t + s), the block's row s of `size`; past the last one that one or,
  /// where groups reach there, zero.
  Value rowOfBlock(Value t, Value s, Value size,
                   llvm::function_ref<Value(Value)> read) {
    Value v = read(k.add(t, k.min(s, k.sub(size, one))));
    if (plan.step == 1)
      return v;
    Value isThere =
        arith::CmpIOp::create(b, arith::CmpIPredicate::slt, s, size);
    Value none = arith::ConstantOp::create(b, b.getZeroAttr(v.getType()));
    return arith::SelectOp::create(b, isThere, v, none);
  }

  /// Two rows as pairs of bf16, each as wide as an f32, and moved as one.
  Value pairsOf(Value even, Value odd) {
    return vector::BitCastOp::create(
        b, even.getType(), narrowPairs(b, even, odd, k.targetDescription()));
  }

  /// columns = x[t + s, column + c] for s < size, in groups of s.
  void copyColumns(Value t, Value size, Value column) {
    const auto type = VectorType::get({plan.panel}, b.getF32Type());
    auto read = [&](Value row) -> Value {
      return vector::LoadOp::create(b, type, x, ValueRange{row, column});
    };
    Value groups = k.div(wholeSteps(size), k.index(plan.group));
    k.loop(zero, groups, one, [&](Value place) {
      Value s = k.mul(place, k.index(plan.group));
      Value v = rowOfBlock(t, s, size, read);
      if (plan.rounds)
        v = narrowPairs(b, v, rowOfBlock(t, k.add(s, one), size, read),
                        k.targetDescription());
      vector::StoreOp::create(b, v, arrays.columns, ValueRange{place, zero});
    });
  }

  /// dw[n + r, p * panel + c] += the block's products, for c < used.
  void panel(Value t, Value size, Value n, Value rows, Value p, int64_t used) {
    Value column = k.mul(p, k.index(plan.panel));
    copyColumns(t, size, column);
    Value isFirst = k.equal(t, zero);
    if (beginsAnew)
      isFirst = arith::AndIOp::create(b, isFirst, beginsAnew);
    k.forTiles(rows, plan.tileRows, plan.usesTiles,
               [&](Value first, Value height) {
                 prefetchNextPanel(t, size, column, first, height, rows);
                 Value row = k.add(n, first);
                 if (used == plan.panel && !plan.usesTiles)
                   wholeTile(first, size, isFirst, row, column, height);
                 else
                   partTile(first, size, isFirst, row, column, height, used);
               });
  }

  /// c += the block's product, for `height` rows of the transposed block from
  /// `first` on.
  void multiply(Value first, OpFoldResult height, Value size, Value c) {
    if (!plan.rounds) {
      Value left =
          k.slice(arrays.transposed, {first, k.attr(0)}, {height, size});
      Value right = k.slice(arrays.columns, {k.attr(0), k.attr(0)},
                            {size, k.attr(plan.panel)});
      linalg::MatmulOp::create(b, ValueRange{left, right}, ValueRange{c});
      return;
    }
    Value groups = k.groupsOf(size, plan.step, plan.group);
    const OpFoldResult none = k.attr(0), group = k.attr(plan.group);
    buildGroupedProduct(b,
                        k.slice(arrays.leftGroups, {first, none, none},
                                {height, groups, group}),
                        k.slice(arrays.rightGroups, {none, none, none},
                                {groups, k.attr(plan.panel), group}),
                        c);
  }

  /// The rows of x are far from each other, and so no CPU foresees which lines
  /// the next panel is copied from: each tile asks for its part of them.
  void prefetchNextPanel(Value t, Value size, Value column, Value first,
                         Value height, Value rows) {
    constexpr int64_t line = 64 / sizeof(float), secondLevel = 2;
    const auto type = cast<MemRefType>(x.getType());
    Value next = k.min(k.add(column, k.index(plan.panel)),
                       k.index(type.getDimSize(1) - plan.panel));
    Value begin = k.div(k.mul(size, first), rows);
    Value end = k.div(k.mul(size, k.add(first, height)), rows);
    k.loop(begin, end, one, [&](Value s) {
      for (int64_t i = 0; i < plan.panel; i += line)
        memref::PrefetchOp::create(
            b, x, ValueRange{k.add(t, s), k.add(next, k.index(i))},
            /*isWrite=*/false, secondLevel, /*isDataCache=*/true);
    });
  }

  void wholeTile(Value first, Value size, Value isFirst, Value row,
                 Value column, Value height) {
    Value c = k.slice(dw, {row, column}, {height, k.attr(plan.panel)});
    k.when(isFirst, [&] { clear(c); });
    multiply(first, height, size, c);
  }

  /// Through scratch: a whole panel would reach into the next row, or a matrix
  /// unit's tile into rows of other threads.
  void partTile(Value first, Value size, Value isFirst, Value row, Value column,
                Value height, int64_t used) {
    k.forTileRows(height, plan.usesTiles, [&](OpFoldResult whole) {
      Value c = k.slice(arrays.sums, {k.attr(0), k.attr(0)},
                        {whole, k.attr(plan.panel)});
      clear(c);
      multiply(first, whole, size, c);
    });
    k.loop(zero, height, one, [&](Value r) {
      k.overRow(
          used, {}, [&](Value i, Value mask, ValueRange) -> SmallVector<Value> {
            SmallVector<Value> place = {k.add(row, r), k.add(column, i)};
            Value sum = k.load(arrays.sums, {r, i}, mask);
            Value before = arith::SelectOp::create(
                b, isFirst, k.splat(k.f32(0)), k.load(dw, place, mask));
            k.store(arith::AddFOp::create(b, before, sum), dw, place, mask);
            return {};
          });
    });
  }

  void clear(Value c) {
    linalg::FillOp::create(b, ValueRange{k.f32(0)}, ValueRange{c});
  }

  KernelBuilder &k;
  ImplicitLocOpBuilder &b;
  const WeightGradientPlan plan;
  const int64_t outputs, inputs;
  const unsigned afterArrays; ///< the number of the first argument behind them
  Value beginsAnew;           ///< null: always
  Value zero, one, gradient, x, dw, batch;
  ScratchPlaces places;
  WeightGradientArrays arrays;
};

} // namespace

int64_t bertc::weightGradientScratchBytes(MLIRContext *context,
                                          bert::Precision precision,
                                          const TargetDescription &target) {
  ScratchPlaces places;
  WeightGradientArrays(places, WeightGradientPlan(context, precision, target));
  return places.bytes();
}

func::FuncOp bertc::weightGradientKernel(ModuleOp module, int64_t outputs,
                                         int64_t inputs,
                                         bert::Precision precision,
                                         bool accumulates,
                                         const TargetDescription &target) {
  std::string name =
      llvm::formatv("{0}weight_gradient_{1}x{2}",
                    accumulates ? "accumulate_" : "", outputs, inputs)
          .str();
  if (precision != bert::Precision::f32)
    name += ("_" + bert::stringifyPrecision(precision)).str();
  Builder types(module.getContext());
  MLIRContext *context = module.getContext();
  Type index = types.getIndexType();
  SmallVector<Type> arguments;
  if (accumulates)
    arguments.push_back(parameterVectorType(types, 1, target));
  arguments.append({rowsType(context, outputs, target),
                    rowsType(context, inputs, target),
                    MemRefType::get({outputs, inputs}, types.getF32Type()),
                    MemRefType::get({ShapedType::kDynamic}, types.getI8Type()),
                    index, index, index});
  return kernelOnce(module, name, arguments, target, [&](KernelBuilder &k) {
    WeightGradientBuilder(k, outputs, inputs, precision, accumulates).build();
  });
}
