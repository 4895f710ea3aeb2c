//===- FunctionLowering.cpp -----------------------------------------------===//

#include "passes/lower-cpu/FunctionLowering.h"

#include "passes/Symbols.h"
#include "passes/lower-cpu/BodyLowering.h"
#include "passes/lower-cpu/RunContext.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "llvm/ADT/StringSwitch.h"

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
      .Default(std::nullopt);
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
    if (isMade(value) && placed.insert(value).second)
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
  result.phases = body.takePhases();
  auto [place, inserted] = functions.try_emplace(
      function.getName(),
      Entry{function, SmallVector<RowKind>(kinds), std::move(result)});
  return &place->second.lowered;
}

LogicalResult ProgramLowering::lowerEntry(func::FuncOp entry) {
  entrySource = entry;
  BodyLowering body(*this, entry);
  SmallVector<RowKind> kinds;
  for (unsigned i = 0; i < entry.getNumArguments(); ++i) {
    std::optional<RowKind> kind = kindOfInput(entry, i);
    if (!kind)
      return entry.emitOpError("argument ")
             << i << " has rows that a run does not know: "
             << entry.getArgAttr(i, "bert.rows");
    kinds.push_back(*kind);
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
  auto describe = [&](Value value, DictionaryAttr attributes, RowKind kind) {
    auto type = cast<RankedTensorType>(value.getType());
    ProgramTensor tensor;
    tensor.name = nameOf(attributes).str();
    tensor.isFloat = type.getElementType().isF32();
    tensor.rows = kind;
    if (auto classes = attributes
                           ? attributes.getAs<IntegerAttr>("bert.classes")
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
  };
  auto reserve = [&](Value value, ProgramTensor &tensor) {
    auto type = cast<RankedTensorType>(value.getType());
    AffineBytes offset = body.reserve(type, tensor.rows);
    tensor.offset = offset + AffineBytes{0, 0, 0, scratchBytes};
    return body.viewAt(type, tensor.rows, offset);
  };
  // First of all, so that no size of a run moves them.
  SmallVector<std::pair<Value, Value>> states;
  for (auto [i, value] : llvm::enumerate(
           entry.getBody().front().getTerminator()->getOperands())) {
    if (body.kindOf(value) != RowKind::constant)
      continue;
    auto type = cast<RankedTensorType>(value.getType());
    AffineBytes offset = body.reserve(type, RowKind::constant);
    layout.states.push_back({nameOf(entry.getResultAttrDict(i)).str(),
                             type.getShape().vec(),
                             offset + AffineBytes{0, 0, 0, scratchBytes}});
    states.emplace_back(value, body.viewAt(type, RowKind::constant, offset));
  }
  for (auto [i, argument] : llvm::enumerate(entry.getArguments())) {
    ProgramTensor &input = layout.inputs.emplace_back(
        describe(argument, entry.getArgAttrDict(i), kinds[i]));
    body.setBuffer(argument, reserve(argument, input));
  }
  llvm::SmallDenseSet<Value> placed;
  llvm::SmallDenseMap<Value, size_t> firstOutput; // of each value
  SmallVector<std::pair<Value, Value>> copies;
  for (auto [value, destination] : states) {
    if (isMade(value) && placed.insert(value).second)
      body.setBuffer(value, destination);
    else
      copies.emplace_back(value, destination);
  }
  Operation *terminator = entry.getBody().front().getTerminator();
  for (auto [i, value] : llvm::enumerate(terminator->getOperands())) {
    if (body.kindOf(value) == RowKind::constant)
      continue;
    ProgramTensor &output = layout.outputs.emplace_back(
        describe(value, entry.getResultAttrDict(i), body.kindOf(value)));
    auto [first, isNew] =
        firstOutput.try_emplace(value, layout.outputs.size() - 1);
    if (!isNew) {
      // Two names of one array: the host only reads it.
      output.offset = layout.outputs[first->second].offset;
      continue;
    }
    Value destination = reserve(value, output);
    if (isMade(value)) {
      body.setBuffer(value, destination);
      placed.insert(value);
    } else {
      copies.emplace_back(value, destination);
    }
  }
  for (const ProgramTensor &output : layout.outputs)
    if (output.form == OutputForm::maps && output.rows != RowKind::tokens)
      return entry.emitOpError("result \"")
             << output.name << "\" is of attention maps, without a row for "
             << "each token";
  body.plan(placed);
  if (failed(body.emit()))
    return failure();
  for (auto [value, destination] : copies)
    body.copy(value, destination);
  func::ReturnOp::create(b);
  layout.workspace = body.frame() + AffineBytes{0, 0, 0, scratchBytes};
  layout.phases = phasesOfProgram(body.takePhases(), layout.weights);
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
