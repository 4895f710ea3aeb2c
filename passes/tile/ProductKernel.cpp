//===- ProductKernel.cpp - matrix product on packed panels ----------------===//
//
// Goto and van de Geijn's blocking ("Anatomy of High-Performance Matrix
// Multiplication", 2008), for operands whose sizes but T are constants:
//
//   row block   rows of A whose K block stays in L2
//     K block     a packed panel of it stays in L1
//       panel       `panel` columns of the weight
//         row tile    tileRows x panel accumulators in registers
//
// Each element is summed over k in one order whatever the tile and the thread,
// so its bits depend on its row and column alone. The steps inside a tile are
// linalg ops on static panels; bert-vectorize-tiles turns them into registers.
//
//===----------------------------------------------------------------------===//

#include "passes/tile/GroupedProduct.h"
#include "passes/tile/KernelBuilder.h"
#include "passes/tile/Kernels.h"
#include "passes/tile/ProductFactor.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

#include <tuple>

using namespace bertc;
using namespace mlir;

namespace {

std::string nameOf(const ProductShape &shape) {
  std::string name =
      llvm::formatv("product_{0}x{1}", shape.inputs, shape.outputs).str();
  if (shape.bias)
    name += "_bias";
  if (shape.activation != bert::Activation::none)
    name += ("_" + bert::stringifyActivation(shape.activation)).str();
  if (shape.residual)
    name += "_residual";
  if (shape.precision != bert::Precision::f32)
    name += ("_" + bert::stringifyPrecision(shape.precision)).str();
  return name;
}

/// c = activation(c) + residual on one tile.
void buildEpilogue(KernelBuilder &kernel, const ProductShape &shape,
                   Value residual, Value c) {
  ImplicitLocOpBuilder &b = kernel.builder();
  SmallVector<Value> inputs;
  if (residual)
    inputs.push_back(residual);
  SmallVector<AffineMap> maps(inputs.size() + 1, b.getMultiDimIdentityMap(2));
  SmallVector<utils::IteratorType> parallel(2, utils::IteratorType::parallel);
  linalg::GenericOp::create(
      b, inputs, ValueRange{c}, maps, parallel,
      [&](OpBuilder &inner, Location loc, ValueRange elements) {
        Value y =
            activationFormula(inner, loc, shape.activation, elements.back());
        if (residual)
          y = arith::AddFOp::create(inner, loc, y, elements.front());
        linalg::YieldOp::create(inner, loc, y);
      });
}

} // namespace

int64_t bertc::productScratchBytes(MLIRContext *context, int64_t inputs,
                                   bert::Precision precision,
                                   const TargetDescription &target) {
  return precision == bert::Precision::f32
             ? 0
             : FactorPlan(context, inputs, precision, target).bytes();
}

func::FuncOp bertc::productKernel(ModuleOp module, const ProductShape &shape,
                                  const TargetDescription &target) {
  std::string name = nameOf(shape);
  if (auto made = module.lookupSymbol<func::FuncOp>(name))
    return made;

  MLIRContext *context = module.getContext();
  Type f32 = Float32Type::get(context), index = IndexType::get(context);
  int64_t panel = target.panel;
  int64_t panels = llvm::divideCeil(shape.outputs, panel);
  auto rowsOf = [&](int64_t columns) {
    return rowsType(context, columns, target);
  };
  const auto packed = bert::packedType(context, shape.outputs, shape.inputs,
                                       panel, shape.precision);
  const bool rounds = shape.precision != bert::Precision::f32;
  SmallVector<Type> arguments = {
      rowsOf(shape.inputs),
      MemRefType::get(packed.getShape(), packed.getElementType())};
  if (shape.bias)
    arguments.push_back(MemRefType::get({panels * panel}, f32));
  if (shape.residual)
    arguments.push_back(rowsOf(shape.outputs));
  arguments.push_back(rowsOf(shape.outputs));
  if (rounds)
    arguments.push_back(
        MemRefType::get({ShapedType::kDynamic}, IntegerType::get(context, 8)));
  arguments.append({index, index, index});

  KernelBuilder k(module, name, arguments, target);
  ImplicitLocOpBuilder &b = k.builder();
  unsigned next = 0;
  Value a = k.argument(next++), w = k.argument(next++);
  Value bias = shape.bias ? k.argument(next++) : Value();
  Value residual = shape.residual ? k.argument(next++) : Value();
  Value c = k.argument(next++);
  Value scratch = rounds ? k.argument(next++) : Value();
  Value rows = k.argument(next++), thread = k.argument(next++),
        threads = k.argument(next++);

  const FactorPlan plan(context, shape.inputs, shape.precision, target);
  const int64_t depth = plan.depth, blockRows = plan.rows;
  Value factor = rounds ? factorArray(k, plan, scratch) : Value();
  Value zero = k.index(0), one = k.index(1), panelCount = k.index(panels);
  Value tileRows = k.index(target.tileRows);

  // One thread's work is a range of (row block, panel) pairs.
  Value blocks = k.ceilDiv(rows, k.index(blockRows));
  Value begin, end;
  std::tie(begin, end) = k.share(k.mul(blocks, panelCount), thread, threads);
  Value firstBlock = k.div(begin, panelCount);
  Value lastBlock = k.ceilDiv(end, panelCount);
  k.loop(firstBlock, lastBlock, one, [&](Value block) {
    Value base = k.mul(block, panelCount);
    Value firstPanel = k.max(k.sub(begin, base), zero);
    Value lastPanel = k.min(k.sub(end, base), panelCount);
    // Row blocks and the tiles in them are as even as they can be: a last tile
    // of a row or two would leave most of the multipliers idle.
    Value firstRow = k.div(k.mul(block, rows), blocks);
    Value endRow = k.div(k.mul(k.add(block, one), rows), blocks);
    Value blockSize = k.sub(endRow, firstRow);
    Value tiles = k.ceilDiv(blockSize, tileRows);
    k.loop(zero, k.index(shape.inputs), k.index(depth), [&](Value k0) {
      Value kLeft = k.sub(k.index(shape.inputs), k0);
      OpFoldResult kSize = shape.inputs % depth == 0
                               ? k.attr(depth)
                               : OpFoldResult(k.min(kLeft, k.index(depth)));
      Value isFirst = k.equal(k0, zero);
      Value isLast = arith::CmpIOp::create(b, arith::CmpIPredicate::sle, kLeft,
                                           k.index(depth));
      Value kValue = getValueOrCreateConstantIndexOp(b, b.getLoc(), kSize);
      OpFoldResult kGroups = kSize;
      if (rounds) {
        roundRows(k, a, firstRow, blockSize, k0, kValue, factor);
        kGroups = shape.inputs % depth == 0
                      ? k.attr(depth / plan.group)
                      : OpFoldResult(k.ceilDiv(kValue, k.index(plan.group)));
      }
      k.loop(firstPanel, lastPanel, one, [&](Value p) {
        Value column = k.mul(p, k.index(panel));
        SmallVector<OpFoldResult> offsets = {p, k.div(k0, k.index(plan.group)),
                                             k.attr(0)};
        SmallVector<OpFoldResult> sizes = {k.attr(1), kGroups, k.attr(panel)};
        if (rounds) {
          offsets.push_back(k.attr(0));
          sizes.push_back(k.attr(plan.group));
        }
        Value weights = k.sliceOff(w, offsets, sizes);
        k.loop(zero, tiles, one, [&](Value tile) {
          Value inBlock = k.div(k.mul(tile, blockSize), tiles);
          Value height =
              k.sub(k.div(k.mul(k.add(tile, one), blockSize), tiles), inBlock);
          Value row = k.add(firstRow, inBlock);
          Value cTile = k.slice(c, {row, column}, {height, k.attr(panel)});
          k.when(isFirst, [&] {
            if (bias) {
              Value part = k.slice(bias, {column}, {k.attr(panel)});
              linalg::BroadcastOp::create(b, part, cTile, ArrayRef<int64_t>{0});
            } else {
              linalg::FillOp::create(b, ValueRange{k.f32(0)},
                                     ValueRange{cTile});
            }
          });
          if (rounds)
            buildGroupedProduct(b,
                                k.slice(factor, {inBlock, k.attr(0), k.attr(0)},
                                        {height, kGroups, k.attr(plan.group)}),
                                weights, cTile);
          else
            linalg::MatmulOp::create(
                b, ValueRange{k.slice(a, {row, k0}, {height, kSize}), weights},
                ValueRange{cTile});
          if (residual || shape.activation != bert::Activation::none)
            k.when(isLast, [&] {
              Value part = residual ? k.slice(residual, {row, column},
                                              {height, k.attr(panel)})
                                    : Value();
              buildEpilogue(k, shape, part, cTile);
            });
        });
      });
    });
  });
  return k.finish();
}
