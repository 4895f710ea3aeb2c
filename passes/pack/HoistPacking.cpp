//===- HoistPacking.cpp - bert-hoist-packing ------------------------------===//

#include "passes/Passes.h"
#include "passes/Symbols.h"
#include "passes/pack/Packing.h"

#include "dialect/BertOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/STLExtras.h"

#include <algorithm>

namespace bertc {
#define GEN_PASS_DEF_BERTHOISTPACKING
#include "passes/Passes.h.inc"
} // namespace bertc

using namespace bertc;
using namespace mlir;

namespace {

/// The first op of the body that packs nothing but arguments, or null.
Operation *findHoistable(func::FuncOp function) {
  Block &body = function.getBody().front();
  for (Operation &op : body)
    if (isPacking(&op) && llvm::all_of(op.getOperands(), [&](Value operand) {
          return operand.getParentBlock() == &body &&
                 isa<BlockArgument>(operand);
        }))
      return &op;
  return nullptr;
}

/// Moves `op` to the callers. Its result becomes an argument, in the place of
/// the first of its operands; operands that nothing else reads go.
LogicalResult hoist(Operation *op, func::FuncOp function,
                    ArrayRef<func::CallOp> calls) {
  unsigned place = function.getNumArguments();
  for (Value operand : op->getOperands())
    place = std::min(place, cast<BlockArgument>(operand).getArgNumber());

  for (func::CallOp call : calls) {
    IRMapping arguments;
    arguments.map(function.getArguments(), call.getOperands());
    OpBuilder b(call);
    Operation *moved = b.clone(*op, arguments);
    call->insertOperands(place, moved->getResult(0));
  }
  if (failed(function.insertArgument(place, op->getResult(0).getType(),
                                     DictionaryAttr(), op->getLoc())))
    return failure();
  op->replaceAllUsesWith(ValueRange(function.getArgument(place)));

  llvm::BitVector unread(function.getNumArguments());
  SmallVector<Value> operands(op->getOperands());
  op->erase();
  for (Value operand : operands)
    if (operand.use_empty())
      unread.set(cast<BlockArgument>(operand).getArgNumber());
  for (func::CallOp call : calls)
    call->eraseOperands(unread);
  return function.eraseArguments(unread);
}

struct HoistPackingPass : bertc::impl::BertHoistPackingBase<HoistPackingPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    // A callee's packing may move on from its caller, whatever their order.
    for (bool changed = true; changed;) {
      changed = false;
      for (auto function : module.getOps<func::FuncOp>()) {
        // What leaves a function that calls itself by one call would come back
        // by another, without end.
        if (function.isExternal() || isRecursive(function))
          continue;
        auto calls = findCalls(function);
        if (!calls || calls->empty())
          continue;
        while (Operation *op = findHoistable(function)) {
          if (failed(hoist(op, function, *calls)))
            return signalPassFailure();
          changed = true;
        }
      }
    }
    remarkWhatStays(module);
  }

  /// In the entry, packing of parameters is what the next pass expects.
  void remarkWhatStays(ModuleOp module) {
    for (auto function : module.getOps<func::FuncOp>()) {
      if (function->hasAttr("bert.entry"))
        continue;
      StringRef why = !findCalls(function) ? "the function is not only called"
                      : isRecursive(function) ? "the function calls itself"
                                              : "it reads more than arguments";
      function.walk([&](Operation *op) {
        if (isPacking(op))
          op->emitRemark("not hoisted: ") << why;
      });
    }
  }
};

} // namespace
