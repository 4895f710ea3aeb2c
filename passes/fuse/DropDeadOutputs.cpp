//===- DropDeadOutputs.cpp - bert-drop-dead-outputs -----------------------===//

#include "passes/Passes.h"
#include "passes/Symbols.h"

#include "dialect/BertOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

namespace bertc {
#define GEN_PASS_DEF_BERTDROPDEADOUTPUTS
#include "passes/Passes.h.inc"
} // namespace bertc

using namespace bertc;
using namespace mlir;

namespace {

void eraseResults(func::FuncOp function, const llvm::BitVector &dead) {
  function.walk([&](func::ReturnOp end) { end->eraseOperands(dead); });
  // Fails only where an attribute refuses the function's new type.
  (void)function.eraseResults(dead);
}

/// The call without the results in `dead`, which have no uses.
void eraseResults(func::CallOp call, const llvm::BitVector &dead) {
  OpBuilder b(call);
  SmallVector<Type> types;
  SmallVector<Value> kept;
  for (OpResult result : call->getResults())
    if (!dead[result.getResultNumber()]) {
      types.push_back(result.getType());
      kept.push_back(result);
    }
  auto changed = func::CallOp::create(b, call.getLoc(), call.getCallee(), types,
                                      call.getOperands());
  for (auto [before, after] : llvm::zip(kept, changed.getResults()))
    before.replaceAllUsesWith(after);
  call.erase();
}

/// Nothing in the function is seen outside but by its results. Branches may
/// come back: such a function may not end.
bool isPure(func::FuncOp function) {
  return !function.isExternal() && function.getBody().hasOneBlock() &&
         llvm::all_of(function.getBody().front().without_terminator(),
                      [](Operation &op) { return isMemoryEffectFree(&op); });
}

/// Erases ops of the block without uses, the last first.
bool eraseDeadOps(Block &block, const SymbolTable &symbols) {
  bool changed = false;
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block))) {
    if (!op.use_empty() || op.hasTrait<OpTrait::IsTerminator>())
      continue;
    bool dead = isMemoryEffectFree(&op);
    if (auto call = dyn_cast<func::CallOp>(op)) {
      auto callee = symbols.lookup<func::FuncOp>(call.getCallee());
      dead = callee && isPure(callee);
    }
    if (dead) {
      op.erase();
      changed = true;
    }
  }
  return changed;
}

/// Drops results of a private function that no caller reads, arguments that its
/// body does not read, and the function itself when nobody calls it.
bool shrink(func::FuncOp function) {
  auto calls = findCalls(function);
  if (!calls)
    return false;
  if (calls->empty()) {
    function.erase();
    return true;
  }
  llvm::BitVector deadResults(function.getNumResults());
  for (unsigned i = 0; i < function.getNumResults(); ++i)
    if (llvm::all_of(*calls, [&](func::CallOp call) {
          return call.getResult(i).use_empty();
        }))
      deadResults.set(i);
  llvm::BitVector deadArguments(function.getNumArguments());
  for (BlockArgument argument : function.getArguments())
    if (argument.use_empty())
      deadArguments.set(argument.getArgNumber());
  if (deadResults.none() && deadArguments.none())
    return false;

  if (deadResults.any())
    eraseResults(function, deadResults);
  (void)function.eraseArguments(deadArguments);
  for (func::CallOp call : *calls) {
    call->eraseOperands(deadArguments);
    if (deadResults.any())
      eraseResults(call, deadResults);
  }
  return true;
}

struct DropDeadOutputsPass
    : bertc::impl::BertDropDeadOutputsBase<DropDeadOutputsPass> {
  using Base::Base;

  LogicalResult keepNamedOutputs(ModuleOp module) {
    if (outputs.empty())
      return success();
    func::FuncOp entry = findEntry(module);
    if (!entry)
      return emitError(module.getLoc(), "no function carries bert.entry");
    SmallVector<StringRef> names;
    for (unsigned i = 0; i < entry.getNumResults(); ++i)
      names.push_back(nameOf(entry.getResultAttrDict(i)));
    for (const std::string &output : outputs)
      if (!llvm::is_contained(names, StringRef(output)))
        return emitError(entry.getLoc())
               << "@" << entry.getName() << " has no output \"" << output
               << "\"; it has " << llvm::join(names, ", ");
    llvm::BitVector dropped(names.size());
    for (auto [i, name] : llvm::enumerate(names))
      if (!llvm::is_contained(outputs, name.str()))
        dropped.set(i);
    eraseResults(entry, dropped);
    return success();
  }

  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (failed(keepNamedOutputs(module)))
      return signalPassFailure();
    for (bool changed = true; changed;) {
      changed = false;
      SymbolTable symbols(module);
      for (auto function : module.getOps<func::FuncOp>())
        for (Block &block : llvm::reverse(function.getBody()))
          changed |= eraseDeadOps(block, symbols);
      for (auto function :
           llvm::make_early_inc_range(module.getOps<func::FuncOp>()))
        changed |= shrink(function);
    }
    eraseUnusedParameters(module);
  }
};

} // namespace
