//===- ProgramLayout.cpp --------------------------------------------------===//

#include "passes/lower-cpu/ProgramLayout.h"

#include "dialect/PackedLayout.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinOps.h"

#include <algorithm>

using namespace bertc;
using namespace mlir;

namespace {

Attribute toAttribute(Builder &b, const AffineBytes &bytes) {
  return b.getDenseI64ArrayAttr(
      {bytes.constant, bytes.perToken, bytes.perSequence, bytes.perThread});
}

AffineBytes toAffine(Attribute attribute) {
  ArrayRef<int64_t> v = cast<DenseI64ArrayAttr>(attribute).asArrayRef();
  return {v[0], v[1], v[2], v[3]};
}

Attribute toAttribute(Builder &b, const TouchedBytes &touched) {
  const AffineBytes &bytes = touched.bytes;
  return b.getDenseI64ArrayAttr({bytes.constant, bytes.perToken,
                                 bytes.perSequence, bytes.perThread,
                                 touched.perSelected});
}

TouchedBytes toTouched(Attribute attribute) {
  return {toAffine(attribute),
          cast<DenseI64ArrayAttr>(attribute).asArrayRef()[4]};
}

Attribute toAttribute(Builder &b, const RunAmount &amount) {
  return b.getDenseI64ArrayAttr({amount.constant, amount.perToken,
                                 amount.perSequence, amount.perSelected,
                                 amount.perTokenPair});
}

RunAmount toAmount(Attribute attribute) {
  ArrayRef<int64_t> v = cast<DenseI64ArrayAttr>(attribute).asArrayRef();
  return {v[0], v[1], v[2], v[3], v[4]};
}

Attribute toAttribute(Builder &b, const std::vector<ProgramTensor> &tensors) {
  SmallVector<Attribute> list;
  for (const ProgramTensor &tensor : tensors)
    list.push_back(b.getDictionaryAttr({
        b.getNamedAttr("name", b.getStringAttr(tensor.name)),
        b.getNamedAttr("element",
                       b.getStringAttr(tensor.isFloat ? "f32" : "i32")),
        b.getNamedAttr("rows", b.getI64IntegerAttr(int64_t(tensor.rows))),
        b.getNamedAttr("columns", b.getI64IntegerAttr(tensor.columns)),
        b.getNamedAttr("row_stride", b.getI64IntegerAttr(tensor.rowStride)),
        b.getNamedAttr("form", b.getI64IntegerAttr(int64_t(tensor.form))),
        b.getNamedAttr("offset", toAttribute(b, tensor.offset)),
        b.getNamedAttr("classes", b.getI64IntegerAttr(tensor.classes)),
    }));
  return b.getArrayAttr(list);
}

Attribute toAttribute(Builder &b, const std::vector<ProgramState> &states) {
  SmallVector<Attribute> list;
  for (const ProgramState &state : states)
    list.push_back(b.getDictionaryAttr({
        b.getNamedAttr("role", b.getStringAttr(nameOf(state.role))),
        b.getNamedAttr("name", b.getStringAttr(state.name)),
        b.getNamedAttr("element",
                       b.getStringAttr(state.isFloat ? "f32" : "i32")),
        b.getNamedAttr("shape", b.getDenseI64ArrayAttr(state.shape)),
        b.getNamedAttr("offset", toAttribute(b, state.offset)),
        b.getNamedAttr("initial", b.getStringAttr(state.initial)),
    }));
  return b.getArrayAttr(list);
}

Attribute toAttribute(Builder &b, const std::vector<ProgramPhase> &phases) {
  SmallVector<Attribute> list;
  for (const ProgramPhase &phase : phases)
    list.push_back(b.getDictionaryAttr({
        b.getNamedAttr("kernel", b.getStringAttr(phase.kernel)),
        b.getNamedAttr("place", b.getStringAttr(phase.place)),
        b.getNamedAttr("type", b.getStringAttr(phase.dtype)),
        b.getNamedAttr("flops", toAttribute(b, phase.flops)),
        b.getNamedAttr("weights", toAttribute(b, phase.weightBytes)),
        b.getNamedAttr("activations", toAttribute(b, phase.activationBytes)),
    }));
  return b.getArrayAttr(list);
}

int64_t integer(DictionaryAttr dictionary, StringRef name) {
  return cast<IntegerAttr>(dictionary.get(name)).getInt();
}

std::string text(DictionaryAttr dictionary, StringRef name) {
  return cast<StringAttr>(dictionary.get(name)).str();
}

/// What elementName of dialect/PackedLayout.h calls it.
bert::Precision precision(DictionaryAttr dictionary) {
  for (auto precision : {bert::Precision::bf16, bert::Precision::int8})
    if (text(dictionary, "type") == bert::elementName(precision))
      return precision;
  return bert::Precision::f32;
}

std::vector<ProgramPhase> toPhases(Attribute attribute) {
  std::vector<ProgramPhase> phases;
  for (auto entry : cast<ArrayAttr>(attribute).getAsRange<DictionaryAttr>())
    phases.push_back({text(entry, "kernel"), text(entry, "place"),
                      text(entry, "type"), toAmount(entry.get("flops")),
                      toAmount(entry.get("weights")),
                      toAmount(entry.get("activations"))});
  return phases;
}

std::vector<ProgramTensor> toTensors(Attribute attribute) {
  std::vector<ProgramTensor> tensors;
  for (auto entry : cast<ArrayAttr>(attribute).getAsRange<DictionaryAttr>())
    tensors.push_back(
        {text(entry, "name"), text(entry, "element") == "f32",
         RowKind(integer(entry, "rows")), integer(entry, "columns"),
         integer(entry, "row_stride"), OutputForm(integer(entry, "form")),
         toAffine(entry.get("offset")), integer(entry, "classes")});
  return tensors;
}

std::vector<ProgramState> toStates(Attribute attribute) {
  std::vector<ProgramState> states;
  for (auto entry : cast<ArrayAttr>(attribute).getAsRange<DictionaryAttr>())
    states.push_back(
        {*stateRoleFromName(text(entry, "role")), text(entry, "name"),
         text(entry, "element") == "f32",
         cast<DenseI64ArrayAttr>(entry.get("shape")).asArrayRef().vec(),
         toAffine(entry.get("offset")), text(entry, "initial")});
  return states;
}

Attribute toAttribute(Builder &b, const std::vector<StoredParameter> &weights) {
  SmallVector<Attribute> list;
  for (const StoredParameter &weight : weights) {
    SmallVector<Attribute> sources;
    for (const std::string &source : weight.sources)
      sources.push_back(b.getStringAttr(source));
    list.push_back(b.getDictionaryAttr({
        b.getNamedAttr("name", b.getStringAttr(weight.name)),
        b.getNamedAttr("sources", b.getArrayAttr(sources)),
        b.getNamedAttr("type",
                       b.getStringAttr(bert::elementName(weight.precision))),
        b.getNamedAttr("shape", b.getDenseI64ArrayAttr(weight.shape)),
        b.getNamedAttr("panel", b.getI64IntegerAttr(weight.panel)),
        b.getNamedAttr("offset", b.getI64IntegerAttr(weight.offset)),
        b.getNamedAttr("bytes", b.getI64IntegerAttr(weight.bytes)),
    }));
  }
  return b.getArrayAttr(list);
}

std::vector<StoredParameter> toWeights(Attribute attribute) {
  std::vector<StoredParameter> weights;
  for (auto entry : cast<ArrayAttr>(attribute).getAsRange<DictionaryAttr>()) {
    StoredParameter weight;
    weight.name = text(entry, "name");
    for (auto source :
         cast<ArrayAttr>(entry.get("sources")).getAsRange<StringAttr>())
      weight.sources.push_back(source.str());
    weight.shape =
        cast<DenseI64ArrayAttr>(entry.get("shape")).asArrayRef().vec();
    weight.precision = precision(entry);
    weight.panel = integer(entry, "panel");
    weight.offset = integer(entry, "offset");
    weight.bytes = integer(entry, "bytes");
    weights.push_back(std::move(weight));
  }
  return weights;
}

/// Whether toWeights takes the attribute.
bool isWeight(Attribute attribute) {
  auto entry = dyn_cast<DictionaryAttr>(attribute);
  if (!entry)
    return false;
  auto sources = entry.getAs<ArrayAttr>("sources");
  return entry.getAs<StringAttr>("name") && sources &&
         llvm::all_of(sources, llvm::IsaPred<StringAttr>) &&
         entry.getAs<StringAttr>("type") &&
         entry.getAs<DenseI64ArrayAttr>("shape") &&
         entry.getAs<IntegerAttr>("panel") &&
         entry.getAs<IntegerAttr>("offset") &&
         entry.getAs<IntegerAttr>("bytes");
}

constexpr StringLiteral programName = "bert.program";
constexpr StringLiteral weightsName = "bert.weights";
constexpr StringLiteral phasesName = "bert.phases";
constexpr StringLiteral updateName = "bert.update_phases";
constexpr StringLiteral placedName = "bert.placed_weights";

} // namespace

StringRef bertc::nameOf(StateRole role) {
  switch (role) {
  case StateRole::number:
    return "number";
  case StateRole::parameter:
    return "parameter";
  case StateRole::gradient:
    return "gradient";
  case StateRole::firstMoment:
    return "first_moment";
  case StateRole::secondMoment:
    return "second_moment";
  }
  llvm_unreachable("a role");
}

std::optional<StateRole> bertc::stateRoleFromName(StringRef name) {
  for (StateRole role :
       {StateRole::number, StateRole::parameter, StateRole::gradient,
        StateRole::firstMoment, StateRole::secondMoment})
    if (name == nameOf(role))
      return role;
  return std::nullopt;
}

AffineBytes bertc::largest(const AffineBytes &a, const AffineBytes &b) {
  return {std::max(a.constant, b.constant), std::max(a.perToken, b.perToken),
          std::max(a.perSequence, b.perSequence),
          std::max(a.perThread, b.perThread)};
}

TouchedBytes bertc::largest(const TouchedBytes &a, const TouchedBytes &b) {
  return {largest(a.bytes, b.bytes), std::max(a.perSelected, b.perSelected)};
}

RunAmount RunAmount::ofRows(RowKind kind, int64_t each) {
  RunAmount amount;
  switch (kind) {
  case RowKind::tokens:
    amount.perToken = each;
    break;
  case RowKind::offsets:
  case RowKind::questionOffsets:
    amount.constant = each;
    [[fallthrough]];
  case RowKind::sequences:
  case RowKind::questions:
    amount.perSequence = each;
    break;
  case RowKind::pairs:
    amount.perSequence = each / 2;
    break;
  case RowKind::selected:
    amount.perSelected = each;
    break;
  case RowKind::constant:
    amount.constant = each;
    break;
  }
  return amount;
}

bool StoredParameter::serves(const StoredParameter &other) const {
  return sources == other.sources && shape == other.shape &&
         panel == other.panel && precision == other.precision &&
         bytes >= other.bytes;
}

std::vector<int64_t> StoredParameter::storedShape() const {
  if (!isPacked())
    return shape;
  auto packed = bert::packedShape(shape[0], shape[1], panel, precision);
  return {packed.begin(), packed.end()};
}

void bertc::setProgramLayout(ModuleOp module, const ProgramLayout &layout) {
  Builder b(module.getContext());
  SmallVector<NamedAttribute> program = {
      b.getNamedAttr("inputs", toAttribute(b, layout.inputs)),
      b.getNamedAttr("outputs", toAttribute(b, layout.outputs)),
      b.getNamedAttr("states", toAttribute(b, layout.states)),
      b.getNamedAttr("workspace", toAttribute(b, layout.workspace)),
      b.getNamedAttr("touched", toAttribute(b, layout.touched))};
  if (layout.evaluates)
    program.push_back(b.getNamedAttr("evaluates", b.getUnitAttr()));
  if (layout.optimizer)
    program.push_back(b.getNamedAttr(
        "optimizer", layout.optimizer->toAttribute(module.getContext())));
  module->setAttr(programName, b.getDictionaryAttr(program));
  module->setAttr(phasesName, toAttribute(b, layout.phases));
  if (layout.update)
    module->setAttr(updateName, toAttribute(b, *layout.update));
  module->setAttr(weightsName, toAttribute(b, layout.weights));
}

ProgramLayout bertc::getProgramLayout(ModuleOp module) {
  ProgramLayout layout;
  auto program = module->getAttrOfType<DictionaryAttr>(programName);
  layout.inputs = toTensors(program.get("inputs"));
  layout.outputs = toTensors(program.get("outputs"));
  layout.states = toStates(program.get("states"));
  layout.workspace = toAffine(program.get("workspace"));
  layout.touched = toTouched(program.get("touched"));
  layout.evaluates = program.contains("evaluates");
  if (auto optimizer = program.getAs<DictionaryAttr>("optimizer"))
    layout.optimizer = llvm::cantFail(Optimizer::fromAttribute(optimizer));
  layout.phases = toPhases(module->getAttr(phasesName));
  if (Attribute update = module->getAttr(updateName))
    layout.update = toPhases(update);
  layout.weights = toWeights(module->getAttr(weightsName));
  return layout;
}

void bertc::setPlacedWeights(ModuleOp module,
                             const std::vector<StoredParameter> &weights) {
  Builder b(module.getContext());
  module->setAttr(placedName, toAttribute(b, weights));
}

FailureOr<std::vector<StoredParameter>>
bertc::takePlacedWeights(ModuleOp module) {
  Attribute placed = module->removeAttr(placedName);
  if (!placed)
    return std::vector<StoredParameter>();
  auto list = dyn_cast<ArrayAttr>(placed);
  if (!list || !llvm::all_of(list, isWeight))
    return module.emitError(placedName)
           << " is not a list as " << weightsName << " is";
  return toWeights(placed);
}
