//===- AttentionShares.h - which thread takes which heads -----------------===//

#ifndef BERTC_PASSES_TILE_ATTENTIONSHARES_H
#define BERTC_PASSES_TILE_ATTENTIONSHARES_H

#include "passes/tile/KernelBuilder.h"

namespace bertc {

/// body(first token, tokens, head) for each (sequence, head) pair of this
/// thread. Pairs go to threads by their cost, so a batch of ragged sequences
/// stays balanced.
void forPairs(
    KernelBuilder &kernel, mlir::Value offsets, int64_t heads,
    mlir::Value sequences, mlir::Value thread, mlir::Value threads,
    llvm::function_ref<void(mlir::Value, mlir::Value, mlir::Value)> body);

} // namespace bertc

#endif // BERTC_PASSES_TILE_ATTENTIONSHARES_H
