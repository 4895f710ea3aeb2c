//===- Packing.h - what is computed on parameters alone -------------------===//

#ifndef BERTC_PASSES_PACK_PACKING_H
#define BERTC_PASSES_PACK_PACKING_H

#include "dialect/BertOps.h"

namespace bertc {

/// An op that lays parameters out anew: it is gone once they are written so.
inline bool isPacking(mlir::Operation *op) {
  return mlir::isa<bert::ConcatOp, bert::PackOp>(op);
}

} // namespace bertc

#endif // BERTC_PASSES_PACK_PACKING_H
