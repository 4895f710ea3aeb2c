//===- Pooling.cpp - meaning of first_token and mean_pool -----------------===//

#include "dialect/reference/Steps.h"

using namespace bertc;
using namespace bertc::bert;

namespace {

/// y[b] = mean of rows offsets[b] to `end(b)`.
llvm::Expected<ReferenceTensor>
pool(llvm::ArrayRef<const ReferenceTensor *> operands, bool firstOnly) {
  const ReferenceTensor &x = *operands[0], &offsets = *operands[1];
  llvm::Expected<int64_t> sequences = countSequences(offsets, x.dim(0));
  if (!sequences)
    return sequences.takeError();
  ReferenceTensor y({*sequences, x.dim(1)});
  for (int64_t b = 0; b < *sequences; ++b) {
    int64_t begin = offsets.values[b], end = offsets.values[b + 1];
    if (begin == end)
      return llvm::createStringError(
          "a sequence without tokens has no pooling");
    if (firstOnly)
      end = begin + 1;
    for (int64_t t = begin; t < end; ++t)
      for (int64_t h = 0; h < x.dim(1); ++h)
        y.row(b)[h] += x.row(t)[h] / double(end - begin);
  }
  return y;
}

} // namespace

llvm::Expected<ReferenceTensor>
FirstTokenOp::interpret(llvm::ArrayRef<const ReferenceTensor *> operands) {
  return pool(operands, true);
}

llvm::Expected<ReferenceTensor>
MeanPoolOp::interpret(llvm::ArrayRef<const ReferenceTensor *> operands) {
  return pool(operands, false);
}
