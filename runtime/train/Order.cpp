//===- Order.cpp ----------------------------------------------------------===//

#include "runtime/train/Order.h"

#include "runtime/train/Philox.h"

#include <cstddef>
#include <numeric>
#include <utility>

using namespace bertc;
using namespace bertc::train;

namespace {

/// The last word of the counters. Dropout, whose keys come from the same seed,
/// has all ones there for `bert.fold_in` and the number of a head for elements.
constexpr uint32_t purpose = UINT32_MAX - 1;

/// In [0, bound), each with a probability that differs from 1 / bound by less
/// than 2^-64.
int64_t drawBelow(int64_t bound, PhiloxKey key, PhiloxWords counter) {
  const PhiloxWords words = philox(key, counter);
  const uint64_t bits = uint64_t(words[1]) << 32 | words[0];
  using Wide = unsigned __int128;
  return static_cast<int64_t>(Wide(bits) * Wide(bound) >> 64);
}

} // namespace

Examples bertc::train::unshuffled(int64_t count) {
  Examples order(static_cast<size_t>(count));
  std::iota(order.begin(), order.end(), int64_t(0));
  return order;
}

Examples bertc::train::shuffled(uint64_t seed, uint32_t epoch, int64_t count) {
  Examples order = unshuffled(count);
  const PhiloxKey key = {uint32_t(seed), uint32_t(seed >> 32)};
  // Fisher and Yates, as Durstenfeld has it (1964, "Algorithm 235").
  for (int64_t last = count - 1; last > 0; --last) {
    const int64_t chosen = drawBelow(
        last + 1, key,
        {uint32_t(last), uint32_t(uint64_t(last) >> 32), epoch, purpose});
    std::swap(order[static_cast<size_t>(last)],
              order[static_cast<size_t>(chosen)]);
  }
  return order;
}
