//===- Accumulation.cpp - meaning of sums over runs -----------------------===//

#include "dialect/reference/Steps.h"

#include <cstddef>
#include <utility>
#include <vector>

using namespace bertc;
using namespace bertc::bert;

namespace {

using Tensors = llvm::ArrayRef<const ReferenceTensor *>;

/// Of a sum, whether it goes on, and a term.
llvm::Expected<std::vector<ReferenceTensor>>
accumulated(Tensors operands, llvm::Expected<ReferenceTensor> term) {
  if (!term)
    return term.takeError();
  std::vector<ReferenceTensor> results = {std::move(*term)};
  if (operands[1]->values[0] != 0)
    for (size_t i = 0; i < results[0].values.size(); ++i)
      results[0].values[i] += operands[0]->values[i];
  return results;
}

} // namespace

llvm::Expected<ReferenceTensor> WeighOp::interpret(Tensors operands) {
  ReferenceTensor result = *operands[0];
  result.values[0] *= operands[1]->values[0];
  return result;
}

llvm::Expected<std::vector<ReferenceTensor>>
AccumulateOp::interpretUpdate(Tensors operands) {
  return accumulated(operands, *operands[2]);
}

llvm::Expected<std::vector<ReferenceTensor>>
AccumulateWeightGradientOp::interpretUpdate(Tensors operands) {
  return accumulated(
      operands, weightGradient(*operands[2], *operands[3], getPrecision()));
}

llvm::Expected<std::vector<ReferenceTensor>>
AccumulateEmbeddingGradientOp::interpretUpdate(Tensors operands) {
  return accumulated(operands,
                     embeddingGradient(*operands[2], *operands[3],
                                       operands[0]->dim(0), getPadding()));
}
