//===- Shapes.cpp ---------------------------------------------------------===//

#include "tools/bertc/Shapes.h"

#include "compiler/Labels.h"
#include "runtime/include/bertc_train.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <utility>

using namespace bertc;

namespace {

/// Chooses tokens as far from each other as they can be; gives how many.
int64_t choose(run::Batch &batch, const std::vector<int64_t> &lengths) {
  constexpr double share = 0.15; // Devlin et al. 2018, arXiv:1810.04805
  auto chosen = [](int64_t length) {
    return std::max<int64_t>(1, std::llround(share * double(length)));
  };
  batch.slots = 0;
  for (int64_t length : lengths)
    batch.slots = std::max(batch.slots, chosen(length));
  batch.mlmPositions.assign(batch.batch * batch.slots, -1);
  int64_t count = 0;
  for (int64_t b = 0; b < batch.batch; ++b)
    for (int64_t i = 0; i < chosen(lengths[b]); ++i, ++count)
      batch.mlmPositions[b * batch.slots + i] =
          int32_t(i * lengths[b] / chosen(lengths[b]));
  return count;
}

} // namespace

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

MadeUpLabels::MadeUpLabels(const bertc_model *model, run::Batch &batch) {
  std::vector<int64_t> lengths = batch.lengths();
  for (const LabelInput &input : labelInputs(model)) {
    int64_t rows = batch.batch;
    if (input.rows == LabelInput::Rows::tokens)
      rows = std::accumulate(lengths.begin(), lengths.end(), int64_t(0));
    if (input.rows == LabelInput::Rows::selected)
      rows = choose(batch, lengths);
    if (input.rows == LabelInput::Rows::pairs)
      rows = batch.batch / 2;
    if (input.rows == LabelInput::Rows::questions)
      rows = 1;
    if (input.rows == LabelInput::Rows::questionOffsets)
      rows = 2;
    all.push_back(
        {input.name, std::vector<int32_t>(rows * input.columns), rows});
    if (input.rows == LabelInput::Rows::questionOffsets)
      all.back().values.back() = int32_t(batch.batch);
  }
}

bertc_status MadeUpLabels::give(bertc_session *session) const {
  for (const One &one : all)
    if (bertc_status status = bertc_give_labels(session, one.name.c_str(),
                                                one.values.data(), one.rows))
      return status;
  return BERTC_OK;
}

double bertc::flopsOf(const bertc_model_info &info,
                      const std::vector<int64_t> &lengths) {
  double flops = 0;
  for (int64_t length : lengths)
    flops += double(info.flops_per_token) * length +
             double(info.flops_per_token_pair) * length * length;
  return flops;
}
