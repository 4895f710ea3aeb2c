//===- Learner.h - steps and answers of a model that learns ---------------===//

#ifndef BERTC_RUNTIME_TRAIN_LEARNER_H
#define BERTC_RUNTIME_TRAIN_LEARNER_H

#include "runtime/include/bertc_train.h"
#include "runtime/io/Result.h"
#include "runtime/train/StateFile.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace bertc::train {

/// Sequences one after the other, with a label each.
struct LabelledBatch {
  std::vector<int32_t> ids, types; ///< types as ids, or none
  std::vector<int32_t> offsets = {0};
  std::vector<int32_t> classes; ///< or
  std::vector<float> numbers;

  void clear();
  /// Adds a sequence; its label is added by the caller.
  void add(const std::vector<int32_t> &sequence,
           const std::vector<int32_t> &sequenceTypes);
  int64_t sequences() const { return int64_t(offsets.size()) - 1; }
  int64_t tokens() const { return offsets.back(); }
};

/// A session of a model that was compiled with --train and an optimiser.
class Learner {
public:
  /// Memory for batches of at most so many tokens and sequences.
  static io::Result<Learner> create(const bertc_model *model, int64_t tokens,
                                    int64_t sequences, int64_t threads);

  /// Step `step`, from 1 on: the loss of its batch before it, then the update.
  /// The batch is computed in these parts, one after the other, none of them
  /// empty: as one, but for rounding. A loss or gradients that are not finite
  /// are a failure, which names the first parameter whose gradient is none; the
  /// parameters stay as they were.
  io::Result<float> step(const std::vector<LabelledBatch> &parts, double rate,
                         double decay, int64_t step);
  /// What dropout draws in the steps that follow; nothing without dropout.
  void setDropoutKey(uint64_t key);

  /// Output `index` of a run without labels: a row for each sequence.
  io::Result<std::vector<float>> answer(const LabelledBatch &batch,
                                        int64_t index);

  /// A parameter by its name in the checkpoint; false where it is none that is
  /// learned.
  bool read(const std::string &name, std::vector<float> &values) const;

  /// All that the next step depends on: parameters and moments, where they lie,
  /// for saveState and StateFile::load.
  std::vector<StateArray> arrays() const;

private:
  struct Destroy {
    void operator()(bertc_session *session) const {
      bertc_session_destroy(session);
    }
  };
  Learner(const bertc_model *model, bertc_session *session)
      : model(model), session(session) {}
  io::Failure lastFailure() const;
  io::MaybeFailure run(const LabelledBatch &batch);
  /// Adds the gradients of a part of a step's sequences, from number `first`.
  io::MaybeFailure learn(const LabelledBatch &part, int64_t first,
                         int64_t ofStep);
  io::Failure notFinite(const std::string &what, int64_t step) const;

  const bertc_model *model;
  std::unique_ptr<bertc_session, Destroy> session;
  std::vector<int32_t> sequenceIds; ///< of a part
};

} // namespace bertc::train

#endif // BERTC_RUNTIME_TRAIN_LEARNER_H
