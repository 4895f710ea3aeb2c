//===- Order.h - in which order an epoch takes its examples ---------------===//

#ifndef BERTC_RUNTIME_TRAIN_ORDER_H
#define BERTC_RUNTIME_TRAIN_ORDER_H

#include <cstdint>
#include <vector>

namespace bertc::train {

/// Numbers of examples, from 0 on.
using Examples = std::vector<int64_t>;

/// 0, 1, ..., `count` - 1.
Examples unshuffled(int64_t count);

/// The same numbers in an order that depends on these three arguments alone:
/// on no epoch before this one, no library and no machine.
Examples shuffled(uint64_t seed, uint32_t epoch, int64_t count);

} // namespace bertc::train

#endif // BERTC_RUNTIME_TRAIN_ORDER_H
