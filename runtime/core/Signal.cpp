//===- Signal.cpp ---------------------------------------------------------===//

#include "runtime/core/Signal.h"

#include <climits>
#include <ctime>
#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace bertc::core;

namespace {

void futex(std::atomic<uint32_t> &word, int operation, uint32_t value) {
  static_assert(sizeof(word) == sizeof(uint32_t), "futexes are 32 bits wide");
  syscall(SYS_futex, reinterpret_cast<uint32_t *>(&word),
          operation | FUTEX_PRIVATE_FLAG, value, nullptr, nullptr, 0);
}

} // namespace

int64_t bertc::core::nanosecondsNow() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return int64_t(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

void Signal::advance() {
  // Both sides write one variable and then read the other, in one order that
  // all threads agree on: either the sleeper is seen here, or it sees the new
  // count and does not sleep.
  count.fetch_add(1, std::memory_order_seq_cst);
  if (sleepers.load(std::memory_order_seq_cst) != 0)
    futex(count, FUTEX_WAKE, INT_MAX);
}

void Signal::await(uint32_t old, Patience patience) {
  constexpr int looksPerClock = 16;
  int64_t start = 0;
  do {
    for (int look = 0; look < looksPerClock; ++look) {
      if (value() != old)
        return;
      if (patience.yields)
        sched_yield();
      else
        __builtin_ia32_pause();
    }
    if (start == 0)
      start = nanosecondsNow();
  } while (nanosecondsNow() - start < patience.nanoseconds);

  sleepers.fetch_add(1, std::memory_order_seq_cst);
  // The kernel compares once more before it puts the thread to sleep.
  while (count.load(std::memory_order_seq_cst) == old)
    futex(count, FUTEX_WAIT, old);
  sleepers.fetch_sub(1, std::memory_order_relaxed);
}
