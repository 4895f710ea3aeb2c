//===- Interpreter.cpp ----------------------------------------------------===//

#include "dialect/reference/Interpreter.h"

#include "dialect/BertOps.h"
#include "dialect/PackedLayout.h"
#include "dialect/reference/Steps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/raw_ostream.h"

#include <memory>
#include <optional>
#include <string>

using namespace bertc;
using namespace mlir;

namespace {

/// Tensors are shared between a value and its uses: weights are large.
using Handle = std::shared_ptr<const ReferenceTensor>;

llvm::Expected<ReferenceTensor> fromElements(ElementsAttr elements) {
  auto dense = dyn_cast<DenseElementsAttr>(elements);
  if (!dense)
    return llvm::createStringError("only dense values can be interpreted");
  ReferenceTensor tensor(dense.getType().getShape().vec());
  size_t next = 0;
  if (isa<FloatType>(dense.getElementType())) {
    for (const APFloat &value : dense.getValues<APFloat>())
      tensor.values[next++] = value.convertToDouble();
  } else if (dense.getElementType().isInteger()) {
    for (const APInt &value : dense.getValues<APInt>())
      tensor.values[next++] = double(value.getSExtValue());
  } else {
    return llvm::createStringError("only numbers can be interpreted");
  }
  return tensor;
}

/// An error unless `tensor` may stand where the program says `type`.
llvm::Error checkShape(const ReferenceTensor &tensor, Type type) {
  auto ranked = dyn_cast<RankedTensorType>(type);
  bool fits = ranked && ranked.getRank() == int64_t(tensor.shape.size());
  for (size_t i = 0; fits && i < tensor.shape.size(); ++i)
    fits = ranked.isDynamicDim(i) || ranked.getDimSize(i) == tensor.dim(i);
  if (fits)
    return llvm::Error::success();
  std::string text;
  llvm::raw_string_ostream out(text);
  llvm::interleaveComma(tensor.shape, out << "got shape [");
  out << "], expected " << type;
  return llvm::createStringError(text);
}

std::vector<const ReferenceTensor *> pointersTo(ArrayRef<Handle> handles) {
  std::vector<const ReferenceTensor *> pointers;
  for (const Handle &handle : handles)
    pointers.push_back(handle.get());
  return pointers;
}

/// Whether no op after `op` in its block uses `value`.
bool isLastUse(Value value, Operation *op) {
  return llvm::all_of(value.getUsers(), [&](Operation *user) {
    return user == op || user->isBeforeInBlock(op);
  });
}

class Interpreter {
public:
  Interpreter(ModuleOp module, const ParameterReader &parameters,
              const ValueHook &hook)
      : symbols(module), parameters(parameters), hook(hook) {}

  llvm::Expected<std::vector<Handle>> run(StringRef name,
                                          ArrayRef<Handle> inputs) {
    auto function = symbols.lookup<func::FuncOp>(name);
    if (!function || function.isExternal())
      return llvm::createStringError("no function @" + name + " to interpret");
    if (!function.getBody().hasOneBlock())
      return llvm::createStringError("@" + name + " has branches");
    if (function.getNumArguments() != inputs.size())
      return llvm::createStringError("@" + name + " takes " +
                                     Twine(function.getNumArguments()) +
                                     " inputs, got " + Twine(inputs.size()));
    // Calls nest a few levels deep in a model; endless recursion is an error.
    if (++depth > 100)
      return llvm::createStringError("@" + name + " is called too deeply");
    llvm::scope_exit leave([&] { --depth; });

    Values values;
    for (auto [argument, input] : llvm::zip(function.getArguments(), inputs)) {
      if (llvm::Error error = checkShape(*input, argument.getType()))
        return llvm::createStringError("@" + name + ", input " +
                                       Twine(argument.getArgNumber()) + ": " +
                                       toString(std::move(error)));
      values[argument] = input;
    }
    for (Operation &op : function.getBody().front()) {
      // A parameter is read where it is used: its values are large.
      if (isa<bert::GetParameterOp>(op))
        continue;
      llvm::Expected<std::vector<Handle>> operands = take(&op, values);
      if (!operands)
        return operands.takeError();
      if (isa<func::ReturnOp>(op))
        return operands;
      if (llvm::Error error = step(&op, *operands, values))
        return std::move(error);
      if (hook && depth == 1)
        show(&op, values);
    }
    return llvm::createStringError("@" + name + " does not return");
  }

private:
  using Values = llvm::DenseMap<Value, Handle>;

  /// The operands of `op`; forgets those that nothing uses afterwards.
  llvm::Expected<std::vector<Handle>> take(Operation *op, Values &values) {
    std::vector<Handle> operands;
    for (Value operand : op->getOperands()) {
      Handle &handle = values[operand];
      if (auto get = operand.getDefiningOp<bert::GetParameterOp>();
          get && !handle) {
        llvm::Expected<ReferenceTensor> tensor =
            parameter(symbols.lookup<bert::ParameterOp>(get.getName()));
        if (!tensor)
          return tensor.takeError();
        if (llvm::Error error = checkShape(*tensor, operand.getType()))
          return llvm::createStringError("@" + get.getName() + ": " +
                                         toString(std::move(error)));
        handle = std::make_shared<ReferenceTensor>(std::move(*tensor));
      }
      operands.push_back(handle);
    }
    for (Value operand : op->getOperands())
      if (isLastUse(operand, op))
        values.erase(operand);
    return operands;
  }

  llvm::Error step(Operation *op, ArrayRef<Handle> operands, Values &values) {
    if (auto call = dyn_cast<func::CallOp>(op)) {
      llvm::Expected<std::vector<Handle>> results =
          run(call.getCallee(), operands);
      if (!results)
        return results.takeError();
      for (auto [value, result] : llvm::zip(call.getResults(), *results))
        values[value] = result;
      return llvm::Error::success();
    }
    if (auto update = dyn_cast<bert::UpdateOpInterface>(op)) {
      llvm::Expected<std::vector<ReferenceTensor>> results =
          update.interpretUpdate(pointersTo(operands));
      if (!results)
        return results.takeError();
      for (auto [value, result] : llvm::zip(op->getResults(), *results))
        values[value] = std::make_shared<ReferenceTensor>(std::move(result));
      return llvm::Error::success();
    }
    llvm::Expected<ReferenceTensor> result = evaluate(op, operands);
    llvm::Error error = result ? checkShape(*result, op->getResult(0).getType())
                               : result.takeError();
    if (error)
      return llvm::createStringError(op->getName().getStringRef() + ": " +
                                     toString(std::move(error)));
    values[op->getResult(0)] =
        std::make_shared<ReferenceTensor>(std::move(*result));
    return llvm::Error::success();
  }

  void show(Operation *op, Values &values) {
    for (Value result : op->getResults())
      if (std::optional<ReferenceTensor> other = hook(result, *values[result]))
        values[result] = std::make_shared<ReferenceTensor>(std::move(*other));
  }

  llvm::Expected<ReferenceTensor> evaluate(Operation *op,
                                           ArrayRef<Handle> handles) {
    if (auto constant = dyn_cast<arith::ConstantOp>(op))
      if (auto elements = dyn_cast<ElementsAttr>(constant.getValue()))
        return fromElements(elements);
    auto reference = dyn_cast<bert::ReferenceOpInterface>(op);
    if (!reference)
      return llvm::createStringError("has no reference semantics");
    if (llvm::Error error = checkRows(op, handles))
      return std::move(error);
    return reference.interpret(pointersTo(handles));
  }

  /// What no type says: operands of T rows have the same T. Offsets and row
  /// numbers, whose size is unknown too, are not rows.
  llvm::Error checkRows(Operation *op, ArrayRef<Handle> handles) {
    SmallVector<Value, 3> others;
    if (auto sequence = dyn_cast<bert::SequenceOpInterface>(op))
      others = {sequence.getOffsets(), sequence.getPerSequence()};
    if (auto changes = dyn_cast<bert::RowsOpInterface>(op))
      others.push_back(changes.getRowsOperand());
    if (auto pairs = dyn_cast<bert::PairsOpInterface>(op))
      others.push_back(pairs.getPerPair());
    // Operands of one type have one shape, whatever columns that leaves open.
    llvm::DenseMap<Type, const ReferenceTensor *> shapes;
    std::optional<int64_t> rows;
    for (auto [operand, handle] : llvm::zip(op->getOperands(), handles)) {
      auto type = cast<RankedTensorType>(operand.getType());
      if (llvm::is_contained(others, operand) || type.getRank() == 0 ||
          !type.isDynamicDim(0))
        continue;
      if (rows && *rows != handle->dim(0))
        return llvm::createStringError("operands of " + Twine(*rows) + " and " +
                                       Twine(handle->dim(0)) + " rows");
      rows = handle->dim(0);
      auto [known, isNew] = shapes.try_emplace(type, handle.get());
      if (!isNew && known->second->shape != handle->shape)
        return llvm::createStringError("operands of one type differ in their "
                                       "columns");
    }
    return llvm::Error::success();
  }

  llvm::Expected<ReferenceTensor> parameter(bert::ParameterOp op) {
    if (op.getTiedTo())
      return tiedParameter(op);
    if (!op.getSources())
      return parameters(op);
    ReferenceTensor all;
    for (auto symbol : op.getSources()->getAsRange<FlatSymbolRefAttr>()) {
      llvm::Expected<ReferenceTensor> part =
          parameter(symbols.lookup<bert::ParameterOp>(symbol.getValue()));
      if (!part)
        return part.takeError();
      if (all.shape.empty()) {
        all = std::move(*part);
        continue;
      }
      all.shape[0] += part->dim(0);
      all.values.insert(all.values.end(), part->values.begin(),
                        part->values.end());
    }
    if (!op.getPanel())
      return all;
    Type element = cast<ShapedType>(op.getParameterType()).getElementType();
    return packRows(all, *op.getPanel(), bert::precisionOf(element));
  }

  llvm::Expected<ReferenceTensor> tiedParameter(bert::ParameterOp op) {
    llvm::Expected<ReferenceTensor> w =
        parameter(symbols.lookup<bert::ParameterOp>(*op.getTiedTo()));
    if (!w || !op.getDividedBy())
      return w;
    llvm::Expected<ReferenceTensor> divisor =
        parameter(symbols.lookup<bert::ParameterOp>(*op.getDividedBy()));
    if (!divisor)
      return divisor;
    for (int64_t n = 0; n < w->dim(0); ++n)
      for (int64_t k = 0; k < w->dim(1); ++k)
        w->row(n)[k] = static_cast<float>(w->row(n)[k]) /
                       static_cast<float>(divisor->values[k]);
    return w;
  }

  SymbolTable symbols;
  const ParameterReader &parameters;
  const ValueHook &hook;
  int depth = 0;
};

} // namespace

ParameterReader bertc::inlineParameters() {
  return [](bert::ParameterOp op) -> llvm::Expected<ReferenceTensor> {
    if (!op.getValue())
      return llvm::createStringError("parameter @" + op.getSymName() +
                                     " has no value in the module");
    return fromElements(*op.getValue());
  };
}

llvm::Expected<std::vector<ReferenceTensor>>
bertc::interpret(ModuleOp module, StringRef function,
                 ArrayRef<ReferenceTensor> inputs,
                 const ParameterReader &parameters, const ValueHook &hook) {
  std::vector<Handle> handles;
  for (const ReferenceTensor &input : inputs)
    handles.push_back(std::make_shared<ReferenceTensor>(input));
  llvm::Expected<std::vector<Handle>> results =
      Interpreter(module, parameters, hook).run(function, handles);
  if (!results)
    return results.takeError();
  std::vector<ReferenceTensor> tensors;
  for (const Handle &result : *results)
    tensors.push_back(*result);
  return tensors;
}
