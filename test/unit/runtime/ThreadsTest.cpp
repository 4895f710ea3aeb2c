//===- ThreadsTest.cpp - barriers, pools, sessions side by side -----------===//
//
// Run under the thread sanitizer as well, where ordinary variables that the
// barrier fails to order are found.
//
//===----------------------------------------------------------------------===//

#include "runtime/core/Signal.h"
#include "runtime/core/ThreadPool.h"
#include "test/unit/runtime/TestSupport.h"

#include <atomic>
#include <fenv.h>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace bertc;
using namespace bertc::test;

namespace {

struct Rounds {
  core::Barrier barrier;
  int64_t threads;
  int rounds;
  std::vector<int64_t> counts; // plain: ordered by the barrier alone
  std::atomic<int> mistakes{0};
};

void countTogether(void *data, int64_t thread) {
  auto &rounds = *static_cast<Rounds *>(data);
  for (int round = 1; round <= rounds.rounds; ++round) {
    ++rounds.counts[thread];
    rounds.barrier.wait();
    for (int64_t count : rounds.counts)
      rounds.mistakes += count != round;
    rounds.barrier.wait();
  }
}

TEST(BarrierTest, nobodyIsAhead) {
  for (int64_t threads : {1, 2, 3, 5, 8}) {
    // Both ends of patience: always asleep, and never.
    for (int64_t nanoseconds : {0, 20'000, 100'000'000}) {
      core::Owned<core::ThreadPool> pool = core::ThreadPool::create(threads);
      ASSERT_TRUE(pool);
      Rounds rounds = {core::Barrier(threads, {nanoseconds, true}), threads,
                       300, std::vector<int64_t>(threads)};
      pool->run(countTogether, &rounds);
      EXPECT_EQ(rounds.mistakes, 0);
    }
  }
}

TEST(ThreadPoolTest, runsFollowEachOther) {
  core::Owned<core::ThreadPool> pool = core::ThreadPool::create(3);
  ASSERT_TRUE(pool);
  std::vector<int64_t> counts(3); // plain: ordered by the pool alone
  for (int run = 0; run < 3000; ++run) {
    pool->run(
        [](void *data, int64_t thread) {
          ++(*static_cast<std::vector<int64_t> *>(data))[thread];
        },
        &counts);
    if (run % 1000 == 0) // long enough for the workers to fall asleep
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_EQ(counts, std::vector<int64_t>(3, 3000));
}

TEST(ThreadPoolTest, comesAndGoes) {
  for (int64_t threads : {1, 2, 9})
    for (int i = 0; i < 20; ++i)
      ASSERT_TRUE(core::ThreadPool::create(threads));
}

TEST(SessionsTest, runAtTheSameTime) {
  run::Model model(bertc_open(nullptr));
  ASSERT_TRUE(model);
  std::vector<std::thread> hosts;
  std::atomic<int> mistakes{0};
  for (unsigned host = 0; host < 4; ++host)
    hosts.emplace_back([&, host] {
      Packed batch = randomBatch(20, host);
      run::Session session(
          bertc_session_create(model.get(), 800, 20, 1 + host % 3, nullptr));
      for (int i = 0; i < 30; ++i) {
        if (bertc_run_packed(session.get(), batch.ids.data(),
                             batch.types.data(), batch.offsets.data(),
                             batch.sequences()) != BERTC_OK ||
            rowsOf(session.get(), 0) != expectedHidden(batch))
          ++mistakes;
      }
    });
  for (std::thread &host : hosts)
    host.join();
  EXPECT_EQ(mistakes, 0);
}

/// An executor as a host might bring it, with a look inside.
struct Host {
  std::atomic<int> calls{0};
  void (*during)(Host &host) = nullptr;
  bertc_session *session = nullptr;
  bertc_status seen = BERTC_OK;

  static void run(void *state, void (*task)(void *, int64_t), void *data,
                  int64_t threads) {
    Host &host = *static_cast<Host *>(state);
    ++host.calls;
    if (host.during)
      host.during(host);
    runOnThreads(nullptr, task, data, threads);
  }
};

TEST(SessionsTest, aHostMayBringItsThreads) {
  run::Model model(bertc_open(nullptr));
  Host host;
  const bertc_executor executor = {Host::run, &host};
  const bertc_session_options options = {sizeof(options), &executor, 0};
  run::Session session(bertc_session_create(model.get(), 800, 20, 4, &options));
  ASSERT_TRUE(session) << lastError();
  Packed batch = randomBatch(20, 7);
  ASSERT_EQ(bertc_run_packed(session.get(), batch.ids.data(),
                             batch.types.data(), batch.offsets.data(),
                             batch.sequences()),
            BERTC_OK);
  EXPECT_EQ(host.calls, 1);
  EXPECT_EQ(rowsOf(session.get(), 0), expectedHidden(batch));
}

TEST(SessionsTest, oneRunAtATime) {
  run::Model model(bertc_open(nullptr));
  Host host;
  host.during = [](Host &host) {
    const int32_t id = 1, offsets[] = {0, 1};
    host.seen = bertc_run_packed(host.session, &id, nullptr, offsets, 1);
  };
  const bertc_executor executor = {Host::run, &host};
  const bertc_session_options options = {sizeof(options), &executor, 0};
  run::Session session(bertc_session_create(model.get(), 10, 1, 1, &options));
  host.session = session.get();
  const int32_t id = 2, offsets[] = {0, 1};
  EXPECT_EQ(bertc_run_packed(session.get(), &id, nullptr, offsets, 1),
            BERTC_OK);
  EXPECT_EQ(host.seen, BERTC_BUSY);
}

// A run that waits for threads which are not there would never end.
TEST(SessionsTest, threadsStayBehindAtAFork) {
  run::Model model(bertc_open(nullptr));
  run::Session alone(bertc_session_create(model.get(), 10, 1, 1, nullptr));
  run::Session session(bertc_session_create(model.get(), 10, 1, 3, nullptr));
  const int32_t id = 2, offsets[] = {0, 1};
  auto run = [&](run::Session &session) {
    return bertc_run_packed(session.get(), &id, nullptr, offsets, 1);
  };
  ASSERT_EQ(run(session), BERTC_OK);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    alarm(20);
    const bool refused = run(session) == BERTC_NO_RESOURCES &&
                         std::string(bertc_last_error()).find("after fork()") !=
                             std::string::npos;
    session.reset(); // joins nobody
    if (!refused || run(alone) != BERTC_OK)
      _exit(1);
#if !__has_feature(thread_sanitizer) // which allows no threads in a child
    run::Session own(bertc_session_create(model.get(), 10, 1, 3, nullptr));
    if (run(own) != BERTC_OK)
      _exit(1);
#endif
    _exit(0);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(run(session), BERTC_OK);
}

TEST(SessionsTest, theHostsRoundingModeDoesNotMatter) {
  run::Model model(bertc_open(nullptr));
  Packed batch = randomBatch(20, 8);
  std::vector<float> pooled;
  for (int mode : {FE_TONEAREST, FE_UPWARD}) {
    fesetround(mode);
    run::Session session(
        bertc_session_create(model.get(), 800, 20, 2, nullptr));
    ASSERT_EQ(bertc_run_packed(session.get(), batch.ids.data(),
                               batch.types.data(), batch.offsets.data(),
                               batch.sequences()),
              BERTC_OK);
    EXPECT_EQ(fegetround(), mode);
    fesetround(FE_TONEAREST);
    if (mode == FE_TONEAREST)
      pooled = rowsOf(session.get(), 1);
    EXPECT_EQ(rowsOf(session.get(), 1), pooled);
  }
}

} // namespace
