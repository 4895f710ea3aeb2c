//===- Profile.h - when threads reach the barriers of a run ---------------===//

#ifndef BERTC_RUNTIME_CORE_PROFILE_H
#define BERTC_RUNTIME_CORE_PROFILE_H

#include "runtime/core/Memory.h"
#include "runtime/core/Signal.h"

#include <cstdint>

namespace bertc::core {

/// Stamps of the last run, in memory that lasts. A thread writes its own lines
/// of the cache, at barriers only.
class Profile {
public:
  /// Null when there is no memory.
  static Owned<Profile> create(Barrier &barrier, int64_t phases,
                               int64_t threads);
  Profile(Barrier &barrier, int64_t phases, int64_t threads)
      : barrier(barrier), phases(phases), threads(threads) {}

  /// Before the threads of a run start, and when each does.
  void begin();
  void enter(int64_t thread);
  /// The barrier, with a stamp before and behind it.
  void wait(int64_t thread);

  /// Whether every thread of the last run came through as many barriers as the
  /// program has phases.
  bool isComplete() const;
  /// Of a complete run, in nanoseconds: from the end of the phase before to the
  /// end of this one, both being when the last thread is done.
  int64_t duration(int64_t phase) const;
  /// How long the threads worked in the phase, all added up.
  int64_t busy(int64_t phase) const;

private:
  // A thread's row: how many phases it has passed, then for each phase and the
  // end of the run when it starts to work and when it is done.
  int64_t *row(int64_t thread) const { return &stamps[thread * rowLength()]; }
  int64_t rowLength() const;
  int64_t &passed(int64_t thread) const { return row(thread)[0]; }
  int64_t &start(int64_t thread, int64_t phase) const {
    return row(thread)[1 + 2 * phase];
  }
  int64_t &end(int64_t thread, int64_t phase) const {
    return row(thread)[2 + 2 * phase];
  }
  int64_t endOfAll(int64_t phase) const;

  Barrier &barrier;
  const int64_t phases, threads;
  int64_t begun = 0;
  Array<int64_t> stamps;
};

} // namespace bertc::core

#endif // BERTC_RUNTIME_CORE_PROFILE_H
