//===- ProductKernel.cpp - matrix product on packed panels ----------------===//
//
// Goto and van de Geijn's blocking ("Anatomy of High-Performance Matrix
// Multiplication", 2008), for operands whose sizes but T are constants:
//
//   row block   rows of A whose K block stays in L2
//     K block     a packed panel of it stays in L1
//       panel       `panel` columns of the weight
//         row tile    tileRows x panel accumulators in registers; of words
//                     wordTileRows
//
// On a matrix unit, which adds its sums to the result after each K block, the K
// blocks of a panel follow each other, while its columns are in L2.
//
// Each element is summed over k in one order whatever the tile and the thread,
// so its bits depend on its row and column alone. Products of a lower precision
// round a row block first (ProductFactor.h, RowQuantization.h), those of f32 on
// a matrix unit split it, and each panel (SplitProduct.h). The steps
// inside a tile are linalg ops on static panels; bert-vectorize-tiles turns
// them into registers.
//
//===----------------------------------------------------------------------===//

#include "passes/tile/GroupedProduct.h"
#include "passes/tile/KernelBuilder.h"
#include "passes/tile/Kernels.h"
#include "passes/tile/ProductFactor.h"
#include "passes/tile/RowQuantization.h"
#include "passes/tile/SplitProduct.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace bertc;
using namespace mlir;

namespace {

std::string nameOf(const ProductShape &shape, const TargetDescription &target) {
  std::string name =
      llvm::formatv("product_{0}x{1}", shape.inputs, shape.outputs).str();
  if (shape.inputScale)
    name += "_scaled";
  if (shape.bias)
    name += "_bias";
  if (shape.activation != bert::Activation::none)
    name += ("_" + bert::stringifyActivation(shape.activation)).str();
  if (shape.residual)
    name += "_residual";
  if (productUsesScratch(shape.precision, target))
    name += "_" + productFactors(shape.precision, target);
  return name;
}

/// Which dimensions of a tile an operand has: buildOnTile.
constexpr unsigned everywhere[] = {0, 1}, byRow[] = {0}, byColumn[] = {1};

/// activation(x) + residual
Value epilogueFormula(ImplicitLocOpBuilder &b, bert::Activation activation,
                      Value x, Value residual) {
  Value y = activationFormula(b, b.getLoc(), activation, x);
  return residual ? Value(arith::AddFOp::create(b, y, residual)) : y;
}

} // namespace

int64_t bertc::productScratchBytes(MLIRContext *context, int64_t inputs,
                                   bert::Precision precision,
                                   const TargetDescription &target) {
  return productUsesScratch(precision, target)
             ? FactorPlan(context, inputs, precision, target).bytes()
             : 0;
}

std::string bertc::productFactors(bert::Precision precision,
                                  const TargetDescription &target) {
  if (precision == bert::Precision::f32 && target.f32Terms > 1)
    return llvm::formatv("bf16x{0}", termProducts(target.f32Terms).size());
  return bert::stringifyPrecision(precision).str();
}

bool bertc::productUsesScratch(bert::Precision precision,
                               const TargetDescription &target) {
  return precision != bert::Precision::f32 || target.f32Terms > 1;
}

namespace {

class ProductBuilder {
public:
  ProductBuilder(KernelBuilder &k, const ProductShape &shape)
      : k(k), b(k.builder()), shape(shape), target(k.targetDescription()),
        rounds(productUsesScratch(shape.precision, target)),
        integers(shape.precision == bert::Precision::int8),
        plan(b.getContext(), shape.inputs, shape.precision, target),
        zero(k.index(0)), one(k.index(1)) {
    unsigned next = 0;
    a = k.argument(next++);
    w = k.argument(next++);
    inputScale = shape.inputScale ? k.argument(next++) : Value();
    bias = shape.bias ? k.argument(next++) : Value();
    residual = shape.residual ? k.argument(next++) : Value();
    c = k.argument(next++);
    if (rounds) {
      ScratchPlaces places(k, k.argument(next++));
      arrays = FactorArrays(places, plan);
    }
    rows = k.argument(next++);
    thread = k.argument(next++);
    threads = k.argument(next++);
  }

  /// One thread's work is a range of (row block, panel) pairs.
  void build() {
    Value panelCount = k.index(llvm::divideCeil(shape.outputs, target.panel));
    Value blocks = k.ceilDiv(rows, k.index(plan.rows));
    auto [begin, end] = k.share(k.mul(blocks, panelCount), thread, threads);
    Value firstBlock = k.div(begin, panelCount);
    Value lastBlock = k.ceilDiv(end, panelCount);
    k.loop(firstBlock, lastBlock, one, [&, begin = begin, end = end](Value i) {
      Value base = k.mul(i, panelCount);
      // Row blocks are as even as they can be, as the tiles in them.
      auto [first, last] = k.share(rows, i, blocks);
      rowBlock(first, k.sub(last, first), k.max(k.sub(begin, base), zero),
               k.min(k.sub(end, base), panelCount));
    });
  }

private:
  /// A block of K: [first, first + size), which are `groups` groups.
  struct Depth {
    Value first, inFactor, rows;
    OpFoldResult size, groups;
    Value isFirst, isLast;
  };

  void rowBlock(Value firstRow, Value blockRows, Value firstPanel,
                Value lastPanel) {
    // The weight's zeros make whole steps of K: whatever integers meet them.
    if (integers)
      quantizeRows(k, {a, inputScale, shape.inputs}, firstRow, blockRows,
                   {arrays.factor, arrays.rowScales, arrays.rowZeros});
    k.loop(zero, k.index(shape.inputs), k.index(plan.extent), [&](Value first) {
      Value size =
          k.min(k.sub(k.index(shape.inputs), first), k.index(plan.extent));
      if (plan.terms > 1)
        splitRows(k, plan, a, firstRow, blockRows, first, size, arrays.factor);
      else if (rounds && !integers)
        roundRows(k, a, firstRow, blockRows, first, size, arrays.factor,
                  plan.step);
      k.loop(firstPanel, lastPanel, one, [&](Value p) {
        if (plan.extent == plan.depth)
          return panel(p, firstRow, blockRows, depthAt(first, zero));
        k.loop(zero, size, k.index(plan.depth), [&](Value inFactor) {
          panel(p, firstRow, blockRows,
                depthAt(k.add(first, inFactor), inFactor));
        });
      });
    });
  }

  /// The block of K from element `first` on, which begins at element `inFactor`
  /// of the factor.
  Depth depthAt(Value first, Value inFactor) {
    const int64_t depth = plan.depth;
    Value left = k.sub(k.index(shape.inputs), first);
    Depth block;
    block.first = first;
    block.inFactor = inFactor;
    block.isFirst = k.equal(first, zero);
    block.isLast = arith::CmpIOp::create(b, arith::CmpIPredicate::sle, left,
                                         k.index(depth));
    // K in one block, or in equal ones, is known when the kernel is made.
    const int64_t known = shape.inputs < depth        ? shape.inputs
                          : shape.inputs % depth == 0 ? depth
                                                      : 0;
    Value size = known ? k.index(known) : k.min(left, k.index(depth));
    block.rows = size;
    block.size = known ? k.attr(known) : OpFoldResult(size);
    block.groups = known
                       ? k.attr(llvm::divideCeil(known, plan.step) *
                                (plan.step / plan.group))
                       : OpFoldResult(k.groupsOf(size, plan.step, plan.group));
    return block;
  }

  void panel(Value p, Value firstRow, Value blockRows, const Depth &depth) {
    if (integers)
      loadColumnFacts(k, w, p, shape.inputs, arrays);
    SmallVector<Value> weights;
    if (plan.terms > 1) {
      splitPanel(k, plan, w, p, depth.first, depth.rows, shape.inputs,
                 arrays.splitPanel);
      for (int64_t term = 0; term < plan.terms; ++term)
        weights.push_back(k.panelOf(arrays.splitPanel, k.attr(term), k.attr(0),
                                    depth.groups));
    } else {
      weights.push_back(k.panelOf(w, p, k.div(depth.first, k.index(plan.group)),
                                  depth.groups));
    }
    Value column = k.mul(p, k.index(plan.panel));
    k.forTiles(blockRows, plan.tileRows, plan.usesTiles,
               [&](Value inBlock, Value height) {
                 if (plan.usesTiles)
                   prefetchNextBlock(p, depth.first, inBlock, blockRows);
                 tile(weights, column, firstRow, inBlock, height, depth);
               });
  }

  /// The matrix unit's loads do not run ahead of it as those of vectors do: the
  /// weight's next block, which lies behind this one, comes from memory while
  /// this one's tiles are multiplied, each tile a part of it.
  void prefetchNextBlock(Value p, Value first, Value inBlock, Value blockRows) {
    constexpr int64_t lineBytes = 64, secondLevel = 2;
    auto type = cast<MemRefType>(w.getType());
    const int64_t perLine =
        lineBytes * 8 / type.getElementType().getIntOrFloatBitWidth();
    const int64_t lines = plan.depth * plan.panel / perLine;
    SmallVector<ReassociationIndices> all(1);
    for (int64_t d = 0; d < type.getRank(); ++d)
      all.front().push_back(d);
    Value flat = memref::CollapseShapeOp::create(b, w, all);
    const int64_t panelElements = type.getNumElements() / type.getDimSize(0);
    Value next =
        k.add(k.mul(p, k.index(panelElements)),
              k.mul(k.add(first, k.index(plan.depth)), k.index(plan.panel)));
    Value share = k.ceilDiv(k.index(lines * plan.tileRows), blockRows);
    Value begin = k.mul(k.div(inBlock, k.index(plan.tileRows)), share);
    // A single tile is done before anything could come.
    Value isOne = arith::CmpIOp::create(b, arith::CmpIPredicate::sle, blockRows,
                                        k.index(plan.tileRows));
    Value end = arith::SelectOp::create(
        b, isOne, begin, k.min(k.add(begin, share), k.index(lines)));
    k.loop(begin, end, one, [&](Value line) {
      Value at = k.add(next, k.mul(line, k.index(perLine)));
      at = k.min(at, k.index(type.getNumElements() - 1));
      memref::PrefetchOp::create(b, flat, ValueRange{at},
                                 /*isWrite=*/false, secondLevel,
                                 /*isDataCache=*/true);
    });
  }

  void tile(ArrayRef<Value> weights, Value column, Value firstRow,
            Value inBlock, Value height, const Depth &depth) {
    Value row = k.add(firstRow, inBlock);
    const SmallVector<OpFoldResult> sizes = {height, k.attr(plan.panel)};
    Tile tile{weights,
              inBlock,
              height,
              shape.bias ? k.slice(bias, {column}, {k.attr(plan.panel)})
                         : Value(),
              residual ? k.slice(residual, {row, column}, sizes) : Value(),
              k.slice(c, {row, column}, sizes)};
    if (integers)
      return integerTile(tile, depth);
    if (plan.usesTiles)
      return floatMatrixTile(tile, depth);
    if (tile.residual)
      k.when(depth.isLast, [&] { prefetch(tile.residual, /*write=*/false); });
    k.when(depth.isFirst, [&] { start(tile); });
    if (!rounds)
      linalg::MatmulOp::create(
          b,
          ValueRange{k.slice(a, {row, depth.first}, {height, depth.size}),
                     weights[0]},
          ValueRange{tile.c});
    else
      buildGroupedProduct(b, factorOf(tile, depth, height), weights[0], tile.c);
    if (residual || shape.activation != bert::Activation::none)
      k.when(depth.isLast, [&] { finish(tile); });
  }

  struct Tile {
    ArrayRef<Value> weights; ///< of each term
    Value inBlock, height;
    Value bias, residual; ///< null where there is none
    Value c;
  };

  /// Short pieces of many rows, which no CPU foresees: they come while the tile
  /// is computed, or the stores at its end would wait for each other.
  void prefetch(Value tile, bool write) {
    constexpr int64_t line = 64 / sizeof(float), nearest = 3;
    Value height = memref::DimOp::create(b, tile, 0);
    k.loop(zero, height, one, [&](Value r) {
      for (int64_t column = 0; column < plan.panel; column += line)
        memref::PrefetchOp::create(b, tile, ValueRange{r, k.index(column)},
                                   write, nearest, /*isDataCache=*/true);
    });
  }

  /// `height` rows of the factor, the tile's or more: those that follow are
  /// the next tile's, or whatever the scratch holds there.
  Value factorOf(const Tile &tile, const Depth &depth, OpFoldResult height,
                 int64_t term = 0) {
    Value row =
        term ? k.add(tile.inBlock, k.index(term * plan.rows)) : tile.inBlock;
    SmallVector<OpFoldResult> first = {
        row, plan.extent == plan.depth
                 ? k.attr(0)
                 : OpFoldResult(k.div(depth.inFactor, k.index(plan.group)))};
    SmallVector<OpFoldResult> sizes = {height, depth.groups};
    for (int64_t size : plan.groupShape()) {
      first.push_back(k.attr(0));
      sizes.push_back(k.attr(size));
    }
    return k.slice(arrays.factor, first, sizes);
  }

  /// The first rows of the scratch for sums.
  Value sumsOf(OpFoldResult height) {
    return k.slice(arrays.sums, {k.attr(0), k.attr(0)},
                   {height, k.attr(plan.panel)});
  }

  /// sums += the tile's product or, with `clear`, sums = it. A matrix unit
  /// multiplies all rows of one or two of its tiles; the sums of rows past
  /// `height` mean nothing.
  void multiplyIntoSums(const Tile &tile, const Depth &depth, bool clear) {
    auto multiply = [&](OpFoldResult height) {
      Value sums = sumsOf(height);
      if (clear)
        linalg::FillOp::create(b, ValueRange{k.f32(0)}, ValueRange{sums});
      if (plan.terms == 1)
        return buildGroupedProduct(b, factorOf(tile, depth, height),
                                   tile.weights[0], sums);
      SmallVector<Value> factors;
      for (int64_t term = 0; term < plan.terms; ++term)
        factors.push_back(factorOf(tile, depth, height, term));
      for (auto [left, right] : termProducts(plan.terms))
        buildGroupedProduct(b, factors[left], tile.weights[right], sums);
    };
    k.forTileRows(tile.height, plan.usesTiles, multiply);
  }

  /// c = (bias, zero or c) + the K block's product and, after the last block,
  /// c = activation(c) + residual: one pass over c for each block.
  void floatMatrixTile(const Tile &tile, const Depth &depth) {
    multiplyIntoSums(tile, depth, /*clear=*/true);
    auto add = [&](bool first, bool last) {
      SmallVector<Value> inputs = {sumsOf(tile.height)};
      SmallVector<ArrayRef<unsigned>> dimensions = {everywhere};
      auto use = [&](Value input, ArrayRef<unsigned> of) {
        inputs.push_back(input);
        dimensions.push_back(of);
      };
      if (first && tile.bias)
        use(tile.bias, byColumn);
      if (last && tile.residual)
        use(tile.residual, everywhere);
      buildOnTile(b, inputs, dimensions, tile.c,
                  [&](ImplicitLocOpBuilder &i, ValueRange x) {
                    Value y = x[0];
                    if (!first)
                      y = arith::AddFOp::create(i, x.back(), y);
                    else if (tile.bias)
                      y = arith::AddFOp::create(i, x[1], y);
                    if (!last)
                      return y;
                    return epilogueFormula(i, shape.activation, y,
                                           tile.residual ? x.drop_back().back()
                                                         : Value());
                  });
    };
    if (shape.inputs <= plan.depth)
      return add(true, true);
    k.choose(
        depth.isFirst, [&] { add(true, false); },
        [&] {
          k.choose(
              depth.isLast, [&] { add(false, true); },
              [&] { add(false, false); });
        });
  }

  /// c = bias, or zero.
  void start(const Tile &tile) {
    if (tile.bias)
      linalg::BroadcastOp::create(b, tile.bias, tile.c, ArrayRef<int64_t>{0});
    else
      linalg::FillOp::create(b, ValueRange{k.f32(0)}, ValueRange{tile.c});
  }

  /// c = activation(c) + residual.
  void finish(const Tile &tile) {
    SmallVector<Value> inputs;
    SmallVector<ArrayRef<unsigned>> dimensions;
    if (tile.residual) {
      inputs.push_back(tile.residual);
      dimensions.push_back(everywhere);
    }
    buildOnTile(b, inputs, dimensions, tile.c,
                [&](ImplicitLocOpBuilder &i, ValueRange x) {
                  return epilogueFormula(i, shape.activation, x.back(),
                                         tile.residual ? x.front() : Value());
                });
  }

  /// All of K at once: c = activation(bias + sums scales) + residual.
  void integerTile(const Tile &tile, const Depth &depth) {
    // Other products begin with c, and so have fetched it.
    prefetch(tile.c, /*write=*/true);
    if (tile.residual)
      prefetch(tile.residual, /*write=*/false);
    Value sums = sumsOf(tile.height);
    buildZeroPoints(b, k.slice(arrays.rowZeros, {tile.inBlock}, {tile.height}),
                    arrays.columnSums, sums);
    multiplyIntoSums(tile, depth, /*clear=*/false);

    SmallVector<Value> inputs = {
        sums, k.slice(arrays.rowScales, {tile.inBlock}, {tile.height}),
        arrays.columnScales};
    SmallVector<ArrayRef<unsigned>> dimensions = {everywhere, byRow, byColumn};
    if (tile.bias) {
      inputs.push_back(tile.bias);
      dimensions.push_back(byColumn);
    }
    if (tile.residual) {
      inputs.push_back(tile.residual);
      dimensions.push_back(everywhere);
    }
    buildOnTile(b, inputs, dimensions, tile.c,
                [&](ImplicitLocOpBuilder &i, ValueRange x) {
                  Value sum = arith::SIToFPOp::create(i, i.getF32Type(), x[0]);
                  Value y = arith::MulFOp::create(
                      i, sum, arith::MulFOp::create(i, x[1], x[2]));
                  if (tile.bias)
                    y = arith::AddFOp::create(i, x[3], y);
                  return epilogueFormula(i, shape.activation, y,
                                         tile.residual ? x.drop_back().back()
                                                       : Value());
                });
  }

  KernelBuilder &k;
  ImplicitLocOpBuilder &b;
  const ProductShape &shape;
  const TargetDescription &target;
  const bool rounds, integers;
  const FactorPlan plan;
  Value zero, one;
  Value a, w, inputScale, bias, residual, c, rows, thread, threads;
  FactorArrays arrays;
};

} // namespace

func::FuncOp bertc::productKernel(ModuleOp module, const ProductShape &shape,
                                  const TargetDescription &target) {
  std::string name = nameOf(shape, target);

  MLIRContext *context = module.getContext();
  Type f32 = Float32Type::get(context), index = IndexType::get(context);
  const auto packed = bert::packedType(context, shape.outputs, shape.inputs,
                                       target.panel, shape.precision);
  SmallVector<Type> arguments = {
      rowsType(context, shape.inputs, target),
      MemRefType::get(packed.getShape(), packed.getElementType())};
  // Vectors are padded to whole panels.
  if (shape.inputScale)
    arguments.push_back(MemRefType::get(
        {int64_t(llvm::alignTo(shape.inputs, target.panel))}, f32));
  if (shape.bias)
    arguments.push_back(
        MemRefType::get({packed.getDimSize(0) * target.panel}, f32));
  if (shape.residual)
    arguments.push_back(rowsType(context, shape.outputs, target));
  arguments.push_back(rowsType(context, shape.outputs, target));
  if (productUsesScratch(shape.precision, target))
    arguments.push_back(
        MemRefType::get({ShapedType::kDynamic}, IntegerType::get(context, 8)));
  arguments.append({index, index, index});

  return kernelOnce(module, name, arguments, target, [&](KernelBuilder &k) {
    ProductBuilder(k, shape).build();
  });
}
