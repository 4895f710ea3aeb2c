//===- Selection.cpp - meaning of gather_rows and slice_columns -----------===//

#include "dialect/reference/Steps.h"

#include <algorithm>

using namespace bertc;
using namespace bertc::bert;

llvm::Expected<ReferenceTensor>
GatherRowsOp::interpret(llvm::ArrayRef<const ReferenceTensor *> operands) {
  const ReferenceTensor &x = *operands[0], &rows = *operands[1];
  ReferenceTensor y({rows.dim(0), x.dim(1)});
  for (int64_t p = 0; p < rows.dim(0); ++p) {
    double row = rows.values[p];
    if (!(row >= 0 && row < double(x.dim(0))))
      return llvm::createStringError("row %lld of %lld",
                                     static_cast<long long>(row),
                                     static_cast<long long>(x.dim(0)));
    std::copy_n(x.row(int64_t(row)), x.dim(1), y.row(p));
  }
  return y;
}

llvm::Expected<ReferenceTensor>
SliceColumnsOp::interpret(llvm::ArrayRef<const ReferenceTensor *> operands) {
  const ReferenceTensor &x = *operands[0];
  ReferenceTensor y({x.dim(0), int64_t(getCount())});
  for (int64_t t = 0; t < x.dim(0); ++t)
    std::copy_n(x.row(t) + getFirst(), getCount(), y.row(t));
  return y;
}
