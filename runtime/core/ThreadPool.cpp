//===- ThreadPool.cpp -----------------------------------------------------===//

#include "runtime/core/ThreadPool.h"

#include <csignal>
#include <sched.h>

using namespace bertc::core;

namespace {

/// Between runs: a stream of short runs should find the workers awake, but an
/// idle session must not burn CPU.
Patience patienceBetweenRuns(bool crowded) { return {50'000, crowded}; }

} // namespace

Patience bertc::core::patienceWithinRun(bool crowded) {
  return {crowded ? 20'000 : 200'000, crowded};
}

bool bertc::core::moreThanCpus(int64_t threads) {
  cpu_set_t set;
  // Fails on machines with more than 1024 CPUs, which are hardly crowded.
  return sched_getaffinity(0, sizeof(set), &set) == 0 &&
         threads > CPU_COUNT(&set);
}

ThreadPool::ThreadPool(int64_t threads)
    : threads(threads), crowded(moreThanCpus(threads)) {}

Owned<ThreadPool> ThreadPool::create(int64_t threads) {
  Owned<ThreadPool> pool = makeOwned<ThreadPool>(threads);
  if (!pool || !pool->startWorkers())
    return nullptr;
  return pool;
}

bool ThreadPool::startWorkers() {
  workers = makeArray<Worker>(threads - 1);
  if (!workers)
    return false;
  // Signals belong to the host's threads: the workers inherit a mask of all but
  // those that a thread's own instructions raise. Blocked, these end a process
  // past the handlers by which it reports crashes.
  sigset_t others, before;
  sigfillset(&others);
  for (int own : {SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP})
    sigdelset(&others, own);
  pthread_sigmask(SIG_SETMASK, &others, &before);
  for (; started < threads - 1; ++started) {
    Worker &worker = workers[started];
    worker.pool = this;
    worker.thread = started + 1;
    if (pthread_create(&worker.handle, nullptr, work, &worker) != 0)
      break;
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return started == threads - 1;
}

ThreadPool::~ThreadPool() {
  if (!isHere()) // nobody is left to join
    return;
  task = nullptr;
  begun.advance();
  for (int64_t i = 0; i < started; ++i)
    pthread_join(workers[i].handle, nullptr);
}

void ThreadPool::run(Task newTask, void *newData) {
  if (threads == 1) { // nobody would say that it has finished
    newTask(newData, 0);
    return;
  }
  uint32_t before = finished.value();
  task = newTask;
  data = newData;
  running.store(threads - 1, std::memory_order_relaxed);
  begun.advance();
  newTask(newData, 0);
  finished.await(before, patienceWithinRun(crowded));
}

void *ThreadPool::work(void *argument) {
  const Worker &worker = *static_cast<Worker *>(argument);
  ThreadPool &pool = *worker.pool;
  // Runs are counted from the pool's making: none begins before all have ended.
  for (uint32_t run = 0;; ++run) {
    pool.begun.await(run, patienceBetweenRuns(pool.crowded));
    if (!pool.task)
      return nullptr;
    pool.task(pool.data, worker.thread);
    if (pool.running.fetch_sub(1, std::memory_order_acq_rel) == 1)
      pool.finished.advance();
  }
}
