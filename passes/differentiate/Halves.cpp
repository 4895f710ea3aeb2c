//===- Halves.cpp ---------------------------------------------------------===//

#include "passes/differentiate/Halves.h"

#include "dialect/BertOps.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"

using namespace bertc;
using namespace mlir;

namespace {

/// Divides what a backward pass reads into what it is given and what it
/// computes again.
class Partition {
public:
  Partition(Block &forward, Block &backward, ArrayRef<Value> results,
            Recompute recompute) {
    llvm::SetVector<Value> read; // by the backward pass, of the forward pass
    for (Operation &op : backward)
      for (Value operand : op.getOperands())
        if (operand.getParentBlock() != &backward)
          read.insert(operand);
    for (Value result : results)
      if (result && result.getParentBlock() != &backward)
        read.insert(result);

    // What can be made of values that are there anyway; operands come first.
    llvm::DenseSet<Operation *> cheap;
    auto isThereAnyway = [&](Value value) {
      Operation *op = value.getDefiningOp();
      return !op || read.contains(value) || cheap.contains(op);
    };
    for (Operation &op : forward.without_terminator())
      // Parameters are there at any time, and keys are no arrays to keep.
      if (isa<bert::GetParameterOp, bert::FoldInOp>(op) ||
          recompute == Recompute::layer ||
          (recompute == Recompute::cheap &&
           !isa<bert::FlopsOpInterface, func::CallOp>(op) &&
           llvm::all_of(op.getOperands(), isThereAnyway)))
        cheap.insert(&op);

    SmallVector<Value> pending(read.begin(), read.end());
    for (size_t i = 0; i < pending.size(); ++i) {
      Value value = pending[i];
      Operation *op = value.getDefiningOp();
      if (!op)
        arguments.insert(value);
      else if (!cheap.contains(op))
        saved.insert(value);
      else if (recomputed.insert(op).second)
        llvm::append_range(pending, op->getOperands());
    }
  }

  llvm::SetVector<Value> arguments, saved;
  llvm::DenseSet<Operation *> recomputed;
};

/// The positions of `arguments` in their function, in ascending order.
SmallVector<unsigned> numbersOf(const llvm::SetVector<Value> &arguments) {
  SmallVector<unsigned> numbers;
  for (Value argument : arguments)
    numbers.push_back(cast<BlockArgument>(argument).getArgNumber());
  llvm::sort(numbers);
  return numbers;
}

} // namespace

ArrayRef<StringRef> bertc::recomputeNames() {
  static constexpr StringRef names[] = {"keep-all", "recompute-cheap",
                                        "recompute-layer"};
  return names;
}

std::optional<Recompute> bertc::recomputeFromName(StringRef name) {
  const auto *found = llvm::find(recomputeNames(), name);
  if (found == recomputeNames().end())
    return std::nullopt;
  return Recompute(found - recomputeNames().begin());
}

Halves bertc::makeHalves(func::FuncOp forward, Block &backward,
                         ArrayRef<Value> gradients, Recompute recompute,
                         SymbolTable &symbols) {
  const std::string name = forward.getSymName().str();
  const Location loc = forward.getLoc();
  Partition partition(forward.front(), backward, gradients, recompute);
  Halves halves;
  halves.arguments = numbersOf(partition.arguments);
  halves.numSaved = partition.saved.size();

  OpBuilder b(forward.getContext());
  halves.backward = func::FuncOp::create(b, loc, name + "_backward",
                                         b.getFunctionType({}, {}));
  halves.backward.setPrivate();
  Block *body = halves.backward.addEntryBlock();
  IRMapping map;
  auto take = [&](Value value) {
    map.map(value, body->addArgument(value.getType(), loc));
  };
  for (unsigned i : halves.arguments)
    take(forward.getArgument(i));
  llvm::for_each(partition.saved, take);
  llvm::for_each(backward.getArguments(), take);
  b.setInsertionPointToStart(body);
  for (Operation &op : forward.front())
    if (partition.recomputed.contains(&op))
      b.clone(op, map);
  for (Operation &op : backward)
    b.clone(op, map);
  SmallVector<Value> returned;
  for (Value gradient : gradients) {
    halves.gradientOf.push_back(gradient ? int(returned.size()) : -1);
    if (gradient)
      returned.push_back(map.lookup(gradient));
  }
  func::ReturnOp::create(b, loc, returned);
  halves.backward.setFunctionType(b.getFunctionType(
      body->getArgumentTypes(), ValueRange(returned).getTypes()));

  Operation *end = forward.front().getTerminator();
  end->insertOperands(end->getNumOperands(), partition.saved.getArrayRef());
  // Fails only where an attribute refuses the function's new type.
  for (Value value : partition.saved)
    (void)forward.insertResult(forward.getNumResults(), value.getType(), {});
  forward.setSymName(name + "_forward");
  halves.forward = forward;
  symbols.insert(halves.forward);
  symbols.insert(halves.backward);
  return halves;
}
