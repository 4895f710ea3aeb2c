//===- Symbols.cpp --------------------------------------------------------===//

#include "passes/Symbols.h"

#include "dialect/BertOps.h"

#include "llvm/ADT/DenseSet.h"

using namespace bertc;
using namespace mlir;

namespace {

func::FuncOp findFunction(ModuleOp module, StringRef attribute) {
  for (auto function : module.getOps<func::FuncOp>())
    if (function->hasAttr(attribute))
      return function;
  return nullptr;
}

} // namespace

func::FuncOp bertc::findEntry(ModuleOp module) {
  return findFunction(module, "bert.entry");
}

func::FuncOp bertc::findUpdate(ModuleOp module) {
  return findFunction(module, "bert.update");
}

func::FuncOp bertc::findEvaluation(ModuleOp module) {
  return findFunction(module, "bert.evaluation");
}

StringRef bertc::nameOf(DictionaryAttr attributes) {
  auto name =
      attributes ? attributes.getAs<StringAttr>("bert.name") : StringAttr();
  return name ? name.getValue() : StringRef();
}

Value bertc::findArgument(func::FuncOp function, StringRef name) {
  for (BlockArgument argument : function.getArguments())
    if (nameOf(function.getArgAttrDict(argument.getArgNumber())) == name)
      return argument;
  return {};
}

std::optional<SmallVector<func::CallOp>>
bertc::findCalls(func::FuncOp function) {
  if (!function.isPrivate() || function.isExternal())
    return std::nullopt;
  auto uses = SymbolTable::getSymbolUses(function, function->getParentOp());
  if (!uses)
    return std::nullopt;
  SmallVector<func::CallOp> calls;
  for (SymbolTable::SymbolUse use : *uses) {
    auto call = dyn_cast<func::CallOp>(use.getUser());
    if (!call)
      return std::nullopt;
    calls.push_back(call);
  }
  return calls;
}

bool bertc::isRecursive(func::FuncOp function) {
  auto module = function->getParentOfType<ModuleOp>();
  SmallVector<func::FuncOp> pending = {function};
  llvm::DenseSet<Operation *> seen;
  bool recursive = false;
  while (!pending.empty() && !recursive)
    pending.pop_back_val().walk([&](func::CallOp call) {
      auto callee = module.lookupSymbol<func::FuncOp>(call.getCallee());
      recursive |= callee == function;
      if (callee && seen.insert(callee).second)
        pending.push_back(callee);
    });
  return recursive;
}

bert::ParameterOp bertc::valuesOf(const SymbolTable &symbols,
                                  bert::GetParameterOp get) {
  auto parameter = symbols.lookup<bert::ParameterOp>(get.getName());
  if (parameter.getTiedTo() && !parameter.getDividedBy())
    return symbols.lookup<bert::ParameterOp>(*parameter.getTiedTo());
  return parameter;
}

StringRef bertc::tensorName(bert::ParameterOp parameter) {
  return parameter.getSource().value_or(parameter.getSymName());
}

SmallVector<Value> bertc::partsOf(Value weight) {
  if (auto concat = weight.getDefiningOp<bert::ConcatOp>())
    return SmallVector<Value>(concat.getSources());
  return {weight};
}

void bertc::eraseUnusedParameters(ModuleOp module) {
  SymbolTable symbols(module);
  llvm::DenseSet<StringRef> used;
  SmallVector<StringRef> pending;
  auto use = [&](StringRef name) {
    if (used.insert(name).second)
      pending.push_back(name);
  };
  module.walk([&](bert::GetParameterOp get) { use(get.getName()); });
  while (!pending.empty()) {
    auto parameter = symbols.lookup<bert::ParameterOp>(pending.pop_back_val());
    if (!parameter)
      continue;
    if (auto tied = parameter.getTiedTo())
      use(*tied);
    if (auto divisor = parameter.getDividedBy())
      use(*divisor);
    if (auto sources = parameter.getSources())
      for (auto source : sources->getAsRange<FlatSymbolRefAttr>())
        use(source.getValue());
  }
  for (auto parameter :
       llvm::make_early_inc_range(module.getOps<bert::ParameterOp>()))
    if (!used.contains(parameter.getSymName()))
      parameter.erase();
}
