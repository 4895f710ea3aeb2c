//===- Gradients.cpp ------------------------------------------------------===//

#include "tools/bert-opt/Gradients.h"

#include "dialect/BertOps.h"
#include "tools/bert-opt/Place.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringRef.h"

#include <algorithm>
#include <cmath>
#include <string>

using namespace bertc;
using namespace mlir;

namespace {

/// The loss as a function of one element of one parameter.
class Loss {
public:
  Loss(func::FuncOp function, ArrayRef<ReferenceTensor> inputs,
       const ParameterReader &parameters, StringRef parameter, size_t element)
      : module(function->getParentOfType<ModuleOp>()),
        name(function.getSymName()), inputs(inputs), parameters(parameters),
        parameter(parameter), element(element) {}

  /// The loss with `change` added to the element.
  llvm::Expected<double> at(double change) const {
    auto read = [&](bert::ParameterOp op) {
      llvm::Expected<ReferenceTensor> tensor = parameters(op);
      if (tensor && op.getSymName() == parameter)
        tensor->values[element] += change;
      return tensor;
    };
    auto results = interpret(module, name, inputs, read);
    if (!results)
      return results.takeError();
    return results->front().values.front();
  }

  /// By a stencil of five points: its error is of the order step^4, and a step
  /// this wide keeps that of rounding below 1e-12 of the loss.
  llvm::Expected<double> derivative() const {
    constexpr double step = 1e-3;
    double sum = 0;
    for (auto [places, weight] : {std::pair(1, 8.0), std::pair(-1, -8.0),
                                  std::pair(2, -1.0), std::pair(-2, 1.0)}) {
      llvm::Expected<double> loss = at(places * step);
      if (!loss)
        return loss.takeError();
      sum += weight * *loss;
    }
    return sum / (12 * step);
  }

private:
  ModuleOp module;
  StringRef name;
  ArrayRef<ReferenceTensor> inputs;
  const ParameterReader &parameters;
  StringRef parameter;
  size_t element;
};

/// Result 0 is a loss, and gradients have the types of their parameters.
llvm::Error checkTypes(func::FuncOp function) {
  auto module = function->getParentOfType<ModuleOp>();
  if (function.getNumResults() == 0 ||
      function.getResultTypes()[0] !=
          RankedTensorType::get({}, Float32Type::get(function.getContext())))
    return llvm::createStringError("@" + function.getSymName() +
                                   " has no loss, a tensor<f32>, first");
  for (unsigned r = 0; r < function.getNumResults(); ++r) {
    auto of =
        function.getResultAttrOfType<FlatSymbolRefAttr>(r, "bert.gradient_of");
    if (!of)
      continue;
    auto parameter = module.lookupSymbol<bert::ParameterOp>(of.getValue());
    if (!parameter ||
        parameter.getParameterType() != function.getResultTypes()[r])
      return llvm::createStringError(
          "result " + Twine(r) + " of @" + function.getSymName() +
          " does not have the type of @" + of.getValue());
  }
  return llvm::Error::success();
}

/// Plain parameters whose gradient is no result and which are not frozen: the
/// loss does not depend on them.
SmallVector<bert::ParameterOp> withoutGradient(func::FuncOp function) {
  llvm::DenseSet<StringRef> known;
  for (unsigned r = 0; r < function.getNumResults(); ++r)
    if (auto of = function.getResultAttrOfType<FlatSymbolRefAttr>(
            r, "bert.gradient_of"))
      known.insert(of.getValue());
  if (auto frozen = function->getAttrOfType<ArrayAttr>("bert.frozen"))
    for (auto symbol : frozen.getAsRange<FlatSymbolRefAttr>())
      known.insert(symbol.getValue());
  SmallVector<bert::ParameterOp> others;
  for (auto parameter :
       function->getParentOfType<ModuleOp>().getOps<bert::ParameterOp>())
    if (!parameter.getTiedTo() && !parameter.getSources() &&
        !known.contains(parameter.getSymName()))
      others.push_back(parameter);
  return others;
}

} // namespace

llvm::Expected<double> bertc::verifyGradients(func::FuncOp function,
                                              ArrayRef<ReferenceTensor> inputs,
                                              const ParameterReader &parameters,
                                              double tolerance) {
  if (llvm::Error error = checkTypes(function))
    return std::move(error);
  auto results = interpret(function->getParentOfType<ModuleOp>(),
                           function.getSymName(), inputs, parameters);
  if (!results)
    return results.takeError();
  double most = 0;
  auto verify = [&](StringRef parameter,
                    const ReferenceTensor &gradient) -> llvm::Error {
    for (size_t i = 0; i < gradient.values.size(); ++i) {
      llvm::Expected<double> expected =
          Loss(function, inputs, parameters, parameter, i).derivative();
      if (!expected)
        return expected.takeError();
      const double difference = std::abs(gradient.values[i] - *expected);
      if (!(difference <= tolerance))
        return llvm::createStringError(
            "@%s: the gradient of @%s is %.9g at %s, finite differences say "
            "%.9g, tolerance %g",
            function.getSymName().str().c_str(), parameter.str().c_str(),
            gradient.values[i], place(gradient, i).c_str(), *expected,
            tolerance);
      most = std::max(most, difference);
    }
    return llvm::Error::success();
  };
  bool any = false;
  for (unsigned r = 0; r < function.getNumResults(); ++r)
    if (auto of = function.getResultAttrOfType<FlatSymbolRefAttr>(
            r, "bert.gradient_of")) {
      any = true;
      if (llvm::Error error = verify(of.getValue(), (*results)[r]))
        return std::move(error);
    }
  if (!any)
    return llvm::createStringError("@" + function.getSymName() +
                                   " has no gradients; bert-differentiate adds "
                                   "them");
  // What has none must not need one.
  for (bert::ParameterOp parameter : withoutGradient(function)) {
    auto type = cast<RankedTensorType>(parameter.getParameterType());
    if (llvm::Error error = verify(parameter.getSymName(),
                                   ReferenceTensor(type.getShape().vec())))
      return std::move(error);
  }
  return most;
}
