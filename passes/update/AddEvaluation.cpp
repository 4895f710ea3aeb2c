//===- AddEvaluation.cpp - bert-add-evaluation ----------------------------===//

#include "passes/Passes.h"
#include "passes/Symbols.h"

#include "dialect/BertOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/StringMap.h"

namespace bertc {
#define GEN_PASS_DEF_BERTADDEVALUATION
#include "passes/Passes.h.inc"
} // namespace bertc

using namespace bertc;
using namespace mlir;

namespace {

/// Each op's result without what it loses at random.
void removeDropout(func::FuncOp function) {
  SmallVector<Operation *> random;
  function.walk([&](Operation *op) {
    if (isa<bert::DropoutOp, bert::DropoutAttentionOp>(op))
      random.push_back(op);
  });
  for (Operation *op : random) {
    OpBuilder b(op);
    Value value;
    if (auto dropout = dyn_cast<bert::DropoutOp>(op)) {
      value = dropout.getInput();
    } else {
      auto attention = cast<bert::DropoutAttentionOp>(op);
      value = bert::AttentionOp::create(
          b, op->getLoc(), attention.getQuery(), attention.getKey(),
          attention.getValue(), attention.getOffsets(),
          attention.getNumHeadsAttr());
    }
    op->getResult(0).replaceAllUsesWith(value);
    op->erase();
  }
}

struct AddEvaluationPass
    : bertc::impl::BertAddEvaluationBase<AddEvaluationPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    func::FuncOp entry = findEntry(module);
    if (!entry) {
      emitError(module.getLoc()) << "no function carries bert.entry";
      return signalPassFailure();
    }
    SymbolTable symbols(module);
    func::FuncOp evaluation = copy(entry, symbols);
    evaluation->removeAttr("bert.entry");
    evaluation->setAttr("bert.evaluation", UnitAttr::get(&getContext()));
    dropUnreadArguments(evaluation);
  }

private:
  /// A function with copies of all that it calls, under new names.
  func::FuncOp copy(func::FuncOp function, SymbolTable &symbols) {
    if (func::FuncOp known = copies.lookup(function.getSymName()))
      return known;
    auto made = cast<func::FuncOp>(function->clone());
    made.setSymName((function.getSymName() + "_evaluation").str());
    symbols.insert(made, std::next(Block::iterator(function)));
    // Before its body, so that a function which calls itself has an end.
    copies[function.getSymName()] = made;
    removeDropout(made);
    made.walk([&](func::CallOp call) {
      if (auto callee = symbols.lookup<func::FuncOp>(call.getCallee()))
        call.setCallee(copy(callee, symbols).getSymName());
    });
    return made;
  }

  /// Keys of random numbers lead nowhere any more.
  static void dropUnreadArguments(func::FuncOp function) {
    for (Operation &op :
         llvm::make_early_inc_range(llvm::reverse(function.front())))
      if (op.use_empty() && isa<bert::FoldInOp>(op))
        op.erase();
    llvm::BitVector unread(function.getNumArguments());
    for (BlockArgument argument : function.getArguments())
      if (argument.use_empty())
        unread.set(argument.getArgNumber());
    (void)function.eraseArguments(unread);
  }

  llvm::StringMap<func::FuncOp> copies;
};

} // namespace
