//===- ThreadPool.h - workers that wait for runs --------------------------===//

#ifndef BERTC_RUNTIME_CORE_THREADPOOL_H
#define BERTC_RUNTIME_CORE_THREADPOOL_H

#include "runtime/core/Memory.h"
#include "runtime/core/Signal.h"

#include <atomic>
#include <cstdint>
#include <pthread.h>
#include <unistd.h>

namespace bertc::core {

/// One thread calls `run` at a time; it is thread 0 of the run.
class ThreadPool {
public:
  using Task = void (*)(void *data, int64_t thread);

  /// Null when threads or memory run out.
  static Owned<ThreadPool> create(int64_t threads);
  explicit ThreadPool(int64_t threads);
  ThreadPool(const ThreadPool &) = delete;
  ~ThreadPool();

  /// Whether the workers are in this process: fork() leaves them behind.
  bool isHere() const { return getpid() == process; }

  /// task(data, t) for all t in [0, threads), each on its own thread.
  void run(Task task, void *data);

private:
  struct Worker {
    ThreadPool *pool;
    int64_t thread;
    pthread_t handle;
  };
  static void *work(void *worker);
  bool startWorkers();

  const int64_t threads;
  const pid_t process = getpid();
  const bool crowded; ///< more threads than CPUs
  int64_t started = 0;
  Array<Worker> workers;
  Task task = nullptr; ///< null: time to go
  void *data = nullptr;
  Signal begun, finished;
  alignas(64) std::atomic<int64_t> running{0};
};

/// Whether so many threads have to share the CPUs this process may use.
bool moreThanCpus(int64_t threads);

/// Between the phases of a run: the others arrive soon, and how late they are
/// depends on how evenly the work falls on them.
Patience patienceWithinRun(bool crowded);

} // namespace bertc::core

#endif // BERTC_RUNTIME_CORE_THREADPOOL_H
