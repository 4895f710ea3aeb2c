//===- Batch.h - what a model is run on -----------------------------------===//

#ifndef BERTC_RUNTIME_RUN_BATCH_H
#define BERTC_RUNTIME_RUN_BATCH_H

#include "runtime/io/Result.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace bertc::run {

using io::Failure;
using io::MaybeFailure;
using io::Result;

/// Matrices [batch, seqLen], as bertc_run_padded_i64 takes them.
struct Batch {
  int64_t batch = 0;
  int64_t seqLen = 0;
  std::vector<int64_t> ids;
  std::vector<int64_t> attentionMask; ///< empty: all 1
  std::vector<int64_t> tokenTypes;    ///< empty: all 0
  /// [batch, slots] as bertc_select takes it; slots below 0: all tokens.
  std::vector<int32_t> mlmPositions;
  int64_t slots = -1;

  /// How many tokens the mask lets through.
  int64_t tokens() const;
  /// Of each sequence.
  std::vector<int64_t> lengths() const;
  /// Sequences [first, first + count), as wide as the whole.
  Batch part(int64_t first, int64_t count) const;
};

/// `input_ids` [B,S] I32 or I64, `attention_mask` and `token_type_ids` likewise
/// and optional, and `mlm_positions` [B,P], from a safetensors file, which may
/// hold labels beside them and nothing else. Values are looked at by the run.
Result<Batch> readBatch(const std::string &path);

/// Sequences one after the other, as `bench` makes them: padded on the right.
Batch batchOf(const std::vector<std::vector<int32_t>> &ids,
              const std::vector<std::vector<int32_t>> &tokenTypes);

/// For vocabulary logits, chooses the tokens whose places, row * seqLen +
/// column, `wanted` accepts.
void selectWhere(Batch &batch, const std::function<bool(int64_t)> &wanted);
/// Chooses the tokens of this id and no others.
void selectTokens(Batch &batch, int32_t id);
/// Chooses all tokens.
void selectAll(Batch &batch);
/// Chooses the same columns of each sequence; the run refuses those that are no
/// tokens.
void selectColumns(Batch &batch, const std::vector<int32_t> &columns);

} // namespace bertc::run

#endif // BERTC_RUNTIME_RUN_BATCH_H
