//===- FreshWeights.h - a tensor's values before anything was learnt ------===//

#ifndef BERTC_COMPILER_FRESHWEIGHTS_H
#define BERTC_COMPILER_FRESHWEIGHTS_H

#include "models/Inventory.h"

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>

namespace bertc {

/// Fills `out` with the elements [first, first + out.size()) of a fresh tensor
/// in row-major order, `range` the standard deviation of normal numbers.
///
/// Element i of normal numbers is float(range * normalQuantile(u)) with u =
/// (w + 1/2) / 2^32, w being word i mod 4 of the block of Philox4x32-10
/// (runtime/train/Philox.h) that has the two halves of `seed`, lower one first,
/// for its key, and for its counter the halves of i / 4 and those of the 64-bit
/// FNV-1a hash of `item.symbol`. So they depend on the seed and the tensor
/// alone, not on the order in which tensors are filled, nor on the machine.
void fillFresh(const InventoryItem &item, double range, uint64_t seed,
               int64_t first, llvm::MutableArrayRef<float> out);

} // namespace bertc

#endif // BERTC_COMPILER_FRESHWEIGHTS_H
