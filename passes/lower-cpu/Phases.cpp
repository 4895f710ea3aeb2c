//===- Phases.cpp ---------------------------------------------------------===//

#include "passes/lower-cpu/Phases.h"

#include "passes/Symbols.h"
#include "passes/lower-cpu/FunctionLowering.h"

#include "dialect/BertOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"

#include <optional>

using namespace bertc;
using namespace mlir;

namespace {

/// Where a tensor belongs: "encoder.layer.0.output.dense.weight" to
/// "encoder.layer.0.output.dense".
StringRef moduleOf(StringRef tensor) {
  return tensor.contains('.') ? tensor.rsplit('.').first : StringRef();
}

/// The longest dotted beginning of both.
StringRef commonPlace(StringRef a, StringRef b) {
  while (a != b) {
    StringRef &longer = a.size() > b.size() ? a : b;
    longer = moduleOf(longer);
  }
  return a;
}

} // namespace

bool bertc::isParameter(Value tensor) {
  auto type = dyn_cast<RankedTensorType>(tensor.getType());
  return type && type.hasStaticShape() && !type.getElementType().isInteger() &&
         (isa<BlockArgument>(tensor) ||
          isa<bert::GetParameterOp>(tensor.getDefiningOp()));
}

bool bertc::isMadeOfParameters(Value tensor) {
  if (isParameter(tensor))
    return true;
  Operation *op = tensor.getDefiningOp();
  return isa_and_nonnull<bert::ConcatOp, bert::PackOp, bert::PackTransposedOp>(
             op) &&
         llvm::all_of(op->getOperands(), isMadeOfParameters);
}

SmallVector<SchedulePhase> bertc::phasesOfCall(func::CallOp call,
                                               ArrayRef<SchedulePhase> phases) {
  SmallVector<Value> handed =
      llvm::filter_to_vector(call.getOperands(), isMadeOfParameters);
  SmallVector<SchedulePhase> result(phases);
  for (SchedulePhase &phase : result) {
    for (Value &parameter : phase.parameters)
      if (auto argument = dyn_cast<BlockArgument>(parameter))
        parameter = call.getOperand(argument.getArgNumber());
    if (phase.parameters.empty())
      phase.parameters = handed;
  }
  return result;
}

namespace {

/// Where a program's parameters belong, and what is made of them.
class Places {
public:
  explicit Places(const ProgramLayout &layout) {
    // A packed parameter is where all it is made of is.
    for (const StoredParameter &weight : layout.weights) {
      StringRef place = moduleOf(weight.sources.front());
      for (StringRef source : weight.sources)
        place = commonPlace(place, moduleOf(source));
      places[weight.name] = place.str();
    }
    for (const ProgramState &state : layout.states)
      if (state.role == StateRole::parameter)
        states[state.name] = places.lookup(state.initial);
  }

  /// Nothing where it tells no place.
  std::optional<StringRef> of(Value value) const {
    if (auto argument = dyn_cast<BlockArgument>(value)) {
      auto function =
          dyn_cast<func::FuncOp>(argument.getOwner()->getParentOp());
      if (!function)
        return std::nullopt;
      auto found =
          states.find(nameOf(function.getArgAttrDict(argument.getArgNumber())));
      return found == states.end() ? std::nullopt
                                   : std::optional<StringRef>(found->second);
    }
    if (auto get = value.getDefiningOp<bert::GetParameterOp>()) {
      auto found = places.find(plainName(get.getName()));
      return found == places.end() ? StringRef() : StringRef(found->second);
    }
    return of(value.getDefiningOp()->getOperands());
  }
  std::optional<StringRef> of(ValueRange values) const {
    std::optional<StringRef> place;
    for (Value value : values)
      if (std::optional<StringRef> one = of(value))
        place = place ? commonPlace(*place, *one) : *one;
    return place;
  }

private:
  llvm::StringMap<std::string> places; ///< by names of weights
  llvm::StringMap<std::string> states; ///< by names of states
};

} // namespace

std::vector<ProgramPhase> bertc::phasesOfProgram(ArrayRef<SchedulePhase> phases,
                                                 const ProgramLayout &layout) {
  const Places places(layout);
  std::vector<ProgramPhase> result;
  for (const SchedulePhase &phase : phases)
    result.push_back(
        {phase.kernel, places.of(phase.parameters).value_or("").str(),
         phase.dtype, phase.flops, phase.weightBytes, phase.activationBytes});
  return result;
}
