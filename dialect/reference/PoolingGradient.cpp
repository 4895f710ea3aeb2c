//===- PoolingGradient.cpp - of first_token, mean_pool and gather_rows ----===//

#include "dialect/reference/Steps.h"

#include <cstddef>
#include <cstdint>
#include <utility>

using namespace bertc;
using namespace bertc::bert;

namespace {

/// dx[t] = gradient[b], divided among the rows that are pooled.
llvm::Expected<ReferenceTensor>
spread(llvm::ArrayRef<const ReferenceTensor *> operands, bool firstOnly) {
  const ReferenceTensor &gradient = *operands[0], &like = *operands[2];
  auto pooled = pooledRows(*operands[1], like.dim(0), firstOnly);
  if (!pooled)
    return pooled.takeError();
  if (llvm::Error error = checkPerSequence(gradient, int64_t(pooled->size())))
    return std::move(error);
  ReferenceTensor dx({like.dim(0), like.dim(1)});
  for (size_t b = 0; b < pooled->size(); ++b)
    for (int64_t t = (*pooled)[b].begin; t < (*pooled)[b].end; ++t)
      for (int64_t h = 0; h < dx.dim(1); ++h)
        dx.row(t)[h] = gradient.row(int64_t(b))[h] * (*pooled)[b].weight();
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
  if (llvm::Error error = checkPerSequence(gradient, rows.dim(0)))
    return std::move(error);
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
