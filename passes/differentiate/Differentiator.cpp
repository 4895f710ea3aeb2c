//===- Differentiator.cpp -------------------------------------------------===//

#include "passes/differentiate/Differentiator.h"

#include "dialect/BertOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Support/raw_ostream.h"

#include <utility>

using namespace bertc;
using namespace mlir;

namespace {

/// What changes a little when what it is made of changes a little.
bool isContinuous(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && isa<FloatType>(type.getElementType());
}

/// Whether the op reads one of these values, in its regions too.
bool reads(Operation &op, const llvm::DenseSet<Value> &values) {
  auto isOne = [&](Value value) { return values.contains(value); };
  if (llvm::any_of(op.getOperands(), isOne))
    return true;
  llvm::SetVector<Value> captured;
  getUsedValuesDefinedAbove(op.getRegions(), captured);
  return llvm::any_of(captured, isOne);
}

/// Adds to the gradient of `value` what one of its uses contributes.
void accumulate(llvm::DenseMap<Value, Value> &gradients, OpBuilder &b,
                Value value, Value gradient) {
  auto [entry, isFirst] = gradients.try_emplace(value, gradient);
  if (!isFirst)
    entry->second =
        bert::AddOp::create(b, value.getLoc(), entry->second, gradient);
}

std::string keyOf(func::FuncOp function, const llvm::BitVector &wanted,
                  const llvm::BitVector &given) {
  std::string key = function.getSymName().str();
  for (const llvm::BitVector *bits : {&wanted, &given}) {
    key += ' ';
    for (unsigned i = 0; i < bits->size(); ++i)
      key += (*bits)[i] ? '1' : '0';
  }
  return key;
}

} // namespace

FailureOr<SmallVector<Value>>
Differentiator::differentiate(func::FuncOp function, ArrayRef<Value> wanted) {
  Block &forward = function.front();
  Block backward;
  OpBuilder b(function.getContext());
  b.setInsertionPointToStart(&backward);
  Value loss = forward.getTerminator()->getOperand(0);
  auto one = DenseElementsAttr::get(cast<ShapedType>(loss.getType()), 1.0f);
  Gradients gradients;
  gradients[loss] = arith::ConstantOp::create(b, loss.getLoc(), one);
  if (failed(sweep(forward, backward, wanted, gradients)))
    return failure();
  Operation *end = forward.getTerminator();
  forward.getOperations().splice(end->getIterator(), backward.getOperations());
  SmallVector<Value> result;
  for (Value value : wanted)
    result.push_back(gradients.lookup(value));
  return result;
}

LogicalResult Differentiator::sweep(Block &forward, Block &backward,
                                    ArrayRef<Value> wanted,
                                    Gradients &gradients) {
  // What depends on the wanted values; nothing else needs a gradient.
  llvm::DenseSet<Value> active(wanted.begin(), wanted.end());
  SmallVector<Operation *> ops;
  for (Operation &op : forward.without_terminator()) {
    if (reads(op, active))
      for (Value result : op.getResults())
        if (isContinuous(result))
          active.insert(result);
    ops.push_back(&op);
  }

  OpBuilder b(forward.getParentOp()->getContext());
  SmallVector<Operation *> replaced;
  for (Operation *op : llvm::reverse(ops)) {
    const bool hasGradient = llvm::any_of(op->getResults(), [&](Value result) {
      return gradients.contains(result);
    });
    llvm::BitVector needed(op->getNumOperands());
    for (OpOperand &operand : op->getOpOperands())
      needed[operand.getOperandNumber()] = active.contains(operand.get());
    if (!hasGradient || !reads(*op, active))
      continue;
    if (auto call = dyn_cast<func::CallOp>(op)) {
      if (failed(sweepCall(call, backward, needed, gradients)))
        return failure();
      replaced.push_back(op);
      continue;
    }
    auto differentiable = dyn_cast<bert::DifferentiableOpInterface>(op);
    if (!differentiable || op->getNumResults() != 1)
      return op->emitOpError("has no adjoint, and the loss depends on it");
    b.setInsertionPointToEnd(&backward);
    SmallVector<Value> adjoints = differentiable.buildAdjoint(
        b, gradients.lookup(op->getResult(0)), needed);
    for (unsigned i : needed.set_bits()) {
      if (!adjoints[i])
        return op->emitOpError("has no adjoint by operand ")
               << i << ", and the loss depends on it";
      accumulate(gradients, b, op->getOperand(i), adjoints[i]);
    }
  }
  // Not before: their results are names of values here.
  for (Operation *op : replaced)
    op->erase();
  return success();
}

LogicalResult Differentiator::sweepCall(func::CallOp call, Block &backward,
                                        const llvm::BitVector &wanted,
                                        Gradients &gradients) {
  auto callee = symbols.lookup<func::FuncOp>(call.getCallee());
  if (!callee || callee.isExternal() || !callee.getBody().hasOneBlock())
    return call.emitOpError("calls a function without one body to "
                            "differentiate");
  llvm::BitVector given(call.getNumResults());
  for (OpResult result : call.getResults())
    given[result.getResultNumber()] = gradients.contains(result);
  FailureOr<const Halves *> found = halvesOf(callee, wanted, given);
  if (failed(found))
    return failure();
  const Halves &halves = **found;

  OpBuilder b(call);
  auto saving = func::CallOp::create(b, call.getLoc(), halves.forward,
                                     call.getOperands());
  SmallVector<Value> operands;
  for (unsigned i : halves.arguments)
    operands.push_back(call.getOperand(i));
  llvm::append_range(operands, saving.getResults().take_back(halves.numSaved));
  for (unsigned i : given.set_bits())
    operands.push_back(gradients.lookup(call.getResult(i)));
  b.setInsertionPointToEnd(&backward);
  auto adjoint =
      func::CallOp::create(b, call.getLoc(), halves.backward, operands);
  for (unsigned i : wanted.set_bits())
    if (int number = halves.gradientOf[i]; number >= 0)
      accumulate(gradients, b, call.getOperand(i), adjoint.getResult(number));
  // The sweep has been past all uses of the results: no gradient is missed.
  for (auto [before, after] :
       llvm::zip_first(call.getResults(), saving.getResults()))
    before.replaceAllUsesWith(after);
  return success();
}

FailureOr<const Halves *>
Differentiator::halvesOf(func::FuncOp function, const llvm::BitVector &wanted,
                         const llvm::BitVector &given) {
  auto [place, isNew] = known.try_emplace(keyOf(function, wanted, given));
  if (!isNew)
    return &place->second;
  func::FuncOp forward = function.clone();
  OwningOpRef<func::FuncOp> owned(forward);
  Block backward;
  SmallVector<Value> arguments;
  for (unsigned i : wanted.set_bits())
    arguments.push_back(forward.getArgument(i));
  Gradients gradients;
  Operation *end = forward.front().getTerminator();
  OpBuilder b(forward.getContext());
  b.setInsertionPointToStart(&backward);
  for (unsigned i : given.set_bits()) {
    Value result = end->getOperand(i);
    accumulate(gradients, b, result,
               backward.addArgument(result.getType(), result.getLoc()));
  }
  if (failed(sweep(forward.front(), backward, arguments, gradients)))
    return failure();
  SmallVector<Value> returned(forward.getNumArguments());
  for (unsigned i : wanted.set_bits())
    returned[i] = gradients.lookup(forward.getArgument(i));
  place->second =
      makeHalves(owned.release(), backward, returned, recompute, symbols);
  return &place->second;
}
