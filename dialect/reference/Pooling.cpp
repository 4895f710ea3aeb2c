//===- Pooling.cpp - meaning of first_token and mean_pool -----------------===//

#include "dialect/reference/Steps.h"

#include <cstddef>
#include <cstdint>
#include <vector>

using namespace bertc;
using namespace bertc::bert;

namespace {

/// y[b] = mean of the rows that are pooled.
llvm::Expected<ReferenceTensor>
pool(llvm::ArrayRef<const ReferenceTensor *> operands, bool firstOnly) {
  const ReferenceTensor &x = *operands[0];
  auto pooled = pooledRows(*operands[1], x.dim(0), firstOnly);
  if (!pooled)
    return pooled.takeError();
  ReferenceTensor y({int64_t(pooled->size()), x.dim(1)});
  for (size_t b = 0; b < pooled->size(); ++b)
    for (int64_t t = (*pooled)[b].begin; t < (*pooled)[b].end; ++t)
      for (int64_t h = 0; h < x.dim(1); ++h)
        y.row(int64_t(b))[h] += x.row(t)[h] * (*pooled)[b].weight();
  return y;
}

} // namespace

llvm::Expected<std::vector<PooledRows>>
bertc::pooledRows(const ReferenceTensor &offsets, int64_t tokens,
                  bool firstOnly) {
  llvm::Expected<int64_t> sequences = countSequences(offsets, tokens);
  if (!sequences)
    return sequences.takeError();
  std::vector<PooledRows> rows;
  for (int64_t b = 0; b < *sequences; ++b) {
    const int64_t begin = offsets.values[b], end = offsets.values[b + 1];
    if (begin == end)
      return llvm::createStringError(
          "a sequence without tokens has no pooling");
    rows.push_back({begin, firstOnly ? begin + 1 : end});
  }
  return rows;
}

llvm::Expected<ReferenceTensor>
FirstTokenOp::interpret(llvm::ArrayRef<const ReferenceTensor *> operands) {
  return pool(operands, true);
}

llvm::Expected<ReferenceTensor>
MeanPoolOp::interpret(llvm::ArrayRef<const ReferenceTensor *> operands) {
  return pool(operands, false);
}
