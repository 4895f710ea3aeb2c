//===- EmbeddingGradient.cpp - meaning of embedding_gradient --------------===//

#include "dialect/reference/Steps.h"

#include <string>

using namespace bertc;
using namespace bertc::bert;

llvm::Expected<ReferenceTensor> EmbeddingGradientOp::interpret(
    llvm::ArrayRef<const ReferenceTensor *> operands) {
  const ReferenceTensor &gradient = *operands[0], &ids = *operands[1];
  ReferenceTensor table({int64_t(getRows()), gradient.dim(1)});
  for (int64_t t = 0; t < ids.dim(0); ++t) {
    const double id = ids.values[t];
    if (!(id >= 0 && id < double(table.dim(0))))
      return llvm::createStringError("id " + std::to_string(int64_t(id)) +
                                     " is outside its table of " +
                                     std::to_string(table.dim(0)) + " rows");
    if (getPadding() && id == double(int64_t(*getPadding())))
      continue;
    for (int64_t h = 0; h < table.dim(1); ++h)
      table.row(int64_t(id))[h] += gradient.row(t)[h];
  }
  return table;
}
