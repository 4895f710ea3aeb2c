//===- FunctionLowering.cpp -----------------------------------------------===//

#include "passes/lower-cpu/FunctionLowering.h"

#include "passes/Symbols.h"
#include "passes/lower-cpu/BodyLowering.h"
#include "passes/lower-cpu/RunContext.h"

#include "dialect/BertOps.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <optional>

using namespace bertc;
using namespace mlir;

namespace {

/// Ends of names while a function or parameter stands there before and after
/// lowering, and kernels take the names they want.
constexpr StringLiteral sourceSuffix = "__tensors";
constexpr StringLiteral loweredSuffix = "__kernels";

/// What the rows of an argument of the entry are; nothing for what no run has.
std::optional<RowKind> kindOfInput(func::FuncOp entry, unsigned argument) {
  auto type = cast<RankedTensorType>(entry.getArgumentTypes()[argument]);
  if (type.hasStaticShape())
    return RowKind::constant;
  StringRef name = nameOf(entry.getArgAttrDict(argument));
  if (name == "offsets")
    return RowKind::offsets;
  if (name == "mlm_positions")
    return RowKind::selected;
  auto rows = entry.getArgAttrOfType<StringAttr>(argument, "bert.rows");
  return llvm::StringSwitch<std::optional<RowKind>>(rows ? rows.getValue()
                                                         : "tokens")
      .Case("tokens", RowKind::tokens)
      .Case("sequences", RowKind::sequences)
      .Case("selected", RowKind::selected)
      .Case("questions", RowKind::questions)
      .Case("question_offsets", RowKind::questionOffsets)
      .Case("pairs", RowKind::pairs)
      .Default(std::nullopt);
}

/// What a state of these attributes is.
StateRole roleOf(DictionaryAttr attributes) {
  if (attributes && attributes.contains("bert.gradient_of"))
    return StateRole::gradient;
  auto role =
      attributes ? attributes.getAs<StringAttr>("bert.role") : StringAttr();
  return stateRoleFromName(role ? role.getValue() : StringRef())
      .value_or(StateRole::number);
}

/// Whether a value is computed where it is returned, neither an argument nor a
/// parameter.
bool isMade(Value value) {
  return value.getDefiningOp() && !value.getDefiningOp<bert::GetParameterOp>();
}

} // namespace

StringRef bertc::plainName(StringRef name) {
  name.consume_back(sourceSuffix);
  return name;
}

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
    auto updated = dyn_cast<BlockArgument>(body.storageOf(value));
    if (updated && updated != value && placed.insert(value).second)
      result.updates.emplace_back(i, updated.getArgNumber());
    else if (isMade(value) && placed.insert(value).second)
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
  result.touched = body.touched();
  result.phases = body.takePhases();
  auto [place, inserted] = functions.try_emplace(
      function.getName(),
      Entry{function, SmallVector<RowKind>(kinds), std::move(result)});
  return &place->second.lowered;
}

FailureOr<size_t> ProgramStates::add(func::FuncOp function, StateRole role,
                                     StringRef name, Type type) {
  auto tensor = cast<RankedTensorType>(type);
  const bool isFloat = tensor.getElementType().isF32();
  for (auto [number, known] : llvm::enumerate(states)) {
    if (known.role != role || known.name != name)
      continue;
    if (known.isFloat != isFloat ||
        ArrayRef<int64_t>(known.shape) != tensor.getShape())
      return function.emitOpError("has two states of the name \"")
             << name << "\" and of different types";
    return number;
  }
  ProgramState state;
  state.role = role;
  state.name = name.str();
  state.isFloat = isFloat;
  state.shape = tensor.getShape().vec();
  state.offset.constant = end;
  end += llvm::alignTo(bufferType(type, target).getNumElements() *
                           (tensor.getElementTypeBitWidth() / 8),
                       64);
  states.push_back(std::move(state));
  return states.size() - 1;
}

LogicalResult ProgramStates::collect(func::FuncOp function) {
  SymbolTable symbols(function->getParentOfType<ModuleOp>());
  for (auto get : function.getOps<bert::GetParameterOp>()) {
    bert::ParameterOp parameter = valuesOf(symbols, get);
    if (!parameter.getLearned())
      continue;
    FailureOr<size_t> number =
        add(function, StateRole::parameter, tensorName(parameter),
            parameter.getParameterType());
    if (failed(number))
      return failure();
    states[*number].initial = parameter.getSymName().str();
    parameters[get.getName()] = *number;
  }
  auto addAll = [&](TypeRange types, auto attributesOf) {
    for (auto [i, type] : llvm::enumerate(types)) {
      auto tensor = dyn_cast<RankedTensorType>(type);
      DictionaryAttr attributes = attributesOf(i);
      if (tensor && tensor.hasStaticShape() &&
          failed(add(function, roleOf(attributes), nameOf(attributes), type)))
        return failure();
    }
    return success();
  };
  if (failed(addAll(function.getArgumentTypes(),
                    [&](unsigned i) { return function.getArgAttrDict(i); })))
    return failure();
  return addAll(function.getResultTypes(),
                [&](unsigned i) { return function.getResultAttrDict(i); });
}

const ProgramState &ProgramStates::find(DictionaryAttr attributes) const {
  const StateRole role = roleOf(attributes);
  const StringRef name = nameOf(attributes);
  return *llvm::find_if(states, [&](const ProgramState &state) {
    return state.role == role && state.name == name;
  });
}

void ProgramLowering::openFunction(BodyLowering &body, StringRef name) {
  auto pointer = LLVM::LLVMPointerType::get(module.getContext());
  ImplicitLocOpBuilder &b = body.builder();
  b.setInsertionPointToEnd(module.getBody());
  auto lowered = func::FuncOp::create(b, name, b.getFunctionType(pointer, {}));
  b.setInsertionPointToStart(lowered.addEntryBlock());
  body.setContext(RunContext::open(b, lowered.getArgument(0), scratchBytes));
  body.setFrame({states.bytes(), 0, 0, 0});
}

/// Of a function that the host calls: only a state that it gives a new value
/// is written over.
LogicalResult ProgramLowering::analyse(BodyLowering &body,
                                       func::FuncOp function,
                                       ArrayRef<RowKind> kinds) {
  return body.analyse(kinds, [&](BlockArgument argument) {
    const ProgramState &state =
        states.find(function.getArgAttrDict(argument.getArgNumber()));
    for (unsigned i = 0; i < function.getNumResults(); ++i)
      if (cast<RankedTensorType>(function.getResultTypes()[i])
              .hasStaticShape() &&
          &states.find(function.getResultAttrDict(i)) == &state)
        return true;
    return false;
  });
}

/// Gives arguments and results that are states their places. Results that are
/// made there go into `placed`, others into `copies`.
LogicalResult
ProgramLowering::placeStates(BodyLowering &body, func::FuncOp function,
                             llvm::SmallDenseSet<Value> &placed,
                             SmallVectorImpl<std::pair<Value, Value>> &copies) {
  auto viewOf = [&](Value value, DictionaryAttr attributes) {
    return body.viewAt(value.getType(), RowKind::constant,
                       states.find(attributes).offset);
  };
  for (auto [i, argument] : llvm::enumerate(function.getArguments()))
    if (body.kindOf(argument) == RowKind::constant)
      body.setBuffer(argument, viewOf(argument, function.getArgAttrDict(i)));
  for (auto [i, value] : llvm::enumerate(
           function.getBody().front().getTerminator()->getOperands())) {
    if (body.kindOf(value) != RowKind::constant)
      continue;
    DictionaryAttr attributes = function.getResultAttrDict(i);
    const ProgramState &state = states.find(attributes);
    for (auto [a, argument] : llvm::enumerate(function.getArguments()))
      if (body.kindOf(argument) == RowKind::constant &&
          &states.find(function.getArgAttrDict(a)) == &state &&
          body.storageOf(value) != argument)
        return function.emitOpError("result ")
               << i << " overwrites state \"" << state.name
               << "\", which others read";
    if (isMade(value) && placed.insert(value).second)
      body.setBuffer(value, viewOf(value, attributes));
    else
      copies.emplace_back(value, viewOf(value, attributes));
  }
  return success();
}

LogicalResult
ProgramLowering::closeFunction(BodyLowering &body,
                               const llvm::SmallDenseSet<Value> &placed,
                               ArrayRef<std::pair<Value, Value>> copies) {
  body.plan(placed);
  if (failed(body.emit()))
    return failure();
  for (auto [value, destination] : copies)
    body.copy(value, destination);
  func::ReturnOp::create(body.builder());
  const AffineBytes scratch = {0, 0, 0, scratchBytes};
  layout.workspace = largest(layout.workspace, body.frame() + scratch);
  return success();
}

/// Counts what a step of training writes.
void ProgramLowering::addTouched(const BodyLowering &body) {
  layout.touched = largest(layout.touched, body.touched());
  layout.touched.bytes.perThread = scratchBytes;
}

FailureOr<SmallVector<RowKind>>
ProgramLowering::kindsOfInputs(func::FuncOp function) {
  SmallVector<RowKind> kinds;
  for (unsigned i = 0; i < function.getNumArguments(); ++i) {
    std::optional<RowKind> kind = kindOfInput(function, i);
    if (!kind)
      return function.emitOpError("argument ")
             << i << " has rows that a run does not know: "
             << function.getArgAttr(i, "bert.rows");
    kinds.push_back(*kind);
  }
  return kinds;
}

ProgramTensor ProgramLowering::describe(Value value, DictionaryAttr attributes,
                                        RowKind kind) const {
  auto type = cast<RankedTensorType>(value.getType());
  ProgramTensor tensor;
  tensor.name = nameOf(attributes).str();
  tensor.isFloat = type.getElementType().isF32();
  tensor.rows = kind;
  if (auto classes = attributes ? attributes.getAs<IntegerAttr>("bert.classes")
                                : IntegerAttr())
    tensor.classes = classes.getInt();
  if (attributes && attributes.contains("bert.scalar"))
    tensor.form = OutputForm::scalar;
  if (attributes && attributes.contains("bert.maps"))
    tensor.form = OutputForm::maps;
  if (type.getRank() == 2) {
    tensor.columns = type.getDimSize(1);
    tensor.rowStride = target.rowStride(tensor.columns);
  }
  return tensor;
}

// Inputs and outputs have places of their own: the host reads and writes them
// between runs.
LogicalResult ProgramLowering::placeOutputs(BodyLowering &body,
                                            func::FuncOp function,
                                            llvm::SmallDenseSet<Value> &placed,
                                            SmallVectorImpl<Copy> &copies) {
  const size_t first = layout.outputs.size();
  llvm::SmallDenseMap<Value, size_t> firstOutput; // of each value
  for (auto [i, value] : llvm::enumerate(
           function.getBody().front().getTerminator()->getOperands())) {
    const RowKind kind = body.kindOf(value);
    if (kind == RowKind::constant)
      continue;
    ProgramTensor &output = layout.outputs.emplace_back(
        describe(value, function.getResultAttrDict(i), kind));
    auto [known, isNew] =
        firstOutput.try_emplace(value, layout.outputs.size() - 1);
    if (!isNew) {
      // Two names of one array: the host only reads it.
      output.offset = layout.outputs[known->second].offset;
      continue;
    }
    AffineBytes offset = body.reserve(value.getType(), kind);
    output.offset = offset + AffineBytes{0, 0, 0, scratchBytes};
    Value destination = body.viewAt(value.getType(), kind, offset);
    if (isMade(value)) {
      body.setBuffer(value, destination);
      placed.insert(value);
    } else {
      copies.emplace_back(value, destination);
    }
  }
  for (const ProgramTensor &output : ArrayRef(layout.outputs).drop_front(first))
    if (output.form == OutputForm::maps && output.rows != RowKind::tokens)
      return function.emitOpError("result \"")
             << output.name << "\" is of attention maps, without a row for "
             << "each token";
  return success();
}

LogicalResult ProgramLowering::lowerEntry(func::FuncOp entry) {
  calledByHost.insert(entry);
  BodyLowering body(*this, entry);
  FailureOr<SmallVector<RowKind>> kinds = kindsOfInputs(entry);
  if (failed(kinds) || failed(analyse(body, entry, *kinds)))
    return failure();
  openFunction(body, "bertc_run");
  for (const ProgramState &state : states.all()) {
    layout.states.push_back(state);
    layout.states.back().offset.perThread = scratchBytes;
  }
  for (auto [i, argument] : llvm::enumerate(entry.getArguments())) {
    const RowKind kind = (*kinds)[i];
    if (kind == RowKind::constant)
      continue;
    ProgramTensor &input = layout.inputs.emplace_back(
        describe(argument, entry.getArgAttrDict(i), kind));
    AffineBytes offset = body.reserve(argument.getType(), kind);
    input.offset = offset + AffineBytes{0, 0, 0, scratchBytes};
    body.setBuffer(argument, body.viewAt(argument.getType(), kind, offset));
  }
  inputBytes = body.ownFrame();
  llvm::SmallDenseSet<Value> placed;
  SmallVector<Copy> copies;
  if (failed(placeStates(body, entry, placed, copies)) ||
      failed(placeOutputs(body, entry, placed, copies)) ||
      failed(closeFunction(body, placed, copies)))
    return failure();
  addTouched(body);
  layout.phases = phasesOfProgram(body.takePhases(), layout);
  return success();
}

LogicalResult ProgramLowering::lowerEvaluation(func::FuncOp evaluation) {
  calledByHost.insert(evaluation);
  BodyLowering body(*this, evaluation);
  FailureOr<SmallVector<RowKind>> kinds = kindsOfInputs(evaluation);
  if (failed(kinds) || failed(analyse(body, evaluation, *kinds)))
    return failure();
  openFunction(body, "bertc_evaluate");
  body.setFrame(inputBytes);
  for (auto [i, argument] : llvm::enumerate(evaluation.getArguments())) {
    const RowKind kind = (*kinds)[i];
    if (kind == RowKind::constant)
      continue;
    const ProgramTensor wanted =
        describe(argument, evaluation.getArgAttrDict(i), kind);
    auto input = llvm::find_if(layout.inputs, [&](const ProgramTensor &one) {
      return one.name == wanted.name && one.rows == wanted.rows &&
             one.isFloat == wanted.isFloat && one.columns == wanted.columns;
    });
    if (input == layout.inputs.end())
      return evaluation.emitOpError("argument ")
             << i << ", \"" << wanted.name << "\", is no input of the entry";
    AffineBytes offset = input->offset;
    offset.perThread = 0; // of the scratch before the frame
    body.setBuffer(argument, body.viewAt(argument.getType(), kind, offset));
  }
  llvm::SmallDenseSet<Value> placed;
  SmallVector<Copy> copies;
  if (failed(placeStates(body, evaluation, placed, copies)) ||
      failed(placeOutputs(body, evaluation, placed, copies)) ||
      failed(closeFunction(body, placed, copies)))
    return failure();
  layout.evaluates = true;
  return success();
}

LogicalResult ProgramLowering::lowerUpdate(func::FuncOp update) {
  calledByHost.insert(update);
  for (Type type : llvm::concat<const Type>(update.getArgumentTypes(),
                                            update.getResultTypes()))
    if (!cast<RankedTensorType>(type).hasStaticShape())
      return update.emitOpError("takes or gives ")
             << type << ": an update knows no batch";
  BodyLowering body(*this, update);
  if (failed(analyse(
          body, update,
          SmallVector<RowKind>(update.getNumArguments(), RowKind::constant))))
    return failure();
  openFunction(body, "bertc_update_states");
  llvm::SmallDenseSet<Value> placed;
  SmallVector<std::pair<Value, Value>> copies;
  if (failed(placeStates(body, update, placed, copies)) ||
      failed(closeFunction(body, placed, copies)))
    return failure();
  addTouched(body);
  layout.update = phasesOfProgram(body.takePhases(), layout);
  // A module written by hand may leave the rates to its host.
  if (auto attribute = update->getAttrOfType<DictionaryAttr>("bert.update")) {
    llvm::Expected<Optimizer> optimizer = Optimizer::fromAttribute(attribute);
    if (!optimizer)
      return update.emitOpError("bert.update: ")
             << llvm::toString(optimizer.takeError());
    layout.optimizer = std::move(*optimizer);
  }
  return success();
}

bool ProgramLowering::isSource(Operation *op) const {
  if (isCalledByHost(op))
    return true;
  return llvm::any_of(
      functions, [&](const auto &entry) { return entry.second.source == op; });
}

void ProgramLowering::renameSources() {
  SymbolTable symbols(module);
  for (Operation &op : *module.getBody())
    if (auto symbol = dyn_cast<SymbolOpInterface>(op))
      (void)symbols.rename(
          symbol, StringAttr::get(module.getContext(),
                                  symbol.getName() + Twine(sourceSuffix)));
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
