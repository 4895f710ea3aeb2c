//===- Optimizer.cpp ------------------------------------------------------===//

#include "passes/update/Optimizer.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <cmath>
#include <utility>

using namespace bertc;
using namespace mlir;

ArrayRef<StringLiteral> bertc::optimizerNames() {
  static constexpr StringLiteral names[] = {
      "adamw", "adamw-google", "adamw-fairseq", "lamb", "lamb-nvidia", "sgd"};
  return names;
}

llvm::Expected<Optimizer> Optimizer::fromName(StringRef name) {
  if (!llvm::is_contained(optimizerNames(), name))
    return llvm::createStringError(
        "optimizer \"" + name + "\" is none of " +
        llvm::join(optimizerNames().begin(), optimizerNames().end(), ", "));
  Optimizer optimizer;
  optimizer.name = name.str();
  if (name == "sgd") {
    optimizer.rule = Rule::sgd;
    return optimizer;
  }
  // torch's epsilon is 1e-8, that of all others 1e-6.
  if (name != "adamw")
    optimizer.epsilon = 1e-6;
  if (name == "adamw-fairseq")
    optimizer.secondDecay = 0.98;
  if (name.starts_with("lamb")) {
    optimizer.rule = Rule::lamb;
    optimizer.maxNorm = 1;
  }
  return optimizer;
}

llvm::Error Optimizer::check() const {
  auto isFraction = [](double x) { return x >= 0 && x < 1; };
  if (!isFraction(firstDecay) || !isFraction(secondDecay))
    return llvm::createStringError(
        "the moments' decays must be at least 0 and below 1");
  if (!isFraction(momentum))
    return llvm::createStringError("momentum must be at least 0 and below 1");
  if (nesterov && momentum == 0)
    return llvm::createStringError("nesterov needs a momentum");
  if (rule != Rule::sgd && momentum != 0)
    return llvm::createStringError("momentum: " + name + " has none");
  if (!(epsilon > 0) || !std::isfinite(epsilon))
    return llvm::createStringError("epsilon must be positive");
  if (!(maxNorm >= 0) || !std::isfinite(maxNorm))
    return llvm::createStringError("max-norm must not be negative");
  return llvm::Error::success();
}

double Optimizer::clipEpsilon() const {
  const bool isTorchs =
      name == "adamw" || name == "adamw-fairseq" || name == "sgd";
  return isTorchs ? 1e-6 : 0;
}

ArrayRef<StringLiteral> Optimizer::rateNames() const {
  static constexpr StringLiteral adam[] = {"rate", "correction", "decay"};
  static constexpr StringLiteral lamb[] = {"rate", "first_correction",
                                           "second_correction", "decay"};
  static constexpr StringLiteral sgd[] = {"rate", "decay"};
  switch (rule) {
  case Rule::adam:
    return adam;
  case Rule::lamb:
    return lamb;
  case Rule::sgd:
    return sgd;
  }
  llvm_unreachable("a rule");
}

DictionaryAttr Optimizer::toAttribute(MLIRContext *context) const {
  Builder b(context);
  return b.getDictionaryAttr({
      b.getNamedAttr("name", b.getStringAttr(name)),
      b.getNamedAttr("first_decay", b.getF64FloatAttr(firstDecay)),
      b.getNamedAttr("second_decay", b.getF64FloatAttr(secondDecay)),
      b.getNamedAttr("epsilon", b.getF64FloatAttr(epsilon)),
      b.getNamedAttr("momentum", b.getF64FloatAttr(momentum)),
      b.getNamedAttr("nesterov", b.getBoolAttr(nesterov)),
      b.getNamedAttr("max_norm", b.getF64FloatAttr(maxNorm)),
  });
}

llvm::Expected<Optimizer> Optimizer::fromAttribute(DictionaryAttr attribute) {
  auto name = attribute.getAs<StringAttr>("name");
  auto nesterov = attribute.getAs<BoolAttr>("nesterov");
  if (!name || !nesterov)
    return llvm::createStringError("the optimizer has no name or nesterov");
  llvm::Expected<Optimizer> optimizer = fromName(name.getValue());
  if (!optimizer)
    return optimizer;
  struct Number {
    StringRef name;
    double *place;
  };
  for (const Number &number : {Number{"first_decay", &optimizer->firstDecay},
                               Number{"second_decay", &optimizer->secondDecay},
                               Number{"epsilon", &optimizer->epsilon},
                               Number{"momentum", &optimizer->momentum},
                               Number{"max_norm", &optimizer->maxNorm}}) {
    auto value = attribute.getAs<FloatAttr>(number.name);
    if (!value)
      return llvm::createStringError("the optimizer has no " + number.name);
    *number.place = value.getValueAsDouble();
  }
  optimizer->nesterov = nesterov.getValue();
  if (llvm::Error error = optimizer->check())
    return std::move(error);
  return optimizer;
}
