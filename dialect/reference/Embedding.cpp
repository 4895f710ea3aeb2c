//===- Embedding.cpp - meaning of the embedding sums ----------------------===//

#include "dialect/reference/Steps.h"

#include <string>

using namespace bertc;
using namespace bertc::bert;

llvm::Expected<ReferenceTensor>
bertc::sumOfRows(llvm::ArrayRef<const ReferenceTensor *> ids,
                 llvm::ArrayRef<const ReferenceTensor *> tables) {
  int64_t tokens = ids[0]->dim(0), columns = tables[0]->dim(1);
  ReferenceTensor y({tokens, columns});
  for (size_t i = 0; i < ids.size(); ++i)
    for (int64_t t = 0; t < tokens; ++t) {
      double id = ids[i]->values[t];
      if (id < 0 || id >= double(tables[i]->dim(0)))
        return llvm::createStringError(
            "id " + std::to_string(int64_t(id)) + " is outside its table of " +
            std::to_string(tables[i]->dim(0)) + " rows");
      const double *row = tables[i]->row(int64_t(id));
      for (int64_t h = 0; h < columns; ++h)
        y.row(t)[h] += row[h];
    }
  return y;
}

llvm::Expected<ReferenceTensor>
EmbeddingOp::interpret(llvm::ArrayRef<const ReferenceTensor *> operands) {
  size_t count = getIds().size();
  return sumOfRows(operands.take_front(count), operands.drop_front(count));
}

llvm::Expected<ReferenceTensor>
FusedEmbeddingOp::interpret(llvm::ArrayRef<const ReferenceTensor *> operands) {
  size_t count = getIds().size();
  llvm::Expected<ReferenceTensor> y =
      sumOfRows(operands.take_front(count), operands.slice(count, count));
  if (y)
    for (int64_t t = 0; t < y->dim(0); ++t)
      normalizeRow(y->row(t), y->dim(1), *operands[2 * count],
                   *operands[2 * count + 1], getEpsilon().convertToDouble());
  return y;
}
