//===- Execute.cpp --------------------------------------------------------===//

#include "runtime/run/Execute.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <sched.h>
#include <utility>

using namespace bertc;
using namespace bertc::run;

namespace {

int64_t availableCpus() {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
}

Failure lastFailure() { return {bertc_last_error(), bertc_last_status()}; }

constexpr int64_t mostBytes = int64_t(1) << 30;

int64_t mostTokens(const bertc_model *model) {
  return std::max(RunLimit(model).tokens(), bertc_info(model)->max_positions);
}

Result<Session> createSession(const bertc_model *model, int64_t tokens,
                              int64_t sequences, int64_t threads) {
  Session session(bertc_session_create(model, tokens, sequences,
                                       threads > 0 ? threads : availableCpus(),
                                       nullptr));
  if (!session)
    return lastFailure();
  return session;
}

} // namespace

MaybeFailure bertc::run::execute(bertc_session *session, const Batch &batch) {
  if (batch.slots >= 0 && bertc_select(session, batch.mlmPositions.data(),
                                       batch.batch, batch.slots) != BERTC_OK)
    return lastFailure();
  const auto matrix = [](const std::vector<int64_t> &values) {
    return values.empty() ? nullptr : values.data();
  };
  if (bertc_run_padded_i64(
          session, batch.ids.data(), matrix(batch.attentionMask),
          matrix(batch.tokenTypes), batch.batch, batch.seqLen) != BERTC_OK)
    return lastFailure();
  return std::nullopt;
}

RunLimit::RunLimit(const bertc_model *model) {
  const bertc_model_info &info = *bertc_info(model);
  for (int64_t i = 0; i < info.num_outputs; ++i) {
    const bertc_tensor_info &output = *bertc_output_info(model, i);
    const int64_t bytes = output.columns * int64_t(sizeof(float));
    if (output.rows == BERTC_PER_TOKEN_PAIR)
      bytesPerPair += bytes;
    else if (output.rows != BERTC_PER_SEQUENCE)
      bytesPerPlace += bytes;
  }
  mostTokens = std::clamp<int64_t>(
      mostBytes / std::max<int64_t>(info.workspace_per_token, 1), 1,
      mostTokens);
}

bool RunLimit::allows(int64_t sequences, int64_t tokens,
                      int64_t longest) const {
  if (sequences > mostSequences || tokens > mostTokens)
    return false;
  // Padded outputs are as wide as the longest sequence. No product overflows:
  // sequences and longest are below 2^31, and what is too much leaves early.
  const double places = double(sequences) * double(longest);
  return places * double(bytesPerPlace) +
             places * double(longest) * double(bytesPerPair) <=
         double(mostBytes);
}

std::vector<Part> bertc::run::partsOf(const Batch &batch,
                                      const RunLimit &limit) {
  std::vector<Part> parts(1);
  int64_t tokens = 0;
  std::vector<int64_t> lengths = batch.lengths();
  for (int64_t row = 0; row < batch.batch; ++row) {
    const Part &last = parts.back();
    if (last.count > 0 &&
        !limit.allows(last.count + 1, tokens + lengths[row], batch.seqLen)) {
      parts.push_back({row, 0});
      tokens = 0;
    }
    ++parts.back().count;
    tokens += lengths[row];
  }
  return parts;
}

Result<Model> bertc::run::openModel(const std::string &path) {
  Model model(bertc_open(path.empty() ? nullptr : path.c_str()));
  if (!model)
    return lastFailure();
  return model;
}

Result<Session> bertc::run::makeSession(const bertc_model *model,
                                        const Batch &batch, int64_t threads) {
  int64_t tokens = 0, sequences = 0;
  std::vector<int64_t> lengths = batch.lengths();
  for (Part part : partsOf(batch, RunLimit(model))) {
    int64_t sum = 0;
    for (int64_t row = 0; row < part.count; ++row)
      sum += lengths[part.first + row];
    tokens = std::max(tokens, sum);
    sequences = std::max(sequences, part.count);
  }
  // Longer sequences are refused by the run, with a better message.
  return createSession(model, std::min(tokens, mostTokens(model)), sequences,
                       threads);
}

Result<Session> bertc::run::makeSession(const bertc_model *model,
                                        int64_t threads) {
  return createSession(model, mostTokens(model), RunLimit(model).sequences(),
                       threads);
}

int64_t Output::sequenceSize() const {
  int64_t size = 1;
  for (size_t d = 1; d < shape.size(); ++d)
    size *= shape[d];
  return size;
}

std::string NotFinite::message() const {
  return "the model's output \"" + output +
         "\" has numbers that are not finite: its weights hold NaN, or a sum "
         "overflows";
}

std::optional<NotFinite>
bertc::run::findNotFinite(const std::vector<Output> &outputs) {
  std::optional<NotFinite> first;
  for (const Output &output : outputs) {
    bool allFinite = true; // no early exit: this is vectorised
    for (float value : output.values)
      allFinite &= std::isfinite(value);
    if (allFinite)
      continue;
    const auto bad =
        std::find_if(output.values.begin(), output.values.end(),
                     [](float value) { return !std::isfinite(value); });
    const int64_t sequence =
        (bad - output.values.begin()) / output.sequenceSize();
    if (!first || sequence < first->sequence)
      first = NotFinite{output.name, sequence};
  }
  return first;
}

bool bertc::run::isRow(const Batch &batch, const Output &output,
                       int64_t place) {
  if (output.rows == BERTC_PER_SELECTED && batch.slots >= 0)
    return batch.mlmPositions[place] >= 0;
  if (output.rows == BERTC_PER_TOKEN_PAIR) {
    // Rows of [B, heads, S, S].
    const int64_t heads = output.shape[1];
    place = place / batch.seqLen / heads * batch.seqLen + place % batch.seqLen;
  }
  return output.rows == BERTC_PER_SEQUENCE || batch.attentionMask.empty() ||
         batch.attentionMask[place] != 0;
}

Result<std::vector<Output>> bertc::run::runPart(bertc_session *session,
                                                const bertc_model *model,
                                                const Batch &part,
                                                int64_t first) {
  if (MaybeFailure failure = execute(session, part)) {
    const std::string where =
        first > 0 ? "counted from sequence " + std::to_string(first) + ": "
                  : "";
    return Failure{where + failure->message, failure->status};
  }
  std::vector<Output> outputs(bertc_info(model)->num_outputs);
  for (size_t i = 0; i < outputs.size(); ++i) {
    Output &output = outputs[i];
    int64_t shape[4];
    const int rank = bertc_output_shape(session, i, shape);
    output.name = bertc_output_info(model, i)->name;
    output.rows = bertc_output_info(model, i)->rows;
    output.shape.assign(shape, shape + rank);
    output.values.resize(output.shape[0] * output.sequenceSize());
    if (bertc_read_output_padded(session, i, output.values.data(),
                                 int64_t(output.values.size())) != BERTC_OK)
      return lastFailure();
  }
  return outputs;
}

Result<std::vector<Output>> bertc::run::runBatch(bertc_session *session,
                                                 const bertc_model *model,
                                                 const Batch &batch) {
  std::vector<Output> whole;
  for (Part part : partsOf(batch, RunLimit(model))) {
    Result<std::vector<Output>> outputs =
        runPart(session, model, batch.part(part.first, part.count), part.first);
    if (!outputs)
      return outputs;
    // All parts are as wide as the batch.
    if (whole.empty()) {
      whole = std::move(*outputs);
      continue;
    }
    for (size_t i = 0; i < whole.size(); ++i) {
      const Output &next = (*outputs)[i];
      whole[i].shape[0] += next.shape[0];
      whole[i].values.insert(whole[i].values.end(), next.values.begin(),
                             next.values.end());
    }
  }
  return whole;
}
