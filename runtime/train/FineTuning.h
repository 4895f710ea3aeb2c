//===- FineTuning.h - a classifier learns from labelled sequences ---------===//
//
// Epochs of steps, an evaluation behind each, the best parameters kept by the
// caller. All is a function of examples, options and seed: what is taken up
// again from its state ends with the same bits as what was never interrupted.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_RUNTIME_TRAIN_FINETUNING_H
#define BERTC_RUNTIME_TRAIN_FINETUNING_H

#include "runtime/train/Batches.h"
#include "runtime/train/Learner.h"
#include "runtime/train/Schedule.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace bertc::train {

/// A sequence and its label, a class or a number.
struct EncodedExample {
  std::vector<int32_t> ids, types;
  int32_t label = 0;
  float value = 0;
};

/// The number that says which parameters are best; larger is better.
enum class Metric { accuracy, f1, matthews, pearson, spearman };
io::Result<Metric> metricNamed(std::string_view name);
const char *nameOf(Metric metric);

struct FineTuningOptions {
  bool isRegression = false;
  Metric metric = Metric::accuracy;
  uint32_t epochs = 3;
  BatchLimits limits; ///< of a step's batch
  /// Of what one run computes: a batch that is larger is a step in several
  /// runs. At most `limits`.
  BatchLimits runLimits;
  uint64_t seed = 0; ///< of the order of examples, and of dropout
  Schedule schedule; ///< its `steps` are the training's
  double weightDecay = 0.01;
  std::string statePath; ///< where the state is saved
  int64_t saveSteps = 0; ///< so often, besides at each epoch's end; 0: never
  std::string identity;  ///< a JSON object: what a state must have been made of
};

struct StepReport {
  int64_t step = 0, steps = 0; ///< done, of all
  double loss = 0;             ///< mean of the epoch so far
  double tokensPerSecond = 0, secondsLeft = 0;
};

struct EpochReport {
  uint32_t epoch = 0; ///< from 1 on
  int64_t step = 0;
  double trainLoss = 0, loss = 0; ///< means; that of the evaluation
  double metric = 0;
  double f1 = 0, matthews = 0; ///< of classes
  double spearman = 0;         ///< of numbers
  bool isBest = false;
};

struct FineTuningHooks {
  std::function<void(const StepReport &)> onStep;
  std::function<void(const EpochReport &)> onEpoch;
  /// Saves the parameters that `learner` has, before the state is; the first
  /// time none have been saved.
  std::function<io::MaybeFailure(const Learner &learner, bool isFirst)>
      saveBest;
};

/// What an evaluation found.
struct Evaluation {
  double loss = 0, metric = 0, f1 = 0, matthews = 0, spearman = 0;
};
/// `examples` must not be empty. Outputs that are not finite are a failure.
io::Result<Evaluation> evaluate(Learner &learner,
                                const std::vector<EncodedExample> &examples,
                                const FineTuningOptions &options);

/// Trains to the end. With `resume` from the state at options.statePath, which
/// must have been saved by a training of the same identity.
io::MaybeFailure fineTune(Learner &learner,
                          const std::vector<EncodedExample> &training,
                          const std::vector<EncodedExample> &held,
                          const FineTuningOptions &options, bool resume,
                          const FineTuningHooks &hooks);

} // namespace bertc::train

#endif // BERTC_RUNTIME_TRAIN_FINETUNING_H
