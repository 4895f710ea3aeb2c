//===- Reference.cpp ------------------------------------------------------===//

#include "compiler/Reference.h"

#include "compiler/Errors.h"
#include "compiler/Facts.h"
#include "dialect/BertOps.h"
#include "passes/Symbols.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <utility>

using namespace bertc;

namespace {

/// The inputs of an entry function, by name.
struct PackedInputs {
  ReferenceTensor ids, positions, types, offsets, selected;

  const ReferenceTensor *find(llvm::StringRef name) const {
    if (name == "input_ids")
      return &ids;
    if (name == "position_ids")
      return &positions;
    if (name == "token_type_ids")
      return &types;
    if (name == "offsets")
      return &offsets;
    if (name == "mlm_positions")
      return &selected;
    return nullptr;
  }
};

PackedInputs pack(const run::Batch &batch, const ModelFacts &facts) {
  PackedInputs packed;
  packed.offsets.values.push_back(0);
  for (int64_t b = 0; b < batch.batch; ++b) {
    std::vector<int64_t> rows(batch.seqLen, -1); // of each column
    int64_t counted = 0;
    for (int64_t s = 0; s < batch.seqLen; ++s) {
      int64_t place = b * batch.seqLen + s;
      // As transformers: a token's position is its column, padded or not, or
      // how many ids before it are no padding.
      int64_t position = s + facts.positionOffset;
      if (facts.positionsCounted)
        position = batch.ids[place] == facts.padTokenId
                       ? facts.padTokenId
                       : facts.positionOffset + counted++;
      if (!batch.attentionMask.empty() && batch.attentionMask[place] == 0)
        continue;
      rows[s] = packed.ids.values.size();
      packed.ids.values.push_back(batch.ids[place]);
      packed.positions.values.push_back(position);
      packed.types.values.push_back(
          batch.tokenTypes.empty() ? 0 : batch.tokenTypes[place]);
    }
    packed.offsets.values.push_back(packed.ids.values.size());
    for (int64_t s = 0; batch.slots < 0 && s < batch.seqLen; ++s)
      if (rows[s] >= 0)
        packed.selected.values.push_back(rows[s]);
    for (int64_t i = 0; i < batch.slots; ++i)
      if (int32_t column = batch.mlmPositions[b * batch.slots + i]; column >= 0)
        packed.selected.values.push_back(rows[column]);
  }
  for (ReferenceTensor *tensor : {&packed.ids, &packed.positions, &packed.types,
                                  &packed.offsets, &packed.selected})
    tensor->shape = {int64_t(tensor->values.size())};
  return packed;
}

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
                    const run::Batch &batch, const ValueHook &hook) {
  mlir::func::FuncOp entry = findEntry(module);
  if (!entry)
    return llvm::createStringError("the model has no entry function");

  PackedInputs packed = pack(batch, readFacts(module));
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
