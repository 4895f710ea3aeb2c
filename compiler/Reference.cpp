//===- Reference.cpp ------------------------------------------------------===//

#include "compiler/Reference.h"

#include "compiler/Facts.h"
#include "dialect/BertOps.h"
#include "passes/Symbols.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <utility>

using namespace bertc;

namespace {

llvm::Expected<ReferenceTensor> readParameter(const ModuleParameters &source,
                                              bert::ParameterOp op) {
  llvm::Expected<llvm::ArrayRef<int64_t>> shape = source.shape(op.getSymName());
  if (!shape)
    return shape.takeError();
  ReferenceTensor tensor(shape->vec());
  std::vector<float> values(tensor.values.size());
  if (llvm::Error error = source.read(op.getSymName(), 0, values))
    return std::move(error);
  tensor.values.assign(values.begin(), values.end());
  return tensor;
}

} // namespace

llvm::Expected<std::vector<NamedReference>>
bertc::runReference(mlir::ModuleOp module, const ModuleParameters &parameters,
                    const PackedInputs &packed, const ValueHook &hook) {
  mlir::func::FuncOp entry = findEntry(module);
  if (!entry)
    return llvm::createStringError("the model has no entry function");

  std::vector<ReferenceTensor> inputs;
  for (unsigned i = 0; i < entry.getNumArguments(); ++i) {
    const ReferenceTensor *input = packed.find(nameOf(entry.getArgAttrDict(i)));
    if (!input)
      return llvm::createStringError(
          "argument %u of the entry function is no known input", i);
    inputs.push_back(*input);
  }
  auto results = interpret(
      module, entry.getSymName(), inputs,
      [&](bert::ParameterOp op) { return readParameter(parameters, op); },
      hook);
  if (!results)
    return results.takeError();
  std::vector<NamedReference> named;
  named.reserve(results->size());
  for (unsigned i = 0; i < results->size(); ++i)
    named.push_back(
        {nameOf(entry.getResultAttrDict(i)).str(), std::move((*results)[i])});
  return named;
}

llvm::Expected<std::vector<NamedReference>>
bertc::runReference(mlir::ModuleOp module, const ModuleParameters &parameters,
                    const run::Batch &batch, const ValueHook &hook) {
  return runReference(module, parameters,
                      PackedInputs(batch, readFacts(module)), hook);
}
