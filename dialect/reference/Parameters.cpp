//===- Parameters.cpp - meaning of concat and pack ------------------------===//

#include "dialect/reference/Steps.h"

using namespace bertc;
using namespace bertc::bert;

llvm::Expected<ReferenceTensor>
ConcatOp::interpret(llvm::ArrayRef<const ReferenceTensor *> operands) {
  ReferenceTensor all = *operands[0];
  for (const ReferenceTensor *part : operands.drop_front()) {
    all.shape[0] += part->dim(0);
    all.values.insert(all.values.end(), part->values.begin(),
                      part->values.end());
  }
  return all;
}

ReferenceTensor bertc::packRows(const ReferenceTensor &w, int64_t panel) {
  int64_t inputs = w.dim(1);
  ReferenceTensor packed({(w.dim(0) + panel - 1) / panel, inputs, panel});
  for (int64_t n = 0; n < w.dim(0); ++n)
    for (int64_t k = 0; k < inputs; ++k)
      packed.values[(n / panel * inputs + k) * panel + n % panel] = w.row(n)[k];
  return packed;
}

llvm::Expected<ReferenceTensor>
PackOp::interpret(llvm::ArrayRef<const ReferenceTensor *> operands) {
  return packRows(*operands[0], getPanel());
}
