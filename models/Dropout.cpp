//===- Dropout.cpp --------------------------------------------------------===//

#include "models/Dropout.h"

using namespace bertc;
using namespace mlir;

Value Dropout::keyOf(EncoderBuilder &b, int64_t number) const {
  return bert::FoldInOp::create(b, key.getType(), key, number);
}

Value Dropout::tokens(EncoderBuilder &b, Value x, double rate,
                      int64_t site) const {
  if (!key || rate == 0)
    return x;
  return bert::DropoutOp::create(b, x.getType(), x, keyOf(b, site), sequenceIds,
                                 offsets, b.getF64FloatAttr(rate));
}

Value Dropout::sequences(EncoderBuilder &b, Value x, double rate,
                         int64_t site) const {
  return Dropout(key, sequenceIds, {}).tokens(b, x, rate, site);
}

Value Dropout::attention(EncoderBuilder &b, Value query, Value keys,
                         Value values, Value offsets, int64_t heads,
                         double rate, int64_t site) const {
  if (!key || rate == 0)
    return b.attention(query, keys, values, offsets, heads);
  return bert::DropoutAttentionOp::create(
      b, query.getType(), query, keys, values, offsets, keyOf(b, site),
      sequenceIds, b.getI64IntegerAttr(heads), b.getF64FloatAttr(rate));
}
