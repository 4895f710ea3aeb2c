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
//===----------------------------------------------------------------------===//

#include "passes/tile/GradientKernels.h"
#include "passes/tile/KernelBuilder.h"
#include "passes/tile/RowSteps.h"
#include "passes/tile/ScratchPlaces.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>

using namespace bertc;
using namespace mlir;

namespace {

/// Of one row block and one panel.
struct WeightGradientPlan {
  int64_t depth;  ///< rows of the batch at a time
  int64_t rows;   ///< most of dw at a time
  int64_t stride; ///< from one transposed row to the next
  int64_t panel, tileRows, lanes;

  explicit WeightGradientPlan(const TargetDescription &target)
      : panel(target.panel), tileRows(target.tileRows), lanes(target.lanes) {
    // A panel stays near the multipliers, and a transposed block in half of L2;
    // the deeper the block, the less often dw is read and written.
    constexpr int64_t deepest = 512;
    depth = std::min(deepest, target.panelBytes / (panel * 4)) / lanes * lanes;
    depth = std::max(depth, lanes);
    stride = target.rowStride(depth);
    rows = std::max<int64_t>(1, target.l2Bytes / 2 / (stride * 4) / tileRows) *
           tileRows;
  }
};

struct WeightGradientArrays {
  Value transposed; ///< [rows and up to a whole vector, stride]
  Value columns;    ///< [depth, panel] of x
  Value sums;       ///< [tileRows, panel], of a panel that is not full

  WeightGradientArrays(ScratchPlaces &places, const WeightGradientPlan &plan,
                       Type f32) {
    transposed = places.next(
        {int64_t(llvm::alignTo(plan.rows, plan.lanes)), plan.stride}, f32);
    columns = places.next({plan.depth, plan.panel}, f32);
    sums = places.next({plan.tileRows, plan.panel}, f32);
  }
};

class WeightGradientBuilder {
public:
  WeightGradientBuilder(KernelBuilder &k, int64_t outputs, int64_t inputs,
                        bool accumulates)
      : k(k), b(k.builder()), plan(k.targetDescription()), outputs(outputs),
        inputs(inputs), afterArrays(accumulates ? 4 : 3), zero(k.index(0)),
        one(k.index(1)), gradient(k.argument(afterArrays - 3)),
        x(k.argument(afterArrays - 2)), dw(k.argument(afterArrays - 1)),
        batch(k.argument(afterArrays + 1)), places(k, k.argument(afterArrays)),
        arrays(places, plan, b.getF32Type()) {
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
  /// vectors, nobody reads.
  void transpose(Value t, Value size, Value n, Value rows) {
    Value step = k.index(plan.lanes);
    const auto rowType = VectorType::get({plan.lanes}, b.getF32Type());
    const auto squareType =
        VectorType::get({plan.lanes, plan.lanes}, b.getF32Type());
    auto map = AffineMapAttr::get(
        AffineMap::getMinorIdentityMap(2, 1, b.getContext()));
    Value last = k.sub(size, one);
    k.loop(zero, size, step, [&](Value s) {
      k.loop(zero, rows, step, [&](Value r) {
        Value square = arith::ConstantOp::create(b, b.getZeroAttr(squareType));
        Value mask = vector::CreateMaskOp::create(
            b, VectorType::get({plan.lanes}, b.getI1Type()), k.sub(rows, r));
        for (int64_t i = 0; i < plan.lanes; ++i) {
          Value row = k.add(t, k.min(k.add(s, k.index(i)), last));
          Value v = vector::TransferReadOp::create(
              b, rowType, gradient, ValueRange{row, k.add(n, r)}, map, k.f32(0),
              mask, b.getBoolArrayAttr({true}));
          square = vector::InsertOp::create(b, v, square, ArrayRef<int64_t>{i});
        }
        square =
            vector::TransposeOp::create(b, square, ArrayRef<int64_t>{1, 0});
        for (int64_t i = 0; i < plan.lanes; ++i)
          vector::StoreOp::create(
              b, vector::ExtractOp::create(b, square, ArrayRef<int64_t>{i}),
              arrays.transposed, ValueRange{k.add(r, k.index(i)), s});
      });
    });
  }

  /// dw[n + r, p * panel + c] += the block's products, for c < used.
  void panel(Value t, Value size, Value n, Value rows, Value p, int64_t used) {
    Value column = k.mul(p, k.index(plan.panel));
    const auto type = VectorType::get({plan.panel}, b.getF32Type());
    k.loop(zero, size, one, [&](Value s) {
      Value v =
          vector::LoadOp::create(b, type, x, ValueRange{k.add(t, s), column});
      vector::StoreOp::create(b, v, arrays.columns, ValueRange{s, zero});
    });
    Value isFirst = k.equal(t, zero);
    if (beginsAnew)
      isFirst = arith::AndIOp::create(b, isFirst, beginsAnew);
    Value factor = k.slice(arrays.columns, {k.attr(0), k.attr(0)},
                           {size, k.attr(plan.panel)});
    k.forTiles(rows, plan.tileRows, /*usesTiles=*/false,
               [&](Value first, Value height) {
                 prefetchNextPanel(t, size, column, first, height, rows);
                 Value left = k.slice(arrays.transposed, {first, k.attr(0)},
                                      {height, size});
                 Value row = k.add(n, first);
                 if (used == plan.panel)
                   wholeTile(left, factor, isFirst, row, column, height);
                 else
                   partTile(left, factor, isFirst, row, column, height, used);
               });
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

  void wholeTile(Value left, Value factor, Value isFirst, Value row,
                 Value column, Value height) {
    Value c = k.slice(dw, {row, column}, {height, k.attr(plan.panel)});
    k.when(isFirst, [&] { clear(c); });
    linalg::MatmulOp::create(b, ValueRange{left, factor}, ValueRange{c});
  }

  /// Through scratch: a whole panel would reach into the next row.
  void partTile(Value left, Value factor, Value isFirst, Value row,
                Value column, Value height, int64_t used) {
    Value c = k.slice(arrays.sums, {k.attr(0), k.attr(0)},
                      {height, k.attr(plan.panel)});
    clear(c);
    linalg::MatmulOp::create(b, ValueRange{left, factor}, ValueRange{c});
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
                                          const TargetDescription &target) {
  ScratchPlaces places;
  WeightGradientArrays(places, WeightGradientPlan(target),
                       Float32Type::get(context));
  return places.bytes();
}

func::FuncOp bertc::weightGradientKernel(ModuleOp module, int64_t outputs,
                                         int64_t inputs, bool accumulates,
                                         const TargetDescription &target) {
  std::string name =
      llvm::formatv("{0}weight_gradient_{1}x{2}",
                    accumulates ? "accumulate_" : "", outputs, inputs)
          .str();
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
    WeightGradientBuilder(k, outputs, inputs, accumulates).build();
  });
}
