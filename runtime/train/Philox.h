//===- Philox.h - numbers that look random, by key and counter ------------===//
//
// Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as
// easy as 1, 2, 3", doi:10.1145/2063384.2063405), with its published constants:
// the generator of curand, torch and jax. Dropout's numbers and the order of
// examples come from it, so that a step is the same wherever it is made: it is
// the one header of the runtime that the dialect sees.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_RUNTIME_TRAIN_PHILOX_H
#define BERTC_RUNTIME_TRAIN_PHILOX_H

#include <array>
#include <cstdint>

namespace bertc {

using PhiloxKey = std::array<uint32_t, 2>;
using PhiloxWords = std::array<uint32_t, 4>;

/// Four words of 32 random bits.
inline PhiloxWords philox(PhiloxKey key, PhiloxWords counter) {
  for (int round = 0; round < 10; ++round) {
    const uint64_t first = uint64_t(0xD2511F53) * counter[0];
    const uint64_t second = uint64_t(0xCD9E8D57) * counter[2];
    counter = {uint32_t(second >> 32) ^ counter[1] ^ key[0], uint32_t(second),
               uint32_t(first >> 32) ^ counter[3] ^ key[1], uint32_t(first)};
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
  return counter;
}

} // namespace bertc

#endif // BERTC_RUNTIME_TRAIN_PHILOX_H
