//===- AttentionShares.h - which thread takes which heads -----------------===//

#ifndef BERTC_PASSES_TILE_ATTENTIONSHARES_H
#define BERTC_PASSES_TILE_ATTENTIONSHARES_H

#include "passes/tile/KernelBuilder.h"

namespace bertc {

/// A sequence with one of its heads.
struct AttentionPair {
  mlir::Value sequence, begin, size; ///< first token, tokens
  mlir::Value head;
};

/// body(pair) for each (sequence, head) pair of this thread. Pairs go to
/// threads by their cost, so a batch of ragged sequences stays balanced.
void forPairs(KernelBuilder &kernel, mlir::Value offsets, int64_t heads,
              mlir::Value sequences, mlir::Value thread, mlir::Value threads,
              llvm::function_ref<void(const AttentionPair &)> body);

} // namespace bertc

#endif // BERTC_PASSES_TILE_ATTENTIONSHARES_H
