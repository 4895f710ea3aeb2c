//===- Interpreter.cpp ----------------------------------------------------===//

#include "dialect/reference/Interpreter.h"

#include "dialect/BertOps.h"
#include "dialect/reference/Steps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"

#include <memory>

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
  if (dense.getElementType().isF32() || dense.getElementType().isF64()) {
    for (const APFloat &value : dense.getValues<APFloat>())
      tensor.values[next++] = value.convertToDouble();
  } else if (dense.getElementType().isInteger()) {
    for (const APInt &value : dense.getValues<APInt>())
      tensor.values[next++] = value.getSExtValue();
  } else {
    return llvm::createStringError("only f32, f64 and integer values can be "
                                   "interpreted");
  }
  return tensor;
}

class Interpreter {
public:
  Interpreter(ModuleOp module, const ParameterReader &parameters)
      : symbols(module), parameters(parameters) {}

  llvm::Expected<std::vector<Handle>> run(StringRef name,
                                          ArrayRef<Handle> inputs) {
    auto function = symbols.lookup<func::FuncOp>(name);
    if (!function || function.isExternal())
      return llvm::createStringError("no function @" + name + " to interpret");
    if (function.getNumArguments() != inputs.size())
      return llvm::createStringError(
          "@" + name + " takes " + Twine(function.getNumArguments()) +
          " inputs, got " + Twine(inputs.size()));
    llvm::DenseMap<Value, Handle> values;
    for (auto [argument, input] : llvm::zip(function.getArguments(), inputs))
      values[argument] = input;
    for (Operation &op : function.getBody().front()) {
      if (auto end = dyn_cast<func::ReturnOp>(op)) {
        std::vector<Handle> results;
        for (Value operand : end.getOperands())
          results.push_back(values.lookup(operand));
        return results;
      }
      if (llvm::Error error = step(&op, values))
        return std::move(error);
    }
    return llvm::createStringError("@" + name + " does not return");
  }

private:
  llvm::Error step(Operation *op, llvm::DenseMap<Value, Handle> &values) {
    if (auto call = dyn_cast<func::CallOp>(op)) {
      std::vector<Handle> inputs;
      for (Value operand : call.getOperands())
        inputs.push_back(values.lookup(operand));
      llvm::Expected<std::vector<Handle>> results =
          run(call.getCallee(), inputs);
      if (!results)
        return results.takeError();
      for (auto [value, result] : llvm::zip(call.getResults(), *results))
        values[value] = result;
      return llvm::Error::success();
    }
    llvm::Expected<ReferenceTensor> result = evaluate(op, values);
    if (!result)
      return llvm::createStringError(op->getName().getStringRef() + ": " +
                                     toString(result.takeError()));
    values[op->getResult(0)] =
        std::make_shared<ReferenceTensor>(std::move(*result));
    return llvm::Error::success();
  }

  llvm::Expected<ReferenceTensor>
  evaluate(Operation *op, llvm::DenseMap<Value, Handle> &values) {
    if (auto get = dyn_cast<bert::GetParameterOp>(op))
      return parameter(symbols.lookup<bert::ParameterOp>(get.getName()));
    if (auto constant = dyn_cast<arith::ConstantOp>(op))
      if (auto elements = dyn_cast<ElementsAttr>(constant.getValue()))
        return fromElements(elements);
    auto reference = dyn_cast<bert::ReferenceOpInterface>(op);
    if (!reference)
      return llvm::createStringError("has no reference semantics");
    std::vector<const ReferenceTensor *> operands;
    for (Value operand : op->getOperands())
      operands.push_back(values.lookup(operand).get());
    return reference.interpret(operands);
  }

  llvm::Expected<ReferenceTensor> parameter(bert::ParameterOp op) {
    if (!op.getSources())
      return parameters(op);
    ReferenceTensor all;
    for (auto symbol : op.getSources()->getAsRange<FlatSymbolRefAttr>()) {
      llvm::Expected<ReferenceTensor> part =
          parameters(symbols.lookup<bert::ParameterOp>(symbol.getValue()));
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
    return op.getPanel() ? packRows(all, *op.getPanel()) : all;
  }

  SymbolTable symbols;
  const ParameterReader &parameters;
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
                 const ParameterReader &parameters) {
  std::vector<Handle> handles;
  for (const ReferenceTensor &input : inputs)
    handles.push_back(std::make_shared<ReferenceTensor>(input));
  llvm::Expected<std::vector<Handle>> results =
      Interpreter(module, parameters).run(function, handles);
  if (!results)
    return results.takeError();
  std::vector<ReferenceTensor> tensors;
  for (const Handle &result : *results)
    tensors.push_back(*result);
  return tensors;
}
