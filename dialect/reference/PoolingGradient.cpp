//===- PoolingGradient.cpp - of first_token, mean_pool and gather_rows ----===//

#include "dialect/reference/Steps.h"

#include <cstdint>

using namespace bertc;
using namespace bertc::bert;

namespace {

llvm::Expected<ReferenceTensor>
spread(llvm::ArrayRef<const ReferenceTensor *> operands, bool firstOnly) {
  const ReferenceTensor &gradient = *operands[0], &offsets = *operands[1],
                        &like = *operands[2];
  llvm::Expected<int64_t> sequences = countSequences(offsets, like.dim(0));
  if (!sequences)
    return sequences.takeError();
  if (llvm::Error error = checkPerSequence(gradient, *sequences))
    return std::move(error);
  ReferenceTensor dx({like.dim(0), like.dim(1)});
  for (int64_t b = 0; b < *sequences; ++b) {
    int64_t begin = offsets.values[b], end = offsets.values[b + 1];
    if (begin == end)
      return llvm::createStringError(
          "a sequence without tokens has no pooling");
    if (firstOnly)
      end = begin + 1;
    for (int64_t t = begin; t < end; ++t)
      for (int64_t h = 0; h < dx.dim(1); ++h)
        dx.row(t)[h] = gradient.row(b)[h] / double(end - begin);
  }
  return dx;
}

} // namespace

llvm::Error bertc::checkPerSequence(const ReferenceTensor &tensor,
                                    int64_t sequences) {
  if (tensor.dim(0) == sequences)
    return llvm::Error::success();
  return llvm::createStringError("%lld rows for %lld sequences",
                                 static_cast<long long>(tensor.dim(0)),
                                 static_cast<long long>(sequences));
}

llvm::Expected<ReferenceTensor> FirstTokenGradientOp::interpret(
    llvm::ArrayRef<const ReferenceTensor *> operands) {
  return spread(operands, true);
}

llvm::Expected<ReferenceTensor> MeanPoolGradientOp::interpret(
    llvm::ArrayRef<const ReferenceTensor *> operands) {
  return spread(operands, false);
}

llvm::Expected<ReferenceTensor> GatherRowsGradientOp::interpret(
    llvm::ArrayRef<const ReferenceTensor *> operands) {
  const ReferenceTensor &gradient = *operands[0], &rows = *operands[1],
                        &like = *operands[2];
  ReferenceTensor dx({like.dim(0), like.dim(1)});
  for (int64_t p = 0; p < rows.dim(0); ++p) {
    const double row = rows.values[p];
    if (!(row >= 0 && row < double(dx.dim(0))))
      return llvm::createStringError("row %lld of %lld",
                                     static_cast<long long>(row),
                                     static_cast<long long>(dx.dim(0)));
    for (int64_t h = 0; h < dx.dim(1); ++h)
      dx.row(int64_t(row))[h] += gradient.row(p)[h];
  }
  return dx;
}
