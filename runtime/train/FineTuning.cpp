//===- FineTuning.cpp -----------------------------------------------------===//

#include "runtime/train/FineTuning.h"

#include "runtime/train/Fingerprint.h"
#include "runtime/train/Messages.h"
#include "runtime/train/Metrics.h"
#include "runtime/train/Philox.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <utility>

using namespace bertc;
using namespace bertc::train;

namespace {

constexpr std::pair<const char *, Metric> metricNames[] = {
    {"accuracy", Metric::accuracy},
    {"f1", Metric::f1},
    {"matthews", Metric::matthews},
    {"pearson", Metric::pearson},
    {"spearman", Metric::spearman}};

/// The key that a step's dropout draws by: Philox with the training's seed and
/// a counter that neither the order of examples nor an element has.
uint64_t dropoutKey(uint64_t seed, int64_t step) {
  const PhiloxWords words = philox(
      {uint32_t(seed), uint32_t(seed >> 32)},
      {uint32_t(step), uint32_t(uint64_t(step) >> 32), 0, UINT32_MAX - 2});
  return words[0] | uint64_t(words[1]) << 32;
}

void fill(LabelledBatch &batch, const std::vector<EncodedExample> &all,
          const Examples &chosen, bool isRegression) {
  batch.clear();
  for (int64_t i : chosen) {
    const EncodedExample &example = all[i];
    batch.add(example.ids, example.types);
    if (isRegression)
      batch.numbers.push_back(example.value);
    else
      batch.classes.push_back(example.label);
  }
}

std::vector<int64_t> lengthsOf(const std::vector<EncodedExample> &examples) {
  std::vector<int64_t> lengths;
  for (const EncodedExample &example : examples)
    lengths.push_back(int64_t(example.ids.size()));
  return lengths;
}

/// log(sum exp(row)) - row[label]
double crossEntropy(const float *row, size_t classes, int32_t label) {
  const double most = *std::max_element(row, row + classes);
  double sum = 0;
  for (size_t c = 0; c < classes; ++c)
    sum += std::exp(row[c] - most);
  return std::log(sum) + most - row[label];
}

/// A number as its bits, so that it comes back exactly.
std::string bitsOf(double value) {
  uint64_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return std::to_string(bits);
}
double fromBits(const std::string &text) {
  const uint64_t bits = std::strtoull(text.c_str(), nullptr, 10);
  double value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

class Training {
public:
  Training(Learner &learner, const std::vector<EncodedExample> &training,
           const std::vector<EncodedExample> &held,
           const FineTuningOptions &options, const FineTuningHooks &hooks)
      : learner(learner), training(training), held(held), options(options),
        hooks(hooks), lengths(lengthsOf(training)),
        sampling(lengths, options.limits, options.seed) {}

  io::MaybeFailure resume();
  io::MaybeFailure save();
  io::MaybeFailure run();

private:
  io::MaybeFailure epoch(uint32_t number, int64_t firstBatch);
  io::MaybeFailure endEpoch(uint32_t number);
  io::MaybeFailure checkFinite(const std::vector<StateArray> &arrays) const;
  io::MaybeFailure write(const std::vector<StateArray> &arrays) const;
  void report(double seconds);

  Learner &learner;
  const std::vector<EncodedExample> &training, &held;
  const FineTuningOptions &options;
  const FineTuningHooks &hooks;
  const std::vector<int64_t> lengths; ///< of the training's examples
  Sampling sampling;

  int64_t done = 0; ///< steps
  double best = -std::numeric_limits<double>::infinity();
  double lossSum = 0; ///< of this epoch's steps, each times its sequences
  int64_t lossCount = 0;
  int64_t tokens = 0, steps = 0; ///< since this process began
  std::chrono::steady_clock::time_point begun;
};

io::MaybeFailure Training::resume() {
  io::Result<StateFile> file = StateFile::open(options.statePath);
  if (!file)
    return file.failure();
  const auto state = nlohmann::json::parse(file->state(), nullptr, false);
  auto text = [&](const char *name) -> std::string {
    return state.is_object() && state.contains(name) && state[name].is_string()
               ? state[name].get<std::string>()
               : "";
  };
  if (!state.is_object() || !state.contains("identity") ||
      !state.contains("step") || !state["step"].is_number_integer())
    return io::Failure{options.statePath + ": is no state of a fine-tuning"};
  const std::string difference =
      describeDifference(state["identity"].dump(), options.identity);
  if (!difference.empty())
    return io::Failure{options.statePath +
                       ": is of another training: " + difference};
  done = state["step"].get<int64_t>();
  if (done < 0 || done > options.schedule.steps)
    return io::Failure{options.statePath + ": step " + std::to_string(done) +
                       " of " + std::to_string(options.schedule.steps)};
  best = fromBits(text("best"));
  lossSum = fromBits(text("loss_sum"));
  if (state.contains("loss_count") && state["loss_count"].is_number_integer())
    lossCount = state["loss_count"].get<int64_t>();
  return file->load(learner.arrays());
}

io::MaybeFailure Training::save() {
  const std::vector<StateArray> arrays = learner.arrays();
  if (io::MaybeFailure failure = checkFinite(arrays))
    return failure;
  return write(arrays);
}

io::MaybeFailure Training::write(const std::vector<StateArray> &arrays) const {
  nlohmann::json state = {{"identity", nlohmann::json::parse(options.identity)},
                          {"step", done},
                          {"best", bitsOf(best)},
                          {"loss_sum", bitsOf(lossSum)},
                          {"loss_count", lossCount}};
  return saveState(options.statePath, arrays, state.dump());
}

/// What is not finite is not saved: the last good state stays.
io::MaybeFailure
Training::checkFinite(const std::vector<StateArray> &arrays) const {
  for (const StateArray &array : arrays) {
    int64_t elements = 1;
    for (int64_t size : array.shape)
      elements *= size;
    const float *values = static_cast<const float *>(array.data);
    for (int64_t i = 0; i < elements; ++i)
      if (!std::isfinite(values[i]))
        return io::Failure{"step " + std::to_string(done) + ": " + array.name +
                               " is not finite any more",
                           BERTC_NOT_FINITE};
  }
  return std::nullopt;
}

void Training::report(double seconds) {
  if (!hooks.onStep)
    return;
  StepReport report;
  report.step = done;
  report.steps = options.schedule.steps;
  report.loss = lossSum / double(std::max<int64_t>(lossCount, 1));
  report.tokensPerSecond = double(tokens) / seconds;
  report.secondsLeft =
      seconds / double(steps) * double(options.schedule.steps - done);
  hooks.onStep(report);
}

io::MaybeFailure Training::epoch(uint32_t number, int64_t firstBatch) {
  const std::vector<Examples> batches = sampling.batches(number);
  std::vector<LabelledBatch> parts;
  for (size_t b = size_t(firstBatch); b < batches.size(); ++b) {
    const std::vector<Examples> pieces =
        cut(batches[b], lengths, options.runLimits);
    parts.resize(pieces.size());
    for (size_t i = 0; i < pieces.size(); ++i)
      fill(parts[i], training, pieces[i], options.isRegression);
    learner.setDropoutKey(dropoutKey(options.seed, done));
    io::Result<float> loss = learner.step(parts, options.schedule.rate(done),
                                          options.weightDecay, done + 1);
    if (!loss)
      return loss.failure();
    ++done;
    ++steps;
    for (const LabelledBatch &part : parts)
      tokens += part.tokens();
    lossSum += double(*loss) * double(batches[b].size());
    lossCount += int64_t(batches[b].size());
    const std::chrono::duration<double> elapsed =
        std::chrono::steady_clock::now() - begun;
    report(elapsed.count());
    if (options.saveSteps > 0 && done % options.saveSteps == 0 &&
        b + 1 < batches.size())
      if (io::MaybeFailure failure = save())
        return failure;
  }
  return endEpoch(number);
}

io::MaybeFailure Training::endEpoch(uint32_t number) {
  io::Result<Evaluation> found = evaluate(learner, held, options);
  if (!found)
    return io::Failure{"step " + std::to_string(done) + ": " + found.error(),
                       found.failure().status};
  EpochReport report;
  report.epoch = number + 1;
  report.step = done;
  report.trainLoss = lossSum / double(std::max<int64_t>(lossCount, 1));
  report.loss = found->loss;
  report.metric = found->metric;
  report.f1 = found->f1;
  report.matthews = found->matthews;
  report.spearman = found->spearman;
  report.isBest = found->metric > best;
  const std::vector<StateArray> arrays = learner.arrays();
  if (io::MaybeFailure failure = checkFinite(arrays))
    return failure;
  // The parameters first: killed in between, the epoch's end comes again.
  if (report.isBest) {
    const bool isFirst = std::isinf(best);
    best = found->metric;
    if (io::MaybeFailure failure = hooks.saveBest(learner, isFirst))
      return failure;
  }
  lossSum = 0;
  lossCount = 0;
  if (io::MaybeFailure failure = write(arrays))
    return failure;
  if (hooks.onEpoch)
    hooks.onEpoch(report);
  return std::nullopt;
}

io::MaybeFailure Training::run() {
  begun = std::chrono::steady_clock::now();
  Position position = sampling.after(done);
  for (uint32_t e = position.epoch; e < options.epochs; ++e) {
    if (io::MaybeFailure failure =
            epoch(e, e == position.epoch ? position.batch : 0))
      return failure;
  }
  return std::nullopt;
}

} // namespace

io::Result<Metric> bertc::train::metricNamed(std::string_view name) {
  std::string all;
  for (auto [known, metric] : metricNames) {
    if (name == known)
      return metric;
    all += (all.empty() ? "" : ", ") + std::string(known);
  }
  return io::Failure{inQuotes(name) + " is no metric: " + all};
}

const char *bertc::train::nameOf(Metric metric) {
  for (auto [name, known] : metricNames)
    if (known == metric)
      return name;
  return "";
}

io::Result<Evaluation>
bertc::train::evaluate(Learner &learner,
                       const std::vector<EncodedExample> &examples,
                       const FineTuningOptions &options) {
  Evaluation result;
  Classes predicted, right;
  std::vector<float> values, wanted;
  LabelledBatch batch;
  for (const Examples &chosen : cut(unshuffled(int64_t(examples.size())),
                                    lengthsOf(examples), options.runLimits)) {
    fill(batch, examples, chosen, options.isRegression);
    io::Result<std::vector<float>> logits = learner.answer(batch, 0);
    if (!logits)
      return logits.failure();
    for (float logit : *logits)
      if (!std::isfinite(logit))
        return io::Failure{"the model's outputs are not finite any more",
                           BERTC_NOT_FINITE};
    const size_t columns = logits->size() / chosen.size();
    for (size_t i = 0; i < chosen.size(); ++i) {
      const float *row = logits->data() + i * columns;
      const EncodedExample &example = examples[chosen[i]];
      if (options.isRegression) {
        const double apart = double(row[0]) - example.value;
        result.loss += apart * apart;
        values.push_back(row[0]);
        wanted.push_back(example.value);
      } else {
        result.loss += crossEntropy(row, columns, example.label);
        predicted.push_back(
            int32_t(std::max_element(row, row + columns) - row));
        right.push_back(example.label);
      }
    }
  }
  result.loss /= double(examples.size());
  if (options.isRegression) {
    result.spearman = spearman(values, wanted);
    result.metric = options.metric == Metric::spearman
                        ? result.spearman
                        : pearson(values, wanted);
    return result;
  }
  const bool areTwo =
      *std::max_element(right.begin(), right.end()) <= 1 &&
      *std::max_element(predicted.begin(), predicted.end()) <= 1;
  result.f1 = areTwo ? f1(predicted, right) : macroF1(predicted, right);
  result.matthews = matthews(predicted, right);
  result.metric = options.metric == Metric::f1 ? result.f1
                  : options.metric == Metric::matthews
                      ? result.matthews
                      : accuracy(predicted, right);
  return result;
}

io::MaybeFailure bertc::train::fineTune(
    Learner &learner, const std::vector<EncodedExample> &training,
    const std::vector<EncodedExample> &held, const FineTuningOptions &options,
    bool resume, const FineTuningHooks &hooks) {
  if (io::MaybeFailure failure = options.schedule.check())
    return failure;
  Training loop(learner, training, held, options, hooks);
  // A state is there from the first step on.
  if (io::MaybeFailure failure = resume ? loop.resume() : loop.save())
    return failure;
  return loop.run();
}
