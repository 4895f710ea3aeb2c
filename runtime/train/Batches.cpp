//===- Batches.cpp --------------------------------------------------------===//

#include "runtime/train/Batches.h"

#include <cstddef>
#include <utility>

using namespace bertc::train;

std::vector<Examples> bertc::train::cut(const Examples &order,
                                        const std::vector<int64_t> &lengths,
                                        const BatchLimits &limits) {
  std::vector<Examples> pieces;
  int64_t tokens = 0;
  for (int64_t example : order) {
    const int64_t length = lengths[static_cast<size_t>(example)];
    const bool isFull =
        !pieces.empty() &&
        ((limits.examples > 0 &&
          static_cast<int64_t>(pieces.back().size()) == limits.examples) ||
         (limits.tokens > 0 && length > limits.tokens - tokens));
    if (pieces.empty() || isFull) {
      pieces.emplace_back();
      tokens = 0;
    }
    pieces.back().push_back(example);
    tokens += length;
  }
  return pieces;
}

std::optional<int64_t>
bertc::train::firstTooLong(const std::vector<int64_t> &lengths,
                           const BatchLimits &limits) {
  for (size_t i = 0; i < lengths.size() && limits.tokens > 0; ++i)
    if (lengths[i] > limits.tokens)
      return static_cast<int64_t>(i);
  return std::nullopt;
}

Sampling::Sampling(std::vector<int64_t> lengths, BatchLimits limits,
                   std::optional<uint64_t> seed)
    : lengths(std::move(lengths)), limits(limits), seed(seed) {}

std::vector<Examples> Sampling::batches(uint32_t epoch) const {
  const auto count = static_cast<int64_t>(lengths.size());
  return cut(seed ? shuffled(*seed, epoch, count) : unshuffled(count), lengths,
             limits);
}

int64_t Sampling::steps(uint32_t epochs) const {
  int64_t all = 0;
  for (uint32_t epoch = 0; epoch < epochs; ++epoch)
    all += static_cast<int64_t>(batches(epoch).size());
  return all;
}

Position Sampling::after(int64_t steps) const {
  Position position = {0, steps};
  // Without examples there are no batches to walk past.
  while (!lengths.empty()) {
    const auto count = static_cast<int64_t>(batches(position.epoch).size());
    if (position.batch < count)
      break;
    position.batch -= count;
    ++position.epoch;
  }
  return position;
}
