//===- BodyLowering.cpp ---------------------------------------------------===//

#include "passes/lower-cpu/BodyLowering.h"

#include "passes/lower-cpu/MemoryPlan.h"
#include "passes/tile/Kernels.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/Support/MathExtras.h"

#include <optional>

using namespace bertc;
using namespace mlir;

namespace {

/// An array of the run: rows of T or B, unlike a parameter or its gradient.
bool isActivation(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.getRank() > 0 && tensor.isDynamicDim(0);
}

/// Of all rows where these are constant.
int64_t bytesPerRow(Type type, const TargetDescription &target) {
  auto buffer = bufferType(type, target);
  if (buffer.hasStaticShape())
    return llvm::alignTo(
        buffer.getNumElements() * buffer.getElementTypeBitWidth() / 8, 64);
  return (buffer.getRank() == 2 ? buffer.getDimSize(1) : 1) * 4;
}

/// Rows, or a vector where their number is constant.
RankedTensorType typeOf(const KernelTemporary &temporary, Operation &op) {
  SmallVector<int64_t> shape;
  if (temporary.rows != RowKind::constant)
    shape.push_back(ShapedType::kDynamic);
  shape.push_back(temporary.columns);
  return RankedTensorType::get(shape, Float32Type::get(op.getContext()));
}

/// Whether the op makes what it gives: its results get room in the frame.
bool makesResults(Operation *op) { return !isa<bert::GetParameterOp>(op); }

} // namespace

MemRefType bertc::bufferType(Type type, const TargetDescription &target) {
  auto tensor = cast<RankedTensorType>(type);
  SmallVector<int64_t> shape(tensor.getShape());
  if (tensor.getRank() == 0)
    shape = {target.panel}; // as a vector of one element
  else if (tensor.getRank() == 1 && !tensor.isDynamicDim(0))
    shape[0] = llvm::alignTo(shape[0], target.panel);
  else if (tensor.getRank() == 2 && tensor.isDynamicDim(0))
    shape[1] = target.rowStride(shape[1]);
  return MemRefType::get(shape, tensor.getElementType());
}

AffineBytes BodyLowering::reserve(Type type, RowKind kind) {
  AffineBytes offset = own;
  int64_t bytes = bytesPerRow(type, target);
  (growsWithTokens(kind)       ? own.perToken
   : kind == RowKind::constant ? own.constant
                               : own.perSequence) += bytes;
  if (kind == RowKind::selected)
    ownSelected += bytes;
  return offset;
}

/// What a schedule needs of an op: arrays of the run alone, all with the same
/// rows, but for what `RowsOpInterface` and offsets decide.
LogicalResult BodyLowering::checkRows(Operation *op) {
  if (auto get = dyn_cast<bert::GetParameterOp>(op)) {
    if (!program.stateOf(get.getName()) || program.isCalledByHost(source))
      return success();
    return op->emitOpError("reads a learned parameter in a function that the "
                           "host does not call");
  }
  if (isa<func::CallOp>(op))
    return success();
  if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
    auto value = dyn_cast<SplatElementsAttr>(constant.getValue());
    // Other numbers of a constant shape than keys no op takes.
    const bool isKey = value && value.getElementType().isInteger(32) &&
                       value.getType().getShape() == ArrayRef<int64_t>{2};
    if (isKey || (value && value.getElementType().isF32()))
      return success();
    return op->emitOpError("is a constant that is no f32 in all its places, "
                           "and no key");
  }
  auto kernels = dyn_cast<KernelLoweringOpInterface>(op);
  // Nothing of a batch goes into it: a value that the compiler should know.
  if (llvm::all_of(op->getOperands(), isParameter) &&
      !(kernels && kernels.takesConstantRows(0)))
    return op->emitOpError("computes on parameters alone: ")
           << op->getResult(0).getType()
           << " has no row for each token or sequence";
  // What looks across rows finds its places in the runtime's own inputs, which
  // are checked: nothing else may say where to read.
  Value places;
  RowKind placedKind = RowKind::tokens;
  // The one operand whose rows are others than those that have places.
  Value other;
  RowKind otherKind = RowKind::sequences;
  if (auto sequence = dyn_cast<bert::SequenceOpInterface>(op)) {
    places = sequence.getOffsets();
    other = sequence.getPerSequence();
    // Attention would want room for a question's choices: it has no operand of
    // a row for each.
    if (places && other &&
        schedule.kindOf(places) == RowKind::questionOffsets) {
      placedKind = RowKind::sequences;
      otherKind = RowKind::questions;
    } else if (places && schedule.kindOf(places) != RowKind::offsets)
      return op->emitOpError("takes its sequences from another input than "
                             "offsets");
  } else if (auto gradient = dyn_cast<bert::GatherRowsGradientOp>(op)) {
    places = gradient.getRows();
    other = gradient.getGradient();
    otherKind = RowKind::selected;
  } else if (auto changes = dyn_cast<bert::RowsOpInterface>(op)) {
    places = changes.getRowsOperand();
  }
  if (auto pairs = dyn_cast<bert::PairsOpInterface>(op)) {
    other = pairs.getPerPair();
    otherKind = RowKind::pairs;
    if (schedule.kindOf(pairs.getPairedRows()) != RowKind::sequences)
      return op->emitOpError("looks across rows that are not the sequences'");
  }
  if (places && !isa<bert::SequenceOpInterface>(op) &&
      schedule.kindOf(places) != RowKind::selected)
    return op->emitOpError("takes its rows from another input than "
                           "mlm_positions");
  if (auto lookup = dyn_cast<bert::LookupOpInterface>(op))
    for (Value ids : lookup.getIds())
      if (schedule.kindOf(ids) != RowKind::tokens)
        return op->emitOpError("looks up what has no id for each token");
  if (other && schedule.kindOf(other) != otherKind)
    return op->emitOpError("looks across rows of another kind than it should");
  // Its rows are the result's.
  if (auto changes = dyn_cast<bert::RowsOpInterface>(op)) {
    Value rows = changes.getRowsOperand();
    if (rows != places && schedule.kindOf(rows) != RowKind::tokens)
      return op->emitOpError("looks across rows that are not the tokens'");
  }
  Value ids;
  if (auto gradient = dyn_cast<bert::EmbeddingGradientOp>(op))
    ids = gradient.getIds();
  else if (auto sum = dyn_cast<bert::AccumulateEmbeddingGradientOp>(op))
    ids = sum.getIds();
  if (ids && schedule.kindOf(ids) != RowKind::tokens)
    return op->emitOpError("takes ids that are not the tokens'");
  if (places)
    for (Value operand : op->getOperands())
      if (operand != places && isActivation(operand.getType()) &&
          schedule.kindOf(operand) !=
              (operand == other ? otherKind : placedKind))
        return op->emitOpError("looks across rows that are not the ")
               << (placedKind == RowKind::tokens ? "tokens'" : "sequences'");
  std::optional<RowKind> rows;
  for (auto [number, operand] : llvm::enumerate(op->getOperands())) {
    RowKind kind = schedule.kindOf(operand);
    if (kind == RowKind::constant && !isParameter(operand) && kernels &&
        !kernels.takesConstantRows(number))
      return op->emitOpError("has no CPU kernel for gradients of parameters");
    if (!isActivation(operand.getType()) || operand == places ||
        operand == other)
      continue;
    if (rows && *rows != kind)
      return op->emitOpError("mixes arrays of tokens and of sequences");
    rows = kind;
  }
  return success();
}

Value BodyLowering::storageOf(Value value) const {
  while (Value before = overwritten.lookup(value))
    value = before;
  return value;
}

/// Has `result`, what `operand` becomes, written over it where nothing reads
/// that any more.
void BodyLowering::overwrite(
    OpResult result, Value operand,
    llvm::function_ref<bool(BlockArgument)> mayOverwrite) {
  Operation *op = result.getOwner();
  if (operand.getDefiningOp<bert::GetParameterOp>() ||
      llvm::count(op->getOperands(), operand) != 1)
    return;
  if (auto argument = dyn_cast<BlockArgument>(operand))
    if (!mayOverwrite(argument))
      return;
  if (llvm::all_of(operand.getUsers(), [&](Operation *user) {
        return user == op || user->isBeforeInBlock(op);
      }))
    overwritten[result] = operand;
}

LogicalResult
BodyLowering::analyse(ArrayRef<RowKind> argumentKinds,
                      llvm::function_ref<bool(BlockArgument)> mayOverwrite) {
  if (!source.getBody().hasOneBlock())
    return source.emitOpError("has branches: a schedule has none");
  for (auto [argument, kind] : llvm::zip(source.getArguments(), argumentKinds))
    schedule.setKind(argument, kind);
  for (Operation &op : source.getBody().front().without_terminator()) {
    if (failed(checkRows(&op)))
      return failure();
    if (isa<bert::GetParameterOp>(op)) {
      schedule.setKind(op.getResult(0), RowKind::constant);
      continue;
    }
    if (auto call = dyn_cast<func::CallOp>(op)) {
      auto callee =
          program.getModule().lookupSymbol<func::FuncOp>(call.getCallee());
      SmallVector<RowKind> operandKinds;
      for (Value operand : call.getOperands())
        operandKinds.push_back(schedule.kindOf(operand));
      auto lowered = program.lowerPrivate(callee, operandKinds);
      if (failed(lowered))
        return failure();
      for (auto [result, kind] :
           llvm::zip(call.getResults(), (*lowered)->results))
        schedule.setKind(result, kind);
      for (auto [result, argument] : (*lowered)->updates)
        overwrite(call->getResult(result), call.getOperand(argument),
                  mayOverwrite);
      // Callees run one after the other: they share the room above this frame.
      deepestCallee = largest(deepestCallee, (*lowered)->frame);
      touchedByCallees = largest(touchedByCallees, (*lowered)->touched);
      continue;
    }
    RowKind kind = RowKind::tokens;
    if (auto changes = dyn_cast<bert::RowsOpInterface>(op))
      kind = schedule.kindOf(changes.getRowsOperand());
    else
      for (Value operand : llvm::reverse(op.getOperands()))
        if (isActivation(operand.getType()))
          kind = schedule.kindOf(operand); // the first decides
    for (Value result : op.getResults())
      schedule.setKind(result, !isActivation(result.getType())
                                   ? RowKind::constant
                               : kind == RowKind::offsets ? RowKind::sequences
                                                          : kind);
    if (isa<bert::UpdateOpInterface>(op))
      for (OpResult result : op.getResults())
        overwrite(result, op.getOperand(result.getResultNumber()),
                  mayOverwrite);
  }
  return success();
}

void BodyLowering::plan(const llvm::SmallDenseSet<Value> &placed) {
  Block &block = source.getBody().front();
  llvm::DenseMap<Operation *, size_t> steps;
  for (Operation &op : block)
    steps[&op] = steps.size();
  // What is written over a value lies there as long as that would.
  llvm::DenseMap<Value, size_t> lastUses;
  llvm::SmallDenseSet<Value> elsewhere = placed;
  for (Operation &op : block)
    for (Value result : op.getResults()) {
      const Value storage = storageOf(result);
      size_t &last = lastUses[storage];
      last = std::max(last, steps[&op]);
      for (Operation *user : result.getUsers())
        last = std::max(last, steps.lookup(user));
      if (storage == result)
        continue;
      if (placed.contains(result) && storage.getDefiningOp() &&
          elsewhere.insert(storage).second)
        schedule.setBuffer(storage, schedule.buffer(result));
      elsewhere.insert(result);
    }
  std::vector<PlannedValue> values;
  std::vector<Value> owners; ///< null for temporaries
  std::vector<Operation *> makers;
  for (Operation &op : block) {
    if (auto kernels = dyn_cast<KernelLoweringOpInterface>(op))
      for (const KernelTemporary &one : kernels.getTemporaries(schedule)) {
        values.push_back({one.rows, bytesPerRow(typeOf(one, op), target),
                          steps[&op], steps[&op]});
        owners.emplace_back();
        makers.push_back(&op);
      }
    for (Value result : op.getResults()) {
      if (!makesResults(&op) || elsewhere.contains(result))
        continue;
      values.push_back({schedule.kindOf(result),
                        bytesPerRow(result.getType(), target), steps[&op],
                        lastUses.lookup(result)});
      owners.push_back(result);
      makers.push_back(&op);
    }
  }
  MemoryPlan memory(values);
  for (size_t i = 0; i < owners.size(); ++i)
    if (owners[i])
      planned[owners[i]] = own + memory.offset(i);
    else
      temporaries[makers[i]].push_back(own + memory.offset(i));
  own = own + memory.size();
  ownSelected += memory.selectedPerToken();
}

Value BodyLowering::viewAt(Type tensor, RowKind kind,
                           const AffineBytes &offset) {
  SmallVector<Value> rows;
  if (kind != RowKind::constant)
    rows.push_back(schedule.context.rows(schedule.b, kind));
  return memref::ViewOp::create(
      schedule.b, bufferType(tensor, target), schedule.context.workspace,
      schedule.context.address(schedule.b, offset), rows);
}

LogicalResult BodyLowering::emit() {
  Block &block = source.getBody().front();
  for (Operation &op : block.without_terminator()) {
    schedule.b.setLoc(op.getLoc());
    for (Value result : op.getResults())
      if (Value before = overwritten.lookup(result))
        schedule.setBuffer(result, schedule.buffer(before));
      else if (makesResults(&op) && !schedule.buffer(result))
        schedule.setBuffer(result,
                           viewAt(result.getType(), schedule.kindOf(result),
                                  planned.lookup(result)));
    if (failed(emitOp(&op)))
      return failure();
  }
  return success();
}

LogicalResult BodyLowering::emitOp(Operation *op) {
  if (auto get = dyn_cast<bert::GetParameterOp>(op)) {
    emitParameter(get);
    return success();
  }
  if (auto call = dyn_cast<func::CallOp>(op))
    return emitCall(call);
  if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
    auto value = cast<SplatElementsAttr>(constant.getValue());
    if (value.getElementType().isF32()) {
      schedule.fill(constant, value.getSplatValue<APFloat>().convertToDouble());
      return success();
    }
    KernelLaunch key{constantKeyKernel(schedule.module,
                                       value.getSplatValue<int32_t>(), target),
                     {constant.getResult()},
                     RowKind::constant};
    key.count = 1;
    schedule.launch(key);
    return success();
  }
  auto lowering = dyn_cast<KernelLoweringOpInterface>(op);
  if (!lowering)
    return op->emitOpError("has no CPU kernel");
  schedule.temporaries.clear();
  for (auto [one, offset] :
       llvm::zip(lowering.getTemporaries(schedule), temporaries.lookup(op)))
    schedule.temporaries.push_back(viewAt(typeOf(one, *op), one.rows, offset));
  lowering.lowerToKernels(schedule);
  return success();
}

LogicalResult BodyLowering::emitCall(func::CallOp op) {
  auto callee = program.getModule().lookupSymbol<func::FuncOp>(op.getCallee());
  SmallVector<RowKind> operandKinds;
  SmallVector<Value> operands;
  for (Value operand : op.getOperands()) {
    operandKinds.push_back(schedule.kindOf(operand));
    operands.push_back(schedule.buffer(operand));
  }
  auto lowered = program.lowerPrivate(callee, operandKinds);
  if (failed(lowered))
    return failure();
  for (Value result : op.getResults())
    operands.push_back(schedule.buffer(result));
  // What the callee writes over and others still read, it gets a copy of.
  for (auto [result, argument] : (*lowered)->updates)
    if (!overwritten.contains(op.getResult(result))) {
      schedule.copy(op.getOperand(argument),
                    schedule.buffer(op.getResult(result)));
      operands[argument] = schedule.buffer(op.getResult(result));
    }
  RunContext inner = schedule.context;
  inner.frame = schedule.context.address(schedule.b, own);
  operands.append(inner.values());
  func::CallOp::create(schedule.b, (*lowered)->function, operands);
  schedule.phases.append(phasesOfCall(op, (*lowered)->phases));
  return success();
}

void BodyLowering::emitParameter(bert::GetParameterOp op) {
  if (const ProgramState *state = program.stateOf(op.getName())) {
    schedule.setBuffer(
        op.getResult(),
        viewAt(op.getResult().getType(), RowKind::constant, state->offset));
    return;
  }
  for (const StoredParameter &weight : program.getLayout().weights)
    if (weight.name == plainName(op.getName())) {
      Value at = arith::ConstantIndexOp::create(schedule.b, weight.offset);
      schedule.setBuffer(
          op.getResult(),
          memref::ViewOp::create(schedule.b,
                                 bufferType(op.getResult().getType(), target),
                                 schedule.context.weights, at, ValueRange{}));
      return;
    }
}
