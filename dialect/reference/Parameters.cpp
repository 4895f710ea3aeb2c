//===- Parameters.cpp - meaning of concat and pack ------------------------===//

#include "dialect/PackedLayout.h"
#include "dialect/reference/Rounding.h"
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

ReferenceTensor bertc::packRows(const ReferenceTensor &w, int64_t panel,
                                Precision precision) {
  const int64_t group = groupOf(precision), inputs = w.dim(1);
  const int64_t groups = (inputs + group - 1) / group;
  std::vector<int64_t> shape = {(w.dim(0) + panel - 1) / panel, groups, panel};
  if (group > 1)
    shape.push_back(group);
  ReferenceTensor packed(shape);
  for (int64_t n = 0; n < w.dim(0); ++n)
    for (int64_t k = 0; k < inputs; ++k)
      packed.values[((n / panel * groups + k / group) * panel + n % panel) *
                        group +
                    k % group] = w.row(n)[k];
  return rounded(std::move(packed), precision);
}

llvm::Expected<ReferenceTensor>
PackOp::interpret(llvm::ArrayRef<const ReferenceTensor *> operands) {
  auto type = mlir::cast<mlir::RankedTensorType>(getResult().getType());
  return packRows(*operands[0], getPanel(), precisionOf(type.getElementType()));
}
