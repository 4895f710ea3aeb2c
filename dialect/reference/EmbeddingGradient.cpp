//===- EmbeddingGradient.cpp - meaning of embedding_gradient --------------===//

#include "dialect/reference/Steps.h"

#include <string>

using namespace bertc;
using namespace bertc::bert;

llvm::Expected<ReferenceTensor>
bertc::embeddingGradient(const ReferenceTensor &gradient,
                         const ReferenceTensor &ids, int64_t rows,
                         std::optional<int64_t> padding) {
  ReferenceTensor table({rows, gradient.dim(1)});
  for (int64_t t = 0; t < ids.dim(0); ++t) {
    const double id = ids.values[t];
    if (!(id >= 0 && id < double(rows)))
      return llvm::createStringError("id " + std::to_string(int64_t(id)) +
                                     " is outside its table of " +
                                     std::to_string(rows) + " rows");
    if (padding && id == double(*padding))
      continue;
    for (int64_t h = 0; h < table.dim(1); ++h)
      table.row(int64_t(id))[h] += gradient.row(t)[h];
  }
  return table;
}

llvm::Expected<ReferenceTensor> EmbeddingGradientOp::interpret(
    llvm::ArrayRef<const ReferenceTensor *> operands) {
  return embeddingGradient(*operands[0], *operands[1], int64_t(getRows()),
                           getPadding());
}
