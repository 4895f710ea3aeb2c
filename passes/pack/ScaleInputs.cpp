//===- ScaleInputs.cpp - bert-scale-inputs --------------------------------===//

#include "passes/Passes.h"
#include "passes/Symbols.h"

#include "dialect/BertOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"

#include <optional>
#include <string>
#include <utility>

namespace bertc {
#define GEN_PASS_DEF_BERTSCALEINPUTS
#include "passes/Passes.h.inc"
} // namespace bertc

using namespace bertc;
using namespace mlir;

namespace {

/// Leads the scales of the inputs, and weights divided by them, to products.
/// The scale is the one of the weight's first part.
class InputScaler {
public:
  explicit InputScaler(ModuleOp module) : symbols(module) {}

  void scale(bert::FusedLinearOp product) {
    const SmallVector<Value> parts = partsOf(product.getWeight());
    if (!llvm::all_of(
            parts, [&](Value part) { return canDivide(part, parts.front()); }))
      return;
    product.getInputScaleMutable().assign(scaleOf(parts.front()));
    SmallVector<Value> divided;
    for (Value part : parts)
      divided.push_back(dividedOf(part, parts.front()));
    auto concat = product.getWeight().getDefiningOp<bert::ConcatOp>();
    if (!concat) {
      product.getWeightMutable().assign(divided.front());
      return;
    }
    // Others may read what it was.
    OpBuilder b(concat);
    product.getWeightMutable().assign(bert::ConcatOp::create(
        b, concat.getLoc(), concat.getResult().getType(), divided));
    if (concat->use_empty())
      concat.erase();
  }

  /// Calls get their divided weights when all products are done: until then
  /// operands tell the names.
  void finish() {
    for (auto &[call, operand, value] : pending)
      call->setOperand(operand, value);
  }

private:
  /// The parameter that scales the inputs of products of this weight, or null.
  bert::ParameterOp scaleParameter(bert::GetParameterOp weight) {
    return symbols.lookup<bert::ParameterOp>(
        (weight.getName() + inputScaleSuffix).str());
  }

  /// The function and the calls that an argument's values come from; nothing
  /// where they are not all known.
  std::optional<SmallVector<func::CallOp>> callsOf(BlockArgument argument) {
    auto function = dyn_cast<func::FuncOp>(argument.getOwner()->getParentOp());
    if (!function)
      return std::nullopt;
    return findCalls(function);
  }

  /// Whether a weight's `part` may become another value, and the weight's first
  /// part has a scale, wherever the function is called.
  bool canDivide(Value part, Value first) {
    if (auto argument = dyn_cast<BlockArgument>(part)) {
      auto calls = callsOf(argument);
      auto firstArgument = dyn_cast<BlockArgument>(first);
      if (!calls || calls->empty() || !firstArgument ||
          !isScaledAlone(argument, first))
        return false;
      return llvm::all_of(*calls, [&](func::CallOp call) {
        Value there = call.getOperand(argument.getArgNumber());
        return !isa<BlockArgument>(there) &&
               canDivide(there, call.getOperand(firstArgument.getArgNumber()));
      });
    }
    auto get = part.getDefiningOp<bert::GetParameterOp>();
    auto firstGet = first.getDefiningOp<bert::GetParameterOp>();
    return get && firstGet && scaleParameter(firstGet);
  }

  /// Whether all that reads the argument is products that `first` scales.
  static bool isScaledAlone(BlockArgument part, Value first) {
    return llvm::all_of(part.getUsers(), [&](Operation *user) {
      if (!isa<bert::ConcatOp>(user))
        return isScalable(user) && part == first;
      return partsOf(user->getResult(0)).front() == first &&
             llvm::all_of(user->getUsers(), isScalable);
    });
  }

  static bool isScalable(Operation *op) {
    auto product = dyn_cast<bert::FusedLinearOp>(op);
    return product && product.getPrecision() == bert::Precision::int8;
  }

  Value scaleOf(Value first) {
    if (auto get = first.getDefiningOp<bert::GetParameterOp>()) {
      OpBuilder b(get);
      bert::ParameterOp scale = scaleParameter(get);
      return bert::GetParameterOp::create(
          b, get.getLoc(), scale.getParameterType(), scale.getSymName());
    }
    auto argument = cast<BlockArgument>(first);
    if (Value scale = scales.lookup(argument))
      return scale;
    auto function = cast<func::FuncOp>(argument.getOwner()->getParentOp());
    const auto calls = callsOf(argument);
    for (func::CallOp call : *calls)
      call.getOperandsMutable().append(
          scaleOf(call.getOperand(argument.getArgNumber())));
    auto weight = cast<RankedTensorType>(argument.getType());
    auto type =
        RankedTensorType::get({weight.getDimSize(1)}, weight.getElementType());
    const unsigned last = function.getNumArguments();
    // The body is in its place already: nothing is known that could fail.
    (void)function.insertArgument(last, type, DictionaryAttr(),
                                  argument.getLoc());
    return scales[argument] = function.getArgument(last);
  }

  Value dividedOf(Value part, Value first) {
    if (auto get = part.getDefiningOp<bert::GetParameterOp>())
      return dividedParameter(get, first.getDefiningOp<bert::GetParameterOp>());
    auto argument = cast<BlockArgument>(part);
    auto firstArgument = cast<BlockArgument>(first);
    // The first part's own operand would be the divided one afterwards.
    if (!divided.insert({argument, firstArgument}).second)
      return argument;
    const auto calls = callsOf(argument);
    for (func::CallOp call : *calls)
      pending.push_back(
          {call, argument.getArgNumber(),
           dividedOf(call.getOperand(argument.getArgNumber()),
                     call.getOperand(firstArgument.getArgNumber()))});
    return argument;
  }

  Value dividedParameter(bert::GetParameterOp weight,
                         bert::GetParameterOp first) {
    bert::ParameterOp scale = scaleParameter(first);
    const std::string name = (weight.getName() + ".scaled").str();
    if (!symbols.lookup(name)) {
      auto plain = symbols.lookup<bert::ParameterOp>(weight.getName());
      OpBuilder b(plain);
      b.setInsertionPointAfter(plain);
      auto made = bert::ParameterOp::create(
          b, plain.getLoc(), b.getStringAttr(name),
          plain.getParameterTypeAttr(),
          /*source=*/{}, /*value=*/{},
          FlatSymbolRefAttr::get(
              b.getContext(), plain.getTiedTo().value_or(plain.getSymName())),
          FlatSymbolRefAttr::get(scale), /*sources=*/{}, /*panel=*/{});
      symbols.insert(made);
    }
    OpBuilder b(weight);
    return bert::GetParameterOp::create(b, weight.getLoc(),
                                        weight.getResult().getType(), name);
  }

  struct Pending {
    func::CallOp call;
    unsigned operand;
    Value value;
  };

  SymbolTable symbols;
  llvm::DenseMap<Value, Value> scales;
  llvm::DenseSet<std::pair<Value, Value>> divided;
  SmallVector<Pending> pending;
};

struct ScaleInputsPass : bertc::impl::BertScaleInputsBase<ScaleInputsPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    SmallVector<bert::FusedLinearOp> products;
    module.walk([&](bert::FusedLinearOp product) {
      if (product.getPrecision() == bert::Precision::int8 &&
          !product.getInputScale())
        products.push_back(product);
    });
    InputScaler scaler(module);
    for (bert::FusedLinearOp product : products)
      scaler.scale(product);
    scaler.finish();
  }
};

} // namespace
