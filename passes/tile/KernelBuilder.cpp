//===- KernelBuilder.cpp --------------------------------------------------===//

#include "passes/tile/KernelBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/BuiltinOps.h"

using namespace bertc;
using namespace mlir;

KernelBuilder::KernelBuilder(ModuleOp module, StringRef name,
                             TypeRange arguments,
                             const TargetDescription &target)
    : b(module.getLoc(), module.getContext()), target(target) {
  b.setInsertionPointToEnd(module.getBody());
  function = func::FuncOp::create(b, name, b.getFunctionType(arguments, {}));
  function.setPrivate();
  b.setInsertionPointToStart(function.addEntryBlock());
}

func::FuncOp
bertc::kernelOnce(ModuleOp module, StringRef name, TypeRange arguments,
                  const TargetDescription &target,
                  llvm::function_ref<void(KernelBuilder &)> build) {
  if (auto made = module.lookupSymbol<func::FuncOp>(name))
    return made;
  KernelBuilder kernel(module, name, arguments, target);
  build(kernel);
  return kernel.finish();
}

func::FuncOp KernelBuilder::finish() {
  func::ReturnOp::create(b);
  return function;
}

Value KernelBuilder::argument(unsigned i) const {
  return const_cast<func::FuncOp &>(function).getArgument(i);
}

Value KernelBuilder::index(int64_t value) {
  return arith::ConstantIndexOp::create(b, value);
}
Value KernelBuilder::f32(double value) {
  return arith::ConstantOp::create(b, b.getF32FloatAttr(value));
}
Value KernelBuilder::add(Value x, Value y) {
  return b.createOrFold<arith::AddIOp>(x, y);
}
Value KernelBuilder::sub(Value x, Value y) {
  return b.createOrFold<arith::SubIOp>(x, y);
}
Value KernelBuilder::mul(Value x, Value y) {
  return b.createOrFold<arith::MulIOp>(x, y);
}
Value KernelBuilder::div(Value x, Value y) {
  return b.createOrFold<arith::DivUIOp>(x, y);
}
Value KernelBuilder::ceilDiv(Value x, Value y) {
  return b.createOrFold<arith::CeilDivUIOp>(x, y);
}
Value KernelBuilder::min(Value x, Value y) {
  return b.createOrFold<arith::MinSIOp>(x, y);
}
Value KernelBuilder::max(Value x, Value y) {
  return b.createOrFold<arith::MaxSIOp>(x, y);
}
Value KernelBuilder::toFloat(Value index) {
  return arith::UIToFPOp::create(
      b, b.getF32Type(), arith::IndexCastOp::create(b, b.getI64Type(), index));
}

Value KernelBuilder::isZero(Value number) {
  return arith::CmpFOp::create(
      b, arith::CmpFPredicate::OEQ,
      memref::LoadOp::create(b, number, ValueRange{index(0)}), f32(0));
}

Value KernelBuilder::equal(Value x, Value y) {
  return arith::CmpIOp::create(b, arith::CmpIPredicate::eq, x, y);
}

Value KernelBuilder::numberAt(Value numbers, Value place) {
  return arith::IndexCastOp::create(b, b.getIndexType(),
                                    memref::LoadOp::create(b, numbers, place));
}

void KernelBuilder::loop(Value from, Value to, Value step, Body body) {
  scf::ForOp::create(b, from, to, step, ValueRange{},
                     [&](OpBuilder &inner, Location, Value i, ValueRange) {
                       OpBuilder::InsertionGuard guard(b);
                       b.setInsertionPointToEnd(inner.getInsertionBlock());
                       body(i);
                       scf::YieldOp::create(b);
                     });
}

ValueRange KernelBuilder::reduce(
    Value from, Value to, Value step, ValueRange init,
    llvm::function_ref<SmallVector<Value>(Value, ValueRange)> body) {
  auto loop = scf::ForOp::create(
      b, from, to, step, init,
      [&](OpBuilder &inner, Location, Value i, ValueRange carried) {
        OpBuilder::InsertionGuard guard(b);
        b.setInsertionPointToEnd(inner.getInsertionBlock());
        scf::YieldOp::create(b, body(i, carried));
      });
  return loop.getResults();
}

void KernelBuilder::when(Value condition, llvm::function_ref<void()> body) {
  scf::IfOp::create(b, condition, [&](OpBuilder &inner, Location) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToEnd(inner.getInsertionBlock());
    body();
    scf::YieldOp::create(b);
  });
}

void KernelBuilder::choose(Value condition, llvm::function_ref<void()> body,
                           llvm::function_ref<void()> otherwise) {
  auto branch = [&](llvm::function_ref<void()> build) {
    return [this, build](OpBuilder &inner, Location) {
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToEnd(inner.getInsertionBlock());
      build();
      scf::YieldOp::create(b);
    };
  };
  scf::IfOp::create(b, condition, branch(body), branch(otherwise));
}

void KernelBuilder::forTiles(Value count, int64_t most, bool usesTiles,
                             llvm::function_ref<void(Value, Value)> body) {
  Value zero = index(0), step = index(most);
  if (usesTiles)
    return loop(zero, count, step, [&](Value first) {
      body(first, min(sub(count, first), step));
    });
  Value tiles = ceilDiv(count, step);
  loop(zero, tiles, index(1), [&](Value tile) {
    auto [first, last] = share(count, tile, tiles);
    body(first, sub(last, first));
  });
}

Value KernelBuilder::groupsOf(Value elements, int64_t step, int64_t group) {
  return mul(ceilDiv(elements, index(step)), index(step / group));
}

void KernelBuilder::forTileRows(Value rows, bool usesTiles,
                                llvm::function_ref<void(OpFoldResult)> body) {
  if (!usesTiles)
    return body(rows);
  constexpr int64_t one = TargetDescription::matrixRows;
  Value fitsOne =
      arith::CmpIOp::create(b, arith::CmpIPredicate::sle, rows, index(one));
  choose(fitsOne, [&] { body(attr(one)); }, [&] { body(attr(2 * one)); });
}

std::pair<Value, Value> KernelBuilder::share(Value count, Value thread,
                                             Value threads) {
  Value first = div(mul(count, thread), threads);
  Value last = div(mul(count, add(thread, index(1))), threads);
  return {first, last};
}

VectorType KernelBuilder::wideType() {
  return VectorType::get({wide()}, b.getF32Type());
}

Value KernelBuilder::splat(Value scalar) {
  return vector::BroadcastOp::create(b, wideType(), scalar);
}

SmallVector<Value> KernelBuilder::overRow(
    int64_t columns, ValueRange carried,
    llvm::function_ref<SmallVector<Value>(Value, Value, ValueRange)> body) {
  int64_t full = columns / wide() * wide();
  SmallVector<Value> values(carried);
  if (full > 0)
    values =
        llvm::to_vector(reduce(index(0), index(full), index(wide()), values,
                               [&](Value column, ValueRange inner) {
                                 return body(column, Value(), inner);
                               }));
  if (columns > full) {
    auto maskType = VectorType::get({wide()}, b.getI1Type());
    Value mask = vector::ConstantMaskOp::create(
        b, maskType, ArrayRef<int64_t>{columns - full});
    values = body(index(full), mask, values);
  }
  return values;
}

SmallVector<Value> KernelBuilder::overColumns(
    Value columns, ValueRange carried,
    llvm::function_ref<SmallVector<Value>(Value, Value, ValueRange)> body) {
  Value zero = index(0), one = index(1), step = index(wide());
  Value full = mul(div(columns, step), step);
  Value rest = sub(columns, full);
  auto values = llvm::to_vector(
      reduce(zero, full, step, carried, [&](Value column, ValueRange inner) {
        return body(column, Value(), inner);
      }));
  Value hasRest =
      arith::CmpIOp::create(b, arith::CmpIPredicate::ne, rest, zero);
  // Once or not at all.
  Value times = arith::SelectOp::create(b, hasRest, one, zero);
  return llvm::to_vector(
      reduce(zero, times, one, values,
             [&](Value, ValueRange inner) { return body(full, rest, inner); }));
}

Value KernelBuilder::firstLanes(Value count) {
  return vector::CreateMaskOp::create(
      b, VectorType::get({wide()}, b.getI1Type()), count);
}

Value KernelBuilder::load(Value memref, ValueRange place, Value mask) {
  auto identity = cast<MemRefType>(memref.getType()).getRank();
  AffineMap map = AffineMap::getMinorIdentityMap(identity, 1, b.getContext());
  return vector::TransferReadOp::create(b, wideType(), memref, place,
                                        AffineMapAttr::get(map), f32(0.0), mask,
                                        b.getBoolArrayAttr({true}));
}

void KernelBuilder::store(Value vector, Value memref, ValueRange place,
                          Value mask) {
  auto identity = cast<MemRefType>(memref.getType()).getRank();
  AffineMap map = AffineMap::getMinorIdentityMap(identity, 1, b.getContext());
  vector::TransferWriteOp::create(b, vector, memref, place,
                                  AffineMapAttr::get(map), mask,
                                  b.getBoolArrayAttr({true}));
}

// Without `reassoc` LLVM adds the lanes one after the other.
Value KernelBuilder::sumOf(Value vector) {
  return vector::ReductionOp::create(b, vector::CombiningKind::ADD, vector,
                                     arith::FastMathFlags::reassoc);
}
Value KernelBuilder::maxOf(Value vector) {
  // No `nnan`: weights may hold a NaN, which then is one in the results.
  return vector::ReductionOp::create(b, vector::CombiningKind::MAXNUMF, vector,
                                     arith::FastMathFlags::reassoc);
}

Value bertc::splatI32(ImplicitLocOpBuilder &b, VectorType type, int32_t value) {
  return arith::ConstantOp::create(
      b, DenseElementsAttr::get(type, b.getI32IntegerAttr(value)));
}

MemRefType bertc::rowsType(MLIRContext *context, int64_t columns,
                           const TargetDescription &target) {
  return MemRefType::get({ShapedType::kDynamic, target.rowStride(columns)},
                         Float32Type::get(context));
}

MemRefType bertc::numbersType(MLIRContext *context) {
  return MemRefType::get({ShapedType::kDynamic}, IntegerType::get(context, 32));
}

MemRefType KernelBuilder::memrefType(ArrayRef<int64_t> shape) {
  return MemRefType::get(shape, b.getF32Type());
}

Value KernelBuilder::slice(Value memref, ArrayRef<OpFoldResult> offsets,
                           ArrayRef<OpFoldResult> sizes) {
  SmallVector<OpFoldResult> strides(offsets.size(), attr(1));
  return memref::SubViewOp::create(b, memref, offsets, sizes, strides);
}

Value KernelBuilder::sliceOff(Value memref, ArrayRef<OpFoldResult> offsets,
                              ArrayRef<OpFoldResult> sizes) {
  SmallVector<OpFoldResult> strides(offsets.size(), attr(1));
  SmallVector<int64_t> shape;
  for (OpFoldResult size : sizes.drop_front())
    shape.push_back(getConstantIntValue(size).value_or(ShapedType::kDynamic));
  auto type = memref::SubViewOp::inferRankReducedResultType(
      shape, cast<MemRefType>(memref.getType()), offsets, sizes, strides);
  return memref::SubViewOp::create(b, type, memref, offsets, sizes, strides);
}

Value KernelBuilder::panelOf(Value panels, OpFoldResult panel,
                             OpFoldResult first, OpFoldResult count) {
  SmallVector<OpFoldResult> offsets = {panel, first};
  SmallVector<OpFoldResult> sizes = {attr(1), count};
  // Columns and, where k lies in groups, the elements of a group.
  for (int64_t size :
       cast<MemRefType>(panels.getType()).getShape().drop_front(2)) {
    offsets.push_back(attr(0));
    sizes.push_back(attr(size));
  }
  return sliceOff(panels, offsets, sizes);
}
