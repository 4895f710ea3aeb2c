//===- AddUpdate.cpp - bert-add-update ------------------------------------===//

#include "passes/NamePatterns.h"
#include "passes/Passes.h"
#include "passes/Symbols.h"
#include "passes/update/Optimizer.h"
#include "passes/update/States.h"

#include "dialect/BertOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Error.h"

#include <cmath>
#include <optional>

namespace bertc {
#define GEN_PASS_DEF_BERTADDUPDATE
#include "passes/Passes.h.inc"
} // namespace bertc

using namespace bertc;
using namespace mlir;

namespace {

/// Builds @update, whose arguments and results are states by name and role.
class UpdateBuilder {
public:
  UpdateBuilder(ModuleOp module, const Optimizer &optimizer)
      : optimizer(optimizer), b(module.getLoc(), module.getContext()) {
    b.setInsertionPointToEnd(module.getBody());
    update = func::FuncOp::create(b, "update", b.getFunctionType({}, {}));
    update->setAttr("bert.update", optimizer.toAttribute(b.getContext()));
    b.setInsertionPointToStart(update.addEntryBlock());
    SymbolTable(module).insert(update);
  }

  void build(ArrayRef<bert::ParameterOp> learned,
             llvm::function_ref<bool(bert::ParameterOp)> decays) {
    SmallVector<Value> gradients;
    for (bert::ParameterOp parameter : learned)
      gradients.push_back(argument(tensorName(parameter), "gradient",
                                   parameter.getParameterType()));
    Value norm = bert::GlobalNormOp::create(b, gradients);
    result("gradient_norm", "number", norm);
    Value factor = bert::ClipFactorOp::create(
        b, norm, b.getF64FloatAttr(optimizer.maxNorm),
        b.getF64FloatAttr(optimizer.clipEpsilon()));
    for (StringRef name : optimizer.rateNames())
      rates.push_back(argument(name, "number", norm.getType()));
    for (auto [parameter, gradient] : llvm::zip(learned, gradients))
      step(parameter, gradient, factor, decays(parameter));
    func::ReturnOp::create(b, results);
    update.setType(b.getFunctionType(update.getBody().getArgumentTypes(),
                                     ValueRange(results).getTypes()));
    update.setAllArgAttrs(argumentAttributes);
    update.setAllResultAttrs(resultAttributes);
  }

private:
  Value argument(StringRef name, StringRef role, Type type) {
    argumentAttributes.push_back(describeState(b.getContext(), name, role));
    return update.getBody().addArgument(type, b.getLoc());
  }
  void result(StringRef name, StringRef role, Value value) {
    resultAttributes.push_back(describeState(b.getContext(), name, role));
    results.push_back(value);
  }

  void step(bert::ParameterOp parameter, Value gradient, Value factor,
            bool decays) {
    const StringRef name = tensorName(parameter);
    const StringRef roles[] = {"parameter", "first_moment", "second_moment"};
    const unsigned count = optimizer.rule == Optimizer::Rule::sgd ? 2 : 3;
    SmallVector<Value> values;
    for (StringRef role : ArrayRef(roles, count))
      values.push_back(argument(name, role, parameter.getParameterType()));
    Operation *op = create(values, gradient, factor, decays);
    for (auto [role, value] : llvm::zip(roles, op->getResults()))
      result(name, role, value);
  }

  Operation *create(ArrayRef<Value> values, Value gradient, Value factor,
                    bool decays) {
    auto attr = [&](double value) { return b.getF64FloatAttr(value); };
    Type type = values[0].getType();
    // Of the rates, the last is the decay.
    Value decay = decays ? rates.back() : Value();
    switch (optimizer.rule) {
    case Optimizer::Rule::adam:
      return bert::AdamOp::create(
          b, type, type, type, values[0], values[1], values[2], gradient,
          factor, rates[0], rates[1], decay, attr(optimizer.firstDecay),
          attr(optimizer.secondDecay), attr(optimizer.epsilon));
    case Optimizer::Rule::lamb:
      return bert::LambOp::create(
          b, type, type, type, values[0], values[1], values[2], gradient,
          factor, rates[0], rates[1], rates[2], decay,
          attr(optimizer.firstDecay), attr(optimizer.secondDecay),
          attr(optimizer.epsilon));
    case Optimizer::Rule::sgd:
      return bert::SgdOp::create(
          b, type, type, values[0], values[1], gradient, factor, rates[0],
          decay, attr(optimizer.momentum),
          optimizer.nesterov ? b.getUnitAttr() : UnitAttr());
    }
    llvm_unreachable("a rule");
  }

  const Optimizer &optimizer;
  ImplicitLocOpBuilder b;
  func::FuncOp update;
  SmallVector<Value> rates, results;
  SmallVector<DictionaryAttr> argumentAttributes, resultAttributes;
};

class AddUpdatePass : public bertc::impl::BertAddUpdateBase<AddUpdatePass> {
public:
  using BertAddUpdateBase::BertAddUpdateBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    func::FuncOp entry = findEntry(module);
    if (!entry)
      return refuse("no function carries bert.entry");
    if (findUpdate(module))
      return refuse("the module has an update already");
    SmallVector<bert::ParameterOp> learned;
    for (unsigned i = 0; i < entry.getNumResults(); ++i)
      if (auto symbol = entry.getResultAttrOfType<FlatSymbolRefAttr>(
              i, "bert.gradient_of"))
        learned.push_back(
            module.lookupSymbol<bert::ParameterOp>(symbol.getValue()));
    if (learned.empty())
      return refuse("the entry gives no gradients");
    for (bert::ParameterOp parameter : learned)
      parameter.setLearned(true);
    if (optimizer.empty())
      return;

    llvm::Expected<Optimizer> chosen = Optimizer::fromName(optimizer);
    if (!chosen)
      return refuse(llvm::toString(chosen.takeError()));
    auto take = [](double &field, double option) {
      if (!std::isnan(option))
        field = option;
    };
    take(chosen->firstDecay, firstDecay);
    take(chosen->secondDecay, secondDecay);
    take(chosen->epsilon, epsilon);
    take(chosen->momentum, momentum);
    take(chosen->maxNorm, maxNorm);
    chosen->nesterov = nesterov;
    if (llvm::Error error = chosen->check())
      return refuse(llvm::toString(std::move(error)));

    llvm::Expected<NamePatterns> without =
        NamePatterns::create("no-decay", noDecay);
    if (!without)
      return refuse(llvm::toString(without.takeError()));
    UpdateBuilder(module, *chosen)
        .build(learned, [&](bert::ParameterOp parameter) {
          if (noDecay.empty())
            return cast<ShapedType>(parameter.getParameterType()).getRank() > 1;
          return !without->matches(tensorName(parameter));
        });
    if (std::optional<StringRef> pattern = without->unmatched())
      return refuse("no-decay \"" + *pattern +
                    "\" is the name of no parameter that is learned");
  }

private:
  void refuse(const Twine &message) {
    emitError(getOperation().getLoc()) << message;
    signalPassFailure();
  }
};

} // namespace
