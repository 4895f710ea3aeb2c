//===- FunctionLowering.cpp -----------------------------------------------===//

#include "passes/lower-cpu/FunctionLowering.h"

#include "passes/lower-cpu/MemoryPlan.h"
#include "passes/lower-cpu/RunContext.h"
#include "passes/tile/Kernels.h"

#include "dialect/BertOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

#include <optional>

using namespace bertc;
using namespace mlir;

namespace {

/// Ends of names while a function stands there before and after lowering, and
/// kernels take the names they want.
constexpr StringLiteral sourceSuffix = "__tensors";
constexpr StringLiteral loweredSuffix = "__kernels";

StringRef plainName(StringRef name) {
  name.consume_back(sourceSuffix);
  return name;
}

/// An array of the run: rows of T or B, unlike a parameter.
bool isActivation(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.getRank() > 0 && tensor.isDynamicDim(0);
}

MemRefType bufferType(Type type, const TargetDescription &target) {
  auto tensor = cast<RankedTensorType>(type);
  SmallVector<int64_t> shape(tensor.getShape());
  if (tensor.getRank() == 1 && !tensor.isDynamicDim(0))
    shape[0] = llvm::alignTo(shape[0], target.panel);
  else if (tensor.getRank() == 2 && tensor.isDynamicDim(0))
    shape[1] = target.rowStride(shape[1]);
  return MemRefType::get(shape, tensor.getElementType());
}

int64_t bytesPerRow(Type type, const TargetDescription &target) {
  auto buffer = bufferType(type, target);
  return (buffer.getRank() == 2 ? buffer.getDimSize(1) : 1) * 4;
}

/// Lowers one function body: kinds of rows, plan, then code.
class BodyLowering {
public:
  BodyLowering(ProgramLowering &program, func::FuncOp source)
      : program(program), target(program.getTarget()), source(source),
        b(source.getLoc(), source.getContext()) {}

  LogicalResult analyse(ArrayRef<RowKind> argumentKinds);
  /// Plans temporaries, all but those in `placed`, and fixes the frame's size.
  void plan(const llvm::SmallDenseSet<Value> &placed);
  LogicalResult emit();

  ImplicitLocOpBuilder &builder() { return b; }
  void setContext(const RunContext &c) { context = c; }
  void setBuffer(Value value, Value buffer) { buffers[value] = buffer; }
  Value viewAt(Type tensor, RowKind kind, const AffineBytes &offset);
  RowKind kindOf(Value value) const { return kinds.lookup(value); }
  AffineBytes frame() const { return own + deepestCallee; }
  /// Room in the frame for a value the plan must not share; its offset.
  AffineBytes reserve(Type type, RowKind kind) {
    AffineBytes offset = own;
    int64_t bytes = bytesPerRow(type, target);
    (growsWithTokens(kind) ? own.perToken : own.perSequence) += bytes;
    return offset;
  }
  /// Copies what is returned but was not computed in place.
  void copy(Value value, Value destination);

private:
  LogicalResult checkRows(Operation *op);
  LogicalResult emitOp(Operation *op);
  void emitLinear(bert::PackedLinearOp op);
  void emitEmbedding(ValueRange ids, ValueRange tables, Value scale, Value bias,
                     double epsilon, Value result);
  void emitPooling(Pooling pooling, Value input, Value offsets, Value result);
  void emitElementwise(bert::Activation activation, Value x, Value residual,
                       Value result);
  LogicalResult emitCall(func::CallOp op);
  void emitParameter(bert::GetParameterOp op);
  /// Calls a row kernel with rows, thread, threads, then waits.
  void launch(func::FuncOp kernel, SmallVector<Value> operands, Value rows);
  int64_t columns(Value value) const {
    return cast<RankedTensorType>(value.getType()).getDimSize(1);
  }

  ProgramLowering &program;
  const TargetDescription &target;
  func::FuncOp source;
  ImplicitLocOpBuilder b;
  RunContext context;
  llvm::DenseMap<Value, RowKind> kinds;
  llvm::DenseMap<Value, Value> buffers;
  llvm::DenseMap<Value, AffineBytes> planned;
  AffineBytes own, deepestCallee;
};

/// What a schedule needs of an op: arrays of the run alone, all with the same
/// rows, but for what `RowsOpInterface` and offsets decide.
LogicalResult BodyLowering::checkRows(Operation *op) {
  if (isa<bert::GetParameterOp>(op))
    return success();
  for (Value result : op->getResults())
    if (!isActivation(result.getType()))
      return op->emitOpError("computes on parameters alone: ")
             << result.getType() << " has no row for each token or sequence";
  if (isa<func::CallOp>(op))
    return success();
  // What looks across rows finds its places in the runtime's own inputs, which
  // are checked: nothing else may say where to read.
  Value places;
  if (auto sequence = dyn_cast<bert::SequenceOpInterface>(op)) {
    places = sequence.getOffsets();
    if (kinds.lookup(places) != RowKind::offsets)
      return op->emitOpError("takes its sequences from another input than "
                             "offsets");
  } else if (auto changes = dyn_cast<bert::RowsOpInterface>(op)) {
    places = changes.getRowsOperand();
    if (kinds.lookup(places) != RowKind::selected)
      return op->emitOpError("takes its rows from another input than "
                             "mlm_positions");
  }
  if (places)
    for (Value operand : op->getOperands())
      if (operand != places && kinds.lookup(operand) != RowKind::tokens)
        return op->emitOpError("looks across rows that are not the tokens'");
  std::optional<RowKind> rows;
  for (Value operand : op->getOperands()) {
    RowKind kind = kinds.lookup(operand);
    if (!isActivation(operand.getType()) || operand == places)
      continue;
    if (rows && *rows != kind)
      return op->emitOpError("mixes arrays of tokens and of sequences");
    rows = kind;
  }
  return success();
}

LogicalResult BodyLowering::analyse(ArrayRef<RowKind> argumentKinds) {
  for (auto [argument, kind] : llvm::zip(source.getArguments(), argumentKinds))
    kinds[argument] = kind;
  for (Operation &op : source.getBody().front().without_terminator()) {
    if (failed(checkRows(&op)))
      return failure();
    if (auto call = dyn_cast<func::CallOp>(op)) {
      auto callee =
          program.getModule().lookupSymbol<func::FuncOp>(call.getCallee());
      SmallVector<RowKind> operandKinds;
      for (Value operand : call.getOperands())
        operandKinds.push_back(kinds.lookup(operand));
      auto lowered = program.lowerPrivate(callee, operandKinds);
      if (failed(lowered))
        return failure();
      for (auto [result, kind] :
           llvm::zip(call.getResults(), (*lowered)->results))
        kinds[result] = kind;
      // Callees run one after the other: they share the room above this frame.
      const AffineBytes &size = (*lowered)->frame;
      deepestCallee.perToken = std::max(deepestCallee.perToken, size.perToken);
      deepestCallee.perSequence =
          std::max(deepestCallee.perSequence, size.perSequence);
      continue;
    }
    RowKind kind = RowKind::tokens;
    if (auto changes = dyn_cast<bert::RowsOpInterface>(op))
      kind = kinds.lookup(changes.getRowsOperand());
    else if (op.getNumOperands() > 0)
      kind = kinds.lookup(op.getOperand(0));
    for (Value result : op.getResults())
      kinds[result] = kind == RowKind::offsets ? RowKind::sequences : kind;
  }
  return success();
}

void BodyLowering::plan(const llvm::SmallDenseSet<Value> &placed) {
  Block &block = source.getBody().front();
  llvm::DenseMap<Operation *, size_t> steps;
  for (Operation &op : block)
    steps[&op] = steps.size();
  std::vector<PlannedValue> values;
  std::vector<Value> owners;
  for (Operation &op : block)
    for (Value result : op.getResults()) {
      if (!isActivation(result.getType()) || placed.contains(result))
        continue;
      PlannedValue value{kinds.lookup(result),
                         bytesPerRow(result.getType(), target), steps[&op],
                         steps[&op]};
      for (Operation *user : result.getUsers())
        value.lastUse = std::max(value.lastUse, steps.lookup(user));
      values.push_back(value);
      owners.push_back(result);
    }
  MemoryPlan memory(values);
  for (size_t i = 0; i < owners.size(); ++i)
    planned[owners[i]] = own + memory.offset(i);
  own = own + memory.size();
}

Value BodyLowering::viewAt(Type tensor, RowKind kind,
                           const AffineBytes &offset) {
  Value rows = context.rows(b, kind);
  return memref::ViewOp::create(b, bufferType(tensor, target),
                                context.workspace, context.address(b, offset),
                                rows);
}

LogicalResult BodyLowering::emit() {
  Block &block = source.getBody().front();
  for (Operation &op : block.without_terminator()) {
    b.setLoc(op.getLoc());
    for (Value result : op.getResults())
      if (isActivation(result.getType()) && !buffers.count(result))
        buffers[result] = viewAt(result.getType(), kinds.lookup(result),
                                 planned.lookup(result));
    if (failed(emitOp(&op)))
      return failure();
  }
  return success();
}

void BodyLowering::launch(func::FuncOp kernel, SmallVector<Value> operands,
                          Value rows) {
  operands.append({rows, context.thread, context.threads});
  func::CallOp::create(b, kernel, operands);
  context.barrier(b, program.getModule());
}

LogicalResult BodyLowering::emitOp(Operation *op) {
  auto unary = [&](bert::Activation activation) {
    emitElementwise(activation, op->getOperand(0), Value(), op->getResult(0));
    return success();
  };
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](bert::GetParameterOp get) {
        emitParameter(get);
        return success();
      })
      .Case([&](func::CallOp call) { return emitCall(call); })
      .Case([&](bert::PackedLinearOp linear) {
        emitLinear(linear);
        return success();
      })
      .Case([&](bert::SelfAttentionOp attention) {
        int64_t hidden = columns(attention.getResult());
        int64_t heads = attention.getNumHeads();
        func::FuncOp kernel =
            attentionKernel(program.getModule(), heads, hidden / heads,
                            program.getMaxPositions(), target);
        launch(kernel,
               {buffers[attention.getQkv()], buffers[attention.getOffsets()],
                buffers[attention.getResult()], context.scratch},
               context.sequences);
        return success();
      })
      .Case([&](bert::EmbeddingOp embedding) {
        emitEmbedding(embedding.getIds(), embedding.getTables(), {}, {}, 0,
                      embedding.getResult());
        return success();
      })
      .Case([&](bert::FusedEmbeddingOp embedding) {
        emitEmbedding(embedding.getIds(), embedding.getTables(),
                      embedding.getScale(), embedding.getBias(),
                      embedding.getEpsilon().convertToDouble(),
                      embedding.getResult());
        return success();
      })
      .Case([&](bert::LayerNormOp norm) {
        func::FuncOp kernel =
            layerNormKernel(program.getModule(), columns(norm.getResult()),
                            norm.getEpsilon().convertToDouble(), target);
        launch(kernel,
               {buffers[norm.getInput()], buffers[norm.getScale()],
                buffers[norm.getBias()], buffers[norm.getResult()]},
               context.rows(b, kinds.lookup(norm.getResult())));
        return success();
      })
      .Case([&](bert::FirstTokenOp pool) {
        emitPooling(Pooling::firstToken, pool.getInput(), pool.getOffsets(),
                    pool.getResult());
        return success();
      })
      .Case([&](bert::MeanPoolOp pool) {
        emitPooling(Pooling::mean, pool.getInput(), pool.getOffsets(),
                    pool.getResult());
        return success();
      })
      .Case([&](bert::L2NormalizeOp normalize) {
        func::FuncOp kernel = l2NormalizeKernel(
            program.getModule(), columns(normalize.getResult()),
            normalize.getEpsilon().convertToDouble(), target);
        launch(kernel,
               {buffers[normalize.getInput()], buffers[normalize.getResult()]},
               context.rows(b, kinds.lookup(normalize.getResult())));
        return success();
      })
      .Case([&](bert::GatherRowsOp gather) {
        launch(gatherKernel(program.getModule(), columns(gather.getResult()),
                            target),
               {buffers[gather.getInput()], buffers[gather.getRows()],
                buffers[gather.getResult()]},
               context.rows(b, kinds.lookup(gather.getResult())));
        return success();
      })
      .Case([&](bert::SliceColumnsOp slice) {
        launch(sliceKernel(program.getModule(), columns(slice.getInput()),
                           slice.getFirst(), slice.getCount(), target),
               {buffers[slice.getInput()], buffers[slice.getResult()]},
               context.rows(b, kinds.lookup(slice.getResult())));
        return success();
      })
      .Case([&](bert::AddOp add) {
        emitElementwise(bert::Activation::none, add.getOperand(0),
                        add.getOperand(1), add.getResult());
        return success();
      })
      .Case([&](bert::GeluOp gelu) {
        return unary(gelu.getApproximate() == bert::GeluForm::tanh
                         ? bert::Activation::gelu_tanh
                         : bert::Activation::gelu);
      })
      .Case([&](bert::ReluOp) { return unary(bert::Activation::relu); })
      .Case([&](bert::SiluOp) { return unary(bert::Activation::silu); })
      .Case([&](bert::TanhOp) { return unary(bert::Activation::tanh); })
      .Default([](Operation *other) {
        return other->emitOpError("has no CPU kernel");
      });
}

void BodyLowering::emitLinear(bert::PackedLinearOp op) {
  ModuleOp module = program.getModule();
  ProductShape shape;
  shape.inputs = columns(op.getInput());
  shape.outputs = columns(op.getResult());
  shape.bias = bool(op.getBias());
  shape.residual = bool(op.getResidual());
  shape.activation = op.getActivation();
  SmallVector<Value> operands = {buffers[op.getInput()],
                                 buffers[op.getWeight()]};
  if (op.getBias())
    operands.push_back(buffers[op.getBias()]);
  if (op.getResidual())
    operands.push_back(buffers[op.getResidual()]);
  Value result = buffers[op.getResult()];
  operands.push_back(result);
  Value rows = context.rows(b, kinds.lookup(op.getResult()));
  launch(productKernel(module, shape, target), operands, rows);
  // A row is whole only when every thread has done its panels.
  if (op.getScale())
    launch(layerNormKernel(module, shape.outputs,
                           op.getEpsilon()->convertToDouble(), target),
           {result, buffers[op.getScale()], buffers[op.getBeta()], result},
           rows);
}

void BodyLowering::emitEmbedding(ValueRange ids, ValueRange tables, Value scale,
                                 Value bias, double epsilon, Value result) {
  EmbeddingShape shape;
  shape.columns = columns(result);
  shape.layerNorm = bool(scale);
  shape.epsilon = epsilon;
  SmallVector<Value> operands;
  for (Value id : ids)
    operands.push_back(buffers[id]);
  for (Value table : tables) {
    operands.push_back(buffers[table]);
    shape.tableRows.push_back(
        cast<RankedTensorType>(table.getType()).getDimSize(0));
  }
  if (scale)
    operands.append({buffers[scale], buffers[bias]});
  operands.push_back(buffers[result]);
  launch(embeddingKernel(program.getModule(), shape, target), operands,
         context.rows(b, kinds.lookup(result)));
}

void BodyLowering::emitPooling(Pooling pooling, Value input, Value offsets,
                               Value result) {
  launch(poolingKernel(program.getModule(), pooling, columns(result), target),
         {buffers[input], buffers[offsets], buffers[result]},
         context.sequences);
}

void BodyLowering::emitElementwise(bert::Activation activation, Value x,
                                   Value residual, Value result) {
  SmallVector<Value> operands = {buffers[x]};
  if (residual)
    operands.push_back(buffers[residual]);
  operands.push_back(buffers[result]);
  launch(elementwiseKernel(program.getModule(), columns(result), activation,
                           bool(residual), target),
         operands, context.rows(b, kinds.lookup(result)));
}

void BodyLowering::copy(Value value, Value destination) {
  launch(elementwiseKernel(program.getModule(), columns(value),
                           bert::Activation::none, false, target),
         {buffers[value], destination}, context.rows(b, kinds.lookup(value)));
}

LogicalResult BodyLowering::emitCall(func::CallOp op) {
  auto callee = program.getModule().lookupSymbol<func::FuncOp>(op.getCallee());
  SmallVector<RowKind> operandKinds;
  SmallVector<Value> operands;
  for (Value operand : op.getOperands()) {
    operandKinds.push_back(kinds.lookup(operand));
    operands.push_back(buffers[operand]);
  }
  auto lowered = program.lowerPrivate(callee, operandKinds);
  if (failed(lowered))
    return failure();
  for (Value result : op.getResults())
    operands.push_back(buffers[result]);
  RunContext inner = context;
  inner.frame = context.address(b, own);
  operands.append(inner.values());
  func::CallOp::create(b, (*lowered)->function, operands);
  return success();
}

void BodyLowering::emitParameter(bert::GetParameterOp op) {
  for (const StoredParameter &weight : program.getLayout().weights)
    if (weight.name == op.getName()) {
      Value at = arith::ConstantIndexOp::create(b, weight.offset);
      buffers[op.getResult()] = memref::ViewOp::create(
          b, bufferType(op.getResult().getType(), target), context.weights, at,
          ValueRange{});
      return;
    }
}

} // namespace

FailureOr<LoweredFunction *>
ProgramLowering::lowerPrivate(func::FuncOp function, ArrayRef<RowKind> kinds) {
  auto found = functions.find(function.getName());
  if (found != functions.end()) {
    if (llvm::ArrayRef<RowKind>(found->second.kinds) != kinds)
      return function.emitOpError("is called on tokens here, on sequences "
                                  "there: no kernel schedule serves both");
    return &found->second.lowered;
  }
  if (function.isExternal())
    return function.emitOpError("is called and has no body");
  if (!active.insert(function).second)
    return function.emitOpError("calls itself: a schedule has an end");
  BodyLowering body(*this, function);
  if (failed(body.analyse(kinds)))
    return failure();
  active.erase(function);

  MLIRContext *context = module.getContext();
  SmallVector<Type> types;
  for (Type type : function.getArgumentTypes())
    types.push_back(bufferType(type, target));
  for (Type type : function.getResultTypes())
    types.push_back(bufferType(type, target));
  SmallVector<Type> run = RunContext::types(context);
  types.append(run);

  ImplicitLocOpBuilder &b = body.builder();
  b.setInsertionPointToEnd(module.getBody());
  auto lowered = func::FuncOp::create(
      b, (plainName(function.getName()) + loweredSuffix).str(),
      b.getFunctionType(types, {}));
  lowered.setPrivate();
  b.setInsertionPointToStart(lowered.addEntryBlock());
  ValueRange arguments = lowered.getArguments();
  unsigned inputs = function.getNumArguments();
  body.setContext(RunContext::fromArguments(arguments.take_back(run.size())));
  for (unsigned i = 0; i < inputs; ++i)
    body.setBuffer(function.getArgument(i), arguments[i]);

  // A result made here is written where the caller wants it.
  llvm::SmallDenseSet<Value> placed;
  SmallVector<std::pair<Value, Value>> copies;
  LoweredFunction result;
  Operation *terminator = function.getBody().front().getTerminator();
  for (auto [i, value] : llvm::enumerate(terminator->getOperands())) {
    Value destination = arguments[inputs + i];
    if (value.getDefiningOp() && placed.insert(value).second)
      body.setBuffer(value, destination);
    else
      copies.emplace_back(value, destination);
    result.results.push_back(body.kindOf(value));
  }
  body.plan(placed);
  if (failed(body.emit()))
    return failure();
  for (auto [value, destination] : copies)
    body.copy(value, destination);
  func::ReturnOp::create(b);
  result.function = lowered;
  result.frame = body.frame();
  auto [place, inserted] = functions.try_emplace(
      function.getName(),
      Entry{function, SmallVector<RowKind>(kinds), std::move(result)});
  return &place->second.lowered;
}

LogicalResult ProgramLowering::lowerEntry(func::FuncOp entry) {
  entrySource = entry;
  BodyLowering body(*this, entry);
  auto nameOf = [](DictionaryAttr attributes) -> std::string {
    auto name =
        attributes ? attributes.getAs<StringAttr>("bert.name") : StringAttr();
    return name ? name.str() : std::string();
  };
  SmallVector<RowKind> kinds;
  for (unsigned i = 0; i < entry.getNumArguments(); ++i) {
    std::string name = nameOf(entry.getArgAttrDict(i));
    kinds.push_back(name == "offsets"         ? RowKind::offsets
                    : name == "mlm_positions" ? RowKind::selected
                                              : RowKind::tokens);
  }
  if (failed(body.analyse(kinds)))
    return failure();

  auto pointer = LLVM::LLVMPointerType::get(module.getContext());
  ImplicitLocOpBuilder &b = body.builder();
  b.setInsertionPointToEnd(module.getBody());
  auto lowered =
      func::FuncOp::create(b, "bertc_run", b.getFunctionType(pointer, {}));
  b.setInsertionPointToStart(lowered.addEntryBlock());
  body.setContext(RunContext::open(b, lowered.getArgument(0), scratchBytes));

  // Inputs and outputs have places of their own: the host reads and writes them
  // between runs.
  auto place = [&](Value value, DictionaryAttr attributes, RowKind kind,
                   std::vector<ProgramTensor> &list) {
    auto type = cast<RankedTensorType>(value.getType());
    ProgramTensor tensor;
    tensor.name = nameOf(attributes);
    tensor.isFloat = type.getElementType().isF32();
    tensor.rows = kind;
    if (attributes && attributes.contains("bert.scalar"))
      tensor.form = OutputForm::scalar;
    if (type.getRank() == 2) {
      tensor.columns = type.getDimSize(1);
      tensor.rowStride = target.rowStride(tensor.columns);
    }
    AffineBytes offset = body.reserve(type, kind);
    tensor.offset = offset + AffineBytes{0, 0, 0, scratchBytes};
    list.push_back(std::move(tensor));
    return body.viewAt(type, kind, offset);
  };
  for (auto [i, argument] : llvm::enumerate(entry.getArguments()))
    body.setBuffer(argument, place(argument, entry.getArgAttrDict(i), kinds[i],
                                   layout.inputs));
  llvm::SmallDenseSet<Value> placed;
  SmallVector<std::pair<Value, Value>> copies;
  Operation *terminator = entry.getBody().front().getTerminator();
  for (auto [i, value] : llvm::enumerate(terminator->getOperands())) {
    Value destination = place(value, entry.getResultAttrDict(i),
                              body.kindOf(value), layout.outputs);
    if (value.getDefiningOp() && placed.insert(value).second)
      body.setBuffer(value, destination);
    else
      copies.emplace_back(value, destination);
  }
  body.plan(placed);
  if (failed(body.emit()))
    return failure();
  for (auto [value, destination] : copies)
    body.copy(value, destination);
  func::ReturnOp::create(b);
  layout.workspace = body.frame() + AffineBytes{0, 0, 0, scratchBytes};
  return success();
}

bool ProgramLowering::isSource(Operation *op) const {
  if (op == entrySource)
    return true;
  return llvm::any_of(
      functions, [&](const auto &entry) { return entry.second.source == op; });
}

void ProgramLowering::renameSources() {
  SymbolTable symbols(module);
  for (auto function : module.getOps<func::FuncOp>())
    (void)symbols.rename(function,
                         StringAttr::get(module.getContext(),
                                         function.getName() + sourceSuffix));
}

void ProgramLowering::renameLowered() {
  SymbolTable symbols(module);
  for (auto &entry : functions) {
    StringRef name = plainName(entry.first());
    if (!symbols.lookup(name))
      (void)symbols.rename(entry.second.lowered.function,
                           StringAttr::get(module.getContext(), name));
  }
}
