//===- Session.h - memory and threads for runs of one model ---------------===//

#ifndef BERTC_RUNTIME_CORE_SESSION_H
#define BERTC_RUNTIME_CORE_SESSION_H

#include "runtime/core/Memory.h"
#include "runtime/core/Model.h"
#include "runtime/core/Profile.h"
#include "runtime/core/Signal.h"
#include "runtime/core/ThreadPool.h"
#include "runtime/include/bertc.h"

#include <atomic>
#include <cstdint>

namespace bertc::core {

/// Zeroed pages, on a boundary of 64 bytes at least.
class Workspace {
public:
  Workspace() = default;
  Workspace(const Workspace &) = delete;
  ~Workspace();
  bool allocate(int64_t bytes);
  uint8_t *data() const { return start; }

private:
  void *mapping = nullptr;
  size_t mapped = 0;
  uint8_t *start = nullptr;
};

/// What the results of the last run are about.
struct LastRun {
  bool valid = false;
  RunSize size = {0, 0, 1, 0};
  int64_t seqLen = 0;   ///< of the padded shape
  int64_t slots = 0;    ///< of the padded shape of selected rows
  bool learned = false; ///< it gave gradients, and no outputs
  bool updated = false; ///< an update has come after it
};

} // namespace bertc::core

struct bertc_session {
  explicit bertc_session(const bertc_model &model) : model(model) {}
  bertc_session(const bertc_session &) = delete;

  const bertc_model &model;
  bertc::core::RunSize capacity = {0, 0, 1, 0};
  int64_t workspaceBytes = 0;
  bertc::core::Workspace workspace;
  bertc_executor executor = {nullptr, nullptr};
  bertc::core::Owned<bertc::core::ThreadPool>
      pool; ///< null: one thread or a host's
  bertc::core::Owned<bertc::core::Barrier> barrier;
  bertc::core::Owned<bertc::core::Profile> profile; ///< null: not asked for
  std::atomic<bool> busy{false};

  /// What bertc_select asked for, until the next run: rows of `slots` columns,
  /// one row a sequence. `slots` below 0: all tokens.
  struct {
    int64_t batch = 0, slots = -1, count = 0;
  } asked;
  bertc::core::Array<int32_t> askedColumns; ///< of each, sequence by sequence
  bertc::core::Array<int32_t> askedPlaces;  ///< sequence * slots + slot

  /// What bertc_give_labels gave, until the next run: for each of the model's
  /// inputs, null where there is none.
  struct GivenLabels {
    const void *values = nullptr;
    int64_t rows = 0;
    int64_t count = 0;  ///< of those that are labels; checkLabels'
    int64_t ofStep = 0; ///< of bertc_count_labels; 0: the run is the step
  };
  bertc::core::Array<GivenLabels> labels;

  /// What bertc_give_sequence_ids gave, until the next run; null: 0, 1, ...
  struct {
    const int32_t *ids = nullptr;
    int64_t count = 0;
  } sequences;

  /// Whether the next run adds to the gradients that there are.
  bool accumulates = false;

  bertc::core::LastRun last;
  /// Whether there are gradients that no update has taken.
  bool hasGradients = false;
  /// Of the last run, as the program may reuse the memory of its inputs: the
  /// column of each token, and the first token of each sequence.
  bertc::core::Array<int32_t> columns, offsets;
  /// Where each selected row stands in the padded shape.
  bertc::core::Array<int64_t> places;
};

namespace bertc::core {

/// What a session does for one thread at a time: false where another has it.
class Claim {
public:
  explicit Claim(bertc_session &session)
      : session(session),
        mine(!session.busy.exchange(true, std::memory_order_acquire)) {}
  Claim(const Claim &) = delete;
  ~Claim() {
    if (mine)
      session.busy.store(false, std::memory_order_release);
  }
  explicit operator bool() const { return mine; }

protected:
  bertc_session &session;

private:
  const bool mine;
};

/// The start of an array in the workspace of a run of `size`.
template <typename T>
T *addressOf(const bertc_session &session, const bertc_artifact_place &place,
             const RunSize &size) {
  return reinterpret_cast<T *>(session.workspace.data() +
                               evaluate(place.offset, size));
}

/// The start of a state, which no size of a run moves.
template <typename T>
T *addressOf(const bertc_session &session, int64_t state) {
  return reinterpret_cast<T *>(
      session.workspace.data() +
      evaluate(session.model.variant->states[state], session.capacity));
}

/// Sets a number of the session, where the program has it.
void setNumber(bertc_session &session, const char *name, double value);

/// Whether the next run is one to learn from: it has labels, or the model
/// nothing else to do.
bool hasLabels(const bertc_session &session);

/// Whether the labels of a run of that size are all there, and some to learn
/// from; counts them. `length(batch, b)` is how many tokens sequence b has.
bertc_status checkLabels(bertc_session &session, const RunSize &size,
                         const void *batch,
                         int64_t (*length)(const void *batch, int64_t b));
/// Puts them into their places, and which part of a step they are.
void fillLabels(bertc_session &session, const RunSize &size);

/// Runs the program on all threads; the inputs are in their places. A model
/// that learns has one for each of both kinds of runs.
void runProgram(bertc_session &session, const RunSize &size, bool learns);
/// Runs the optimiser's step on all threads; the model has one.
void runUpdate(bertc_session &session);

} // namespace bertc::core

#endif // BERTC_RUNTIME_CORE_SESSION_H
