//===- Batches.h - which examples a step learns from ----------------------===//
//
// Batches hold packed tokens, so their limit counts tokens and no padding. They
// follow from the arguments: a run that is taken up again asks for the epoch
// and the batch that it stood at.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_RUNTIME_TRAIN_BATCHES_H
#define BERTC_RUNTIME_TRAIN_BATCHES_H

#include "runtime/train/Order.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace bertc::train {

/// What a batch may hold at most; 0: no limit.
struct BatchLimits {
  int64_t examples = 0;
  int64_t tokens = 0;
};

/// Consecutive examples of `order`, as many in each piece as the limits allow:
/// the batches of an epoch, or the micro-batches of a batch, whose gradients
/// are summed. `lengths` are the tokens of all examples, by number. A longer
/// example than the limit has a piece to itself.
std::vector<Examples> cut(const Examples &order,
                          const std::vector<int64_t> &lengths,
                          const BatchLimits &limits);

/// The first example with more tokens than a batch may hold.
std::optional<int64_t> firstTooLong(const std::vector<int64_t> &lengths,
                                    const BatchLimits &limits);

/// The next batch that a run learns from.
struct Position {
  uint32_t epoch = 0;
  int64_t batch = 0;
};

/// The batches of any epoch.
class Sampling {
public:
  /// Without a seed each epoch takes the examples as they come.
  Sampling(std::vector<int64_t> lengths, BatchLimits limits,
           std::optional<uint64_t> seed);

  std::vector<Examples> batches(uint32_t epoch) const;
  /// How many batches epochs 0 to `epochs` - 1 have: with a limit of tokens not
  /// the same number each.
  int64_t steps(uint32_t epochs) const;
  /// Where a run stands after so many steps.
  Position after(int64_t steps) const;

private:
  std::vector<int64_t> lengths;
  BatchLimits limits;
  std::optional<uint64_t> seed;
};

} // namespace bertc::train

#endif // BERTC_RUNTIME_TRAIN_BATCHES_H
