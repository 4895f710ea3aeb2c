//===- Phases.cpp ---------------------------------------------------------===//

#include "passes/lower-cpu/Phases.h"

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

SmallVector<SchedulePhase> bertc::phasesOfCall(func::CallOp call,
                                               ArrayRef<SchedulePhase> phases) {
  SmallVector<Value> handed =
      llvm::filter_to_vector(call.getOperands(), isParameter);
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

std::vector<ProgramPhase>
bertc::phasesOfProgram(ArrayRef<SchedulePhase> phases,
                       ArrayRef<StoredParameter> weights) {
  // A packed parameter is where all it is made of is.
  llvm::StringMap<std::string> places;
  for (const StoredParameter &weight : weights) {
    StringRef place = moduleOf(weight.sources.front());
    for (StringRef source : weight.sources)
      place = commonPlace(place, moduleOf(source));
    places[weight.name] = place.str();
  }
  std::vector<ProgramPhase> result;
  for (const SchedulePhase &phase : phases) {
    std::optional<StringRef> place;
    for (Value parameter : phase.parameters)
      if (auto get = parameter.getDefiningOp<bert::GetParameterOp>()) {
        StringRef one = places[plainName(get.getName())];
        place = place ? commonPlace(*place, one) : one;
      }
    result.push_back({phase.kernel, place.value_or("").str(), phase.dtype,
                      phase.flops, phase.weightBytes, phase.activationBytes});
  }
  return result;
}
