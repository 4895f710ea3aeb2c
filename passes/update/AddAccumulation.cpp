//===- AddAccumulation.cpp - bert-add-accumulation ------------------------===//

#include "passes/Passes.h"
#include "passes/Symbols.h"
#include "passes/update/States.h"

#include "dialect/BertOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace bertc {
#define GEN_PASS_DEF_BERTADDACCUMULATION
#include "passes/Passes.h.inc"
} // namespace bertc

using namespace bertc;
using namespace mlir;

namespace {

/// Of values of one block: arguments, then results, in their order.
bool isBefore(Value a, Value b) {
  Operation *first = a.getDefiningOp(), *second = b.getDefiningOp();
  if (first && second && first != second)
    return first->isBeforeInBlock(second);
  if (first && second)
    return cast<OpResult>(a).getResultNumber() <
           cast<OpResult>(b).getResultNumber();
  if (!first && !second)
    return cast<BlockArgument>(a).getArgNumber() <
           cast<BlockArgument>(b).getArgNumber();
  return !first;
}

/// A sum as it was before, and whether it goes on.
struct Start {
  Value sum, on;
};

/// Turns what a block returns into sums that go on.
class BlockSums {
public:
  explicit BlockSums(Block &block)
      : block(block), b(block.getParentOp()->getContext()) {}

  /// Replaces operand `number` of the terminator by start + operand, each of
  /// its terms added as soon as it is there.
  void goOn(unsigned number, Start start) {
    Operation *end = block.getTerminator();
    SmallVector<Value> terms;
    SmallVector<Operation *> additions;
    takeTerms(end->getOperand(number), terms, additions);
    // As they are computed, so that each can be added in place.
    llvm::sort(terms, isBefore);
    for (auto [i, term] : llvm::enumerate(terms)) {
      insertAfter(i > 0 && !isBefore(start.sum, term) ? start.sum : term);
      start.sum = bert::AccumulateOp::create(b, term.getLoc(), term.getType(),
                                             start.sum, start.on, term);
      start.on = one();
    }
    end->setOperand(number, start.sum);
    for (Operation *addition : additions)
      addition->erase();
    eraseUnused();
  }

private:
  /// What `value` is the sum of, and the additions that nothing else reads, the
  /// last first.
  static void takeTerms(Value value, SmallVectorImpl<Value> &terms,
                        SmallVectorImpl<Operation *> &additions) {
    auto add = value.getDefiningOp<bert::AddOp>();
    if (!add || !add->hasOneUse()) {
      terms.push_back(value);
      return;
    }
    additions.push_back(add);
    takeTerms(add.getLhs(), terms, additions);
    takeTerms(add.getRhs(), terms, additions);
  }

  void insertAfter(Value value) {
    if (value.getDefiningOp())
      b.setInsertionPointAfterValue(value);
    else if (constant)
      b.setInsertionPointAfterValue(constant);
    else
      b.setInsertionPointToStart(&block);
  }

  Value one() {
    if (!constant) {
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(&block);
      auto type = RankedTensorType::get({}, b.getF32Type());
      constant = arith::ConstantOp::create(b, block.getParentOp()->getLoc(),
                                           DenseElementsAttr::get(type, 1.0f));
    }
    return constant;
  }
  void eraseUnused() {
    if (constant && constant.use_empty()) {
      constant.getDefiningOp()->erase();
      constant = {};
    }
  }

  Block &block;
  OpBuilder b;
  Value constant;
};

/// The sum that nothing but a call's result goes into, when what it begins with
/// is there before the call; null otherwise.
bert::AccumulateOp sumAfter(OpResult result) {
  auto call = cast<func::CallOp>(result.getOwner());
  if (!result.hasOneUse())
    return {};
  auto sum = dyn_cast<bert::AccumulateOp>(*result.user_begin());
  if (!sum || sum.getTerm() != result)
    return {};
  for (Value operand : sum->getOperands().take_front(2))
    if (Operation *op = operand.getDefiningOp();
        op &&
        (op->getBlock() != call->getBlock() || !op->isBeforeInBlock(call)))
      return {};
  return sum;
}

/// Has a function that is called go on with its callers' sums by itself: of
/// each result that all callers only add to one.
void sinkInto(func::FuncOp function) {
  std::optional<SmallVector<func::CallOp>> calls = findCalls(function);
  if (!calls || calls->empty() || !function.getBody().hasOneBlock())
    return;
  BlockSums sums(function.front());
  OpBuilder b(function.getContext());
  auto number = RankedTensorType::get({}, b.getF32Type());
  // Of each number in all calls, the argument it has become.
  SmallVector<std::pair<SmallVector<Value>, Value>> numbers;
  auto addArgument = [&](Type type, ArrayRef<Value> values) {
    const unsigned index = function.getNumArguments();
    // Fails only where an attribute refuses the function's new type.
    (void)function.insertArgument(index, type, {}, function.getLoc());
    for (auto [call, value] : llvm::zip(*calls, values))
      call->insertOperands(call.getNumOperands(), value);
    return Value(function.getArgument(index));
  };
  for (unsigned i = 0; i < function.getNumResults(); ++i) {
    SmallVector<bert::AccumulateOp> all;
    for (func::CallOp call : *calls)
      all.push_back(sumAfter(call->getResult(i)));
    if (!llvm::all_of(all, [](bert::AccumulateOp sum) { return bool(sum); }))
      continue;
    SmallVector<Value> starts, ons;
    for (bert::AccumulateOp sum : all) {
      starts.push_back(sum.getSum());
      ons.push_back(sum.getOn());
    }
    auto *known = llvm::find_if(
        numbers, [&](const auto &entry) { return entry.first == ons; });
    if (known == numbers.end()) {
      Value argument = addArgument(number, ons);
      numbers.emplace_back(ons, argument);
      known = &numbers.back();
    }
    Value on = known->second;
    sums.goOn(i, {addArgument(function.getResultTypes()[i], starts), on});
    for (bert::AccumulateOp sum : all) {
      sum.replaceAllUsesWith(sum.getTerm());
      sum.erase();
    }
  }
}

/// All functions that the entry leads to, each before those it calls.
SmallVector<func::FuncOp> callersFirst(func::FuncOp entry,
                                       const SymbolTable &symbols) {
  llvm::SetVector<func::FuncOp> done;
  auto visit = [&](func::FuncOp function, auto &self) -> void {
    if (done.contains(function))
      return;
    function.walk([&](func::CallOp call) {
      if (auto callee = symbols.lookup<func::FuncOp>(call.getCallee()))
        self(callee, self);
    });
    done.insert(function);
  };
  visit(entry, visit);
  SmallVector<func::FuncOp> order = done.takeVector();
  std::reverse(order.begin(), order.end());
  return order;
}

struct AddAccumulationPass
    : bertc::impl::BertAddAccumulationBase<AddAccumulationPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    func::FuncOp entry = findEntry(module);
    if (!entry || entry.isExternal() || !entry.getBody().hasOneBlock())
      return refuse("no function of one block carries bert.entry");
    if (llvm::any_of(module.getOps<func::FuncOp>(), isRecursive))
      return refuse("a function calls itself");
    if (!addSums(entry))
      return refuse("the entry gives no gradients");
    const SmallVector<func::FuncOp> functions =
        callersFirst(entry, SymbolTable(module));
    for (func::FuncOp function : ArrayRef(functions).drop_front())
      sinkInto(function);
  }

private:
  void refuse(const Twine &message) {
    emitError(getOperation().getLoc()) << message;
    signalPassFailure();
  }

  /// Of the entry's results without a row for each token, sequence or label;
  /// false where none is a gradient.
  static bool addSums(func::FuncOp entry) {
    BlockSums sums(entry.front());
    Value on;
    bool isAny = false;
    for (unsigned i = 0; i < entry.getNumResults(); ++i) {
      auto type = dyn_cast<RankedTensorType>(entry.getResultTypes()[i]);
      DictionaryAttr attributes = entry.getResultAttrDict(i);
      if (!type || !type.hasStaticShape() || !type.getElementType().isF32())
        continue;
      const bool isGradient =
          attributes && attributes.contains("bert.gradient_of");
      isAny |= isGradient;
      if (!on)
        on = addStateArgument(
            entry, "accumulate", "number",
            RankedTensorType::get({}, Float32Type::get(entry.getContext())));
      Value before = addStateArgument(entry, nameOf(attributes),
                                      isGradient ? "gradient" : "number", type);
      sums.goOn(i, {before, on});
    }
    return isAny;
  }
};

} // namespace
