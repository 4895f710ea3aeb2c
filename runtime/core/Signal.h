//===- Signal.h - wait for a counter, spinning first, sleeping then -------===//

#ifndef BERTC_RUNTIME_CORE_SIGNAL_H
#define BERTC_RUNTIME_CORE_SIGNAL_H

#include <atomic>
#include <cstdint>

namespace bertc::core {

/// How long a thread watches a counter before it sleeps in the kernel, which
/// costs the one who wakes it a system call and itself some 10 to 50 us.
struct Patience {
  int64_t nanoseconds;
  /// Gives the CPU away between looks: for more threads than CPUs, where the
  /// thread that is waited for may need this one's.
  bool yields;
};

/// Of a clock that all threads share and nobody sets.
int64_t nanosecondsNow();

/// A counter that threads wait on. Alone on its cache line, since waiting
/// threads read it all the time.
class alignas(64) Signal {
public:
  uint32_t value() const { return count.load(std::memory_order_acquire); }

  /// Increments the counter and wakes all who wait. What was written before is
  /// visible to them.
  void advance();

  /// Returns once the counter differs from `old`.
  void await(uint32_t old, Patience patience);

private:
  std::atomic<uint32_t> count{0};
  std::atomic<uint32_t> sleepers{0};
};

/// Reusable by the same threads any number of times.
class Barrier {
public:
  Barrier(int64_t threads, Patience patience)
      : patience(patience), threads(static_cast<uint32_t>(threads)),
        missing(static_cast<uint32_t>(threads)) {}

  /// Returns when all threads have called it.
  void wait() {
    uint32_t phase = passed.value(); // cannot change before this one arrives
    if (missing.fetch_sub(1, std::memory_order_acq_rel) != 1) {
      passed.await(phase, patience);
      return;
    }
    missing.store(threads, std::memory_order_relaxed);
    passed.advance();
  }

private:
  const Patience patience;
  const uint32_t threads;
  alignas(64) std::atomic<uint32_t> missing;
  Signal passed;
};

} // namespace bertc::core

#endif // BERTC_RUNTIME_CORE_SIGNAL_H
