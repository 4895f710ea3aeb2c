//===- Shapes.cpp ---------------------------------------------------------===//

#include "tools/bertc/Shapes.h"

#include <algorithm>
#include <random>
#include <utility>

using namespace bertc;

run::Batch bertc::randomBatch(const bertc_model_info &info,
                              const std::vector<int64_t> &lengths) {
  // The engine and its use are specified to the bit; distributions are not.
  // NOLINTNEXTLINE(bugprone-random-generator-seed): the same tokens each time
  std::mt19937_64 random(20061);
  auto below = [&](int64_t bound) {
    return int32_t(random() % uint64_t(std::max<int64_t>(1, bound)));
  };
  std::vector<std::vector<int32_t>> ids, types;
  for (int64_t length : lengths) {
    std::vector<int32_t> id(length), type(length);
    for (int32_t &value : id)
      value = below(info.vocab_size);
    // A second part from somewhere on, as in pairs of texts.
    int64_t second = below(length + 1);
    if (info.type_vocab_size > 1)
      std::fill(type.begin() + second, type.end(), 1);
    ids.push_back(std::move(id));
    types.push_back(std::move(type));
  }
  return run::batchOf(ids, types);
}

double bertc::flopsOf(const bertc_model_info &info,
                      const std::vector<int64_t> &lengths) {
  double flops = 0;
  for (int64_t length : lengths)
    flops += double(info.flops_per_token) * length +
             double(info.flops_per_token_pair) * length * length;
  return flops;
}
