//===- RunContext.cpp -----------------------------------------------------===//

#include "passes/lower-cpu/RunContext.h"

#include "runtime/include/bertc_artifact.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

#include <cstddef>
#include <limits>

using namespace bertc;
using namespace mlir;

namespace {

Type bytesType(MLIRContext *context) {
  return MemRefType::get({ShapedType::kDynamic}, IntegerType::get(context, 8));
}

Value constant(ImplicitLocOpBuilder &b, int64_t value) {
  return arith::ConstantIndexOp::create(b, value);
}

/// A field of bertc_call.
Value field(ImplicitLocOpBuilder &b, Value call, size_t offset, Type type) {
  auto pointer = LLVM::LLVMPointerType::get(b.getContext());
  Value place =
      LLVM::GEPOp::create(b, pointer, b.getI8Type(), call,
                          ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(offset)});
  return LLVM::LoadOp::create(b, type, place);
}

/// The memory behind a pointer as memref<?xi8>, through the descriptor that
/// finalize-memref-to-llvm uses.
Value bytesAt(ImplicitLocOpBuilder &b, Value pointer) {
  MLIRContext *context = b.getContext();
  Type i64 = b.getI64Type();
  Type array = LLVM::LLVMArrayType::get(i64, 1);
  auto structure = LLVM::LLVMStructType::getLiteral(
      context, {pointer.getType(), pointer.getType(), i64, array, array});
  Value descriptor = LLVM::PoisonOp::create(b, structure);
  auto insert = [&](Value value, ArrayRef<int64_t> position) {
    descriptor = LLVM::InsertValueOp::create(b, descriptor, value, position);
  };
  auto number = [&](int64_t value) -> Value {
    return LLVM::ConstantOp::create(b, i64, b.getI64IntegerAttr(value));
  };
  insert(pointer, 0);
  insert(pointer, 1);
  insert(number(0), 2);
  insert(number(std::numeric_limits<int64_t>::max()), {3, 0});
  insert(number(1), {4, 0});
  return UnrealizedConversionCastOp::create(b, bytesType(context), descriptor)
      .getResult(0);
}

Value roundUp(ImplicitLocOpBuilder &b, Value value) {
  Value grain = constant(b, BERTC_ARTIFACT_GRAIN);
  return arith::MulIOp::create(b, arith::CeilDivUIOp::create(b, value, grain),
                               grain);
}

} // namespace

SmallVector<Type> RunContext::types(MLIRContext *context) {
  Type bytes = bytesType(context), index = IndexType::get(context);
  SmallVector<Type> types(3, bytes); // weights, workspace, scratch
  types.append(8, index);
  types.push_back(LLVM::LLVMPointerType::get(context));
  return types;
}

SmallVector<Value> RunContext::values() const {
  return {weights,  workspace,    scratch,         frame,  tokens,  sequences,
          selected, paddedTokens, paddedSequences, thread, threads, call};
}

RunContext RunContext::fromArguments(ValueRange a) {
  return {a[0], a[1], a[2], a[3], a[4],  a[5],
          a[6], a[7], a[8], a[9], a[10], a[11]};
}

RunContext RunContext::open(ImplicitLocOpBuilder &b, Value call,
                            int64_t scratchBytes) {
  auto pointer = LLVM::LLVMPointerType::get(b.getContext());
  auto number = [&](size_t offset) -> Value {
    return arith::IndexCastOp::create(b, b.getIndexType(),
                                      field(b, call, offset, b.getI64Type()));
  };
  RunContext context;
  context.call = call;
  context.weights =
      bytesAt(b, field(b, call, offsetof(bertc_call, weights), pointer));
  context.workspace =
      bytesAt(b, field(b, call, offsetof(bertc_call, workspace), pointer));
  context.tokens = number(offsetof(bertc_call, tokens));
  context.sequences = number(offsetof(bertc_call, sequences));
  context.selected = number(offsetof(bertc_call, selected));
  context.thread = number(offsetof(bertc_call, thread));
  context.threads = number(offsetof(bertc_call, threads));
  context.paddedTokens = roundUp(b, context.tokens);
  context.paddedSequences =
      roundUp(b, arith::AddIOp::create(b, context.sequences, constant(b, 1)));
  Value bytes = constant(b, scratchBytes);
  Value mine = arith::MulIOp::create(b, context.thread, bytes);
  context.scratch = memref::ViewOp::create(
      b, MemRefType::get({std::max<int64_t>(scratchBytes, 1)}, b.getI8Type()),
      context.workspace, mine, ValueRange{});
  context.scratch =
      memref::CastOp::create(b, bytesType(b.getContext()), context.scratch);
  context.frame = arith::MulIOp::create(b, context.threads, bytes);
  return context;
}

Value RunContext::rows(ImplicitLocOpBuilder &b, RowKind kind) const {
  switch (kind) {
  case RowKind::tokens:
    return tokens;
  case RowKind::sequences:
  case RowKind::questions:
    return sequences;
  case RowKind::offsets:
  case RowKind::questionOffsets:
    return arith::AddIOp::create(b, sequences, constant(b, 1));
  case RowKind::pairs:
    return arith::DivUIOp::create(b, sequences, constant(b, 2));
  case RowKind::selected:
    return selected;
  case RowKind::constant:
    break;
  }
  llvm_unreachable("the array's type says how many");
}

Value RunContext::address(ImplicitLocOpBuilder &b,
                          const AffineBytes &offset) const {
  assert(offset.perThread == 0 && "threads have their scratch");
  auto term = [&](Value count, int64_t bytes) -> Value {
    return arith::MulIOp::create(b, count, constant(b, bytes));
  };
  Value sum = arith::AddIOp::create(b, frame, constant(b, offset.constant));
  sum = arith::AddIOp::create(b, sum, term(paddedTokens, offset.perToken));
  return arith::AddIOp::create(b, sum,
                               term(paddedSequences, offset.perSequence));
}

void RunContext::barrier(ImplicitLocOpBuilder &b, ModuleOp module) const {
  StringRef name = "barrier";
  auto function = module.lookupSymbol<func::FuncOp>(name);
  if (!function) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToEnd(module.getBody());
    auto pointer = LLVM::LLVMPointerType::get(b.getContext());
    function = func::FuncOp::create(b, name, b.getFunctionType(pointer, {}));
    function.setPrivate();
    b.setInsertionPointToStart(function.addEntryBlock());
    Value argument = function.getArgument(0);
    Value wait = field(b, argument, offsetof(bertc_call, barrier), pointer);
    Value executor =
        field(b, argument, offsetof(bertc_call, executor), pointer);
    Value me = field(b, argument, offsetof(bertc_call, thread), b.getI64Type());
    auto type = LLVM::LLVMFunctionType::get(
        LLVM::LLVMVoidType::get(b.getContext()), {pointer, b.getI64Type()});
    LLVM::CallOp::create(b, type, ValueRange{wait, executor, me});
    func::ReturnOp::create(b);
  }
  func::CallOp::create(b, function, call);
}
