//===- ProfileTest.cpp - what a run's phases take -------------------------===//

#include "runtime/core/Profile.h"
#include "runtime/core/ThreadPool.h"
#include "test/unit/runtime/TestSupport.h"

#include <chrono>
#include <gmock/gmock.h>
#include <thread>

using namespace bertc;
using namespace bertc::test;
using ::testing::HasSubstr;

namespace {

void sleepFor(int milliseconds) {
  std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
}

/// Runs `work` on threads of a pool, with a stamp at each barrier.
template <typename Work>
void profiled(core::Profile &profile, int64_t threads, Work work) {
  core::Owned<core::ThreadPool> pool = core::ThreadPool::create(threads);
  ASSERT_TRUE(pool);
  struct Data {
    core::Profile &profile;
    Work &work;
  } data{profile, work};
  profile.begin();
  pool->run(
      [](void *given, int64_t thread) {
        Data &data = *static_cast<Data *>(given);
        data.profile.enter(thread);
        data.work(thread);
      },
      &data);
}

TEST(ProfileTest, aPhaseTakesAsLongAsItsSlowestThread) {
  constexpr int64_t millisecond = 1'000'000;
  core::Barrier barrier(2, {0, true});
  core::Owned<core::Profile> profile = core::Profile::create(barrier, 2, 2);
  ASSERT_TRUE(profile);
  EXPECT_FALSE(profile->isComplete());
  const auto start = std::chrono::steady_clock::now();
  profiled(*profile, 2, [&](int64_t thread) {
    sleepFor(thread == 0 ? 30 : 60);
    profile->wait(thread);
    sleepFor(thread == 0 ? 40 : 0);
    profile->wait(thread);
  });
  const std::chrono::nanoseconds all = std::chrono::steady_clock::now() - start;
  ASSERT_TRUE(profile->isComplete());
  // Sleep is never shorter than asked for; how much longer, the machine says.
  EXPECT_GE(profile->duration(0), 60 * millisecond);
  EXPECT_GE(profile->duration(1), 40 * millisecond);
  EXPECT_GE(profile->busy(0), 90 * millisecond);
  EXPECT_GE(profile->busy(1), 40 * millisecond);
  EXPECT_LE(profile->busy(0), 2 * profile->duration(0));
  // The thread that sleeps less waits in the meantime, 30 ms and 40 ms: half of
  // them is left where the machine is loaded.
  EXPECT_LE(profile->busy(0), 2 * profile->duration(0) - 15 * millisecond);
  EXPECT_LE(profile->busy(1), 2 * profile->duration(1) - 20 * millisecond);
  EXPECT_LE(profile->duration(0) + profile->duration(1), all.count());
}

TEST(ProfileTest, isOfARunWithAsManyBarriersAsPhases) {
  for (int rounds : {2, 3, 4}) {
    core::Barrier barrier(3, {20'000, true});
    core::Owned<core::Profile> profile = core::Profile::create(barrier, 3, 3);
    ASSERT_TRUE(profile);
    for (int run = 0; run < 2; ++run) {
      profiled(*profile, 3, [&](int64_t thread) {
        for (int round = 0; round < rounds; ++round)
          profile->wait(thread);
      });
      EXPECT_EQ(profile->isComplete(), rounds == 3);
    }
  }
}

class SessionProfileTest : public ::testing::Test {
protected:
  run::Session session(const bertc_model *model, int64_t threads,
                       int64_t profile,
                       const bertc_executor *executor = nullptr) {
    const bertc_session_options options = {sizeof(options), executor, profile};
    return run::Session(
        bertc_session_create(model, 1000, 30, threads, &options));
  }

  bertc_status run(run::Session &session) {
    return bertc_run_packed(session.get(), batch.ids.data(), batch.types.data(),
                            batch.offsets.data(), batch.sequences());
  }

  std::vector<bertc_phase> phasesOf(run::Session &session) {
    std::vector<bertc_phase> phases(9);
    for (size_t i = 0; i < phases.size(); ++i)
      EXPECT_EQ(bertc_profile(session.get(), int64_t(i), &phases[i],
                              sizeof(phases[i])),
                BERTC_OK)
          << lastError();
    return phases;
  }

  void refuses(run::Session &session, int64_t index, bertc_status status,
               const std::string &message) {
    bertc_phase phase;
    EXPECT_EQ(bertc_profile(session.get(), index, &phase, sizeof(phase)),
              status);
    EXPECT_THAT(lastError(), HasSubstr(message));
  }

  run::Model model{bertc_open(nullptr)};
  Packed batch = randomBatch(20, 9);
};

TEST_F(SessionProfileTest, tellsTimesThatMakeUpTheRun) {
  const bertc_executor executor = {runOnThreads, nullptr};
  for (const bertc_executor *host :
       {(const bertc_executor *)nullptr, &executor})
    for (int64_t threads : {1, 2, 4}) {
      run::Session own = session(model.get(), threads, 1, host);
      ASSERT_TRUE(own) << lastError();
      for (int i = 0; i < 3; ++i) {
        const auto start = std::chrono::steady_clock::now();
        ASSERT_EQ(run(own), BERTC_OK) << lastError();
        const std::chrono::nanoseconds all =
            std::chrono::steady_clock::now() - start;
        int64_t sum = 0;
        for (const bertc_phase &phase : phasesOf(own)) {
          EXPECT_GT(phase.nanoseconds, 0);
          EXPECT_GT(phase.busy_nanoseconds, 0);
          EXPECT_LE(phase.busy_nanoseconds, threads * phase.nanoseconds);
          sum += phase.nanoseconds;
        }
        EXPECT_LE(sum, all.count());
      }
      EXPECT_EQ(rowsOf(own.get(), 0), expectedHidden(batch));
    }
}

TEST_F(SessionProfileTest, tellsTheWorkOfTheRun) {
  const int64_t tokens = int64_t(batch.ids.size());
  const int64_t sequences = batch.sequences();
  int64_t pairs = 0;
  for (int64_t b = 0; b < sequences; ++b) {
    const int64_t length = batch.offsets[b + 1] - batch.offsets[b];
    pairs += length * length;
  }
  run::Session own = session(model.get(), 2, 1);
  ASSERT_EQ(run(own), BERTC_OK) << lastError();
  const std::vector<bertc_phase> phases = phasesOf(own);
  EXPECT_STREQ(phases[0].kernel, "scale");
  EXPECT_STREQ(phases[0].place, "start");
  EXPECT_STREQ(phases[7].dtype, "bf16");
  // No rows are selected: the model has none to select.
  EXPECT_EQ(phases[0].flops, 1 + 2 * tokens + 3 * sequences + 5 * pairs);
  EXPECT_EQ(phases[0].weight_bytes, 4);
  EXPECT_EQ(phases[6].activation_bytes, 8 * tokens + 4 * sequences);
  EXPECT_EQ(phases[8].flops, 5 * sequences);
}

TEST_F(SessionProfileTest, fillsWhatTheHostKnows) {
  run::Session own = session(model.get(), 1, 1);
  ASSERT_EQ(run(own), BERTC_OK) << lastError();
  // A host of the first version, and one of a later one.
  struct {
    bertc_phase known;
    int64_t later;
  } phase;
  phase.known.busy_nanoseconds = phase.later = 77;
  ASSERT_EQ(bertc_profile(own.get(), 0, &phase.known,
                          offsetof(bertc_phase, busy_nanoseconds)),
            BERTC_OK);
  EXPECT_STREQ(phase.known.kernel, "scale");
  EXPECT_EQ(phase.known.busy_nanoseconds, 77);
  ASSERT_EQ(bertc_profile(own.get(), 0, &phase.known, sizeof(phase)), BERTC_OK);
  EXPECT_GT(phase.known.busy_nanoseconds, 0);
  EXPECT_EQ(phase.later, 0);
}

TEST_F(SessionProfileTest, countsSelectedTokens) {
  run::Model selecting(bertc_open(library("selecting").c_str()));
  run::Session own = session(selecting.get(), 1, 1);
  ASSERT_TRUE(own) << lastError();
  const int32_t ids[] = {2, 3, 4, 5}, offsets[] = {0, 4};
  const int32_t columns[] = {1, 3, 0};
  ASSERT_EQ(bertc_select(own.get(), columns, 1, 3), BERTC_OK);
  ASSERT_EQ(bertc_run_packed(own.get(), ids, nullptr, offsets, 1), BERTC_OK);
  EXPECT_EQ(phasesOf(own)[0].flops, 1 + 2 * 4 + 3 + 4 * 3 + 5 * 16);
}

TEST_F(SessionProfileTest, isThereWhereItWasAskedFor) {
  run::Session without = session(model.get(), 2, 0);
  ASSERT_EQ(run(without), BERTC_OK);
  refuses(without, 0, BERTC_BAD_ARGUMENT, "made without a profile");
  run::Session own = session(model.get(), 2, 1);
  refuses(own, 0, BERTC_BAD_ARGUMENT, "has not run yet");
  ASSERT_EQ(run(own), BERTC_OK);
  refuses(own, -1, BERTC_BAD_ARGUMENT, "phase -1");
  refuses(own, 9, BERTC_BAD_ARGUMENT, "phase 9, a run of the model has 9");
  // An empty batch runs no program.
  ASSERT_EQ(bertc_run_packed(own.get(), nullptr, nullptr, nullptr, 0),
            BERTC_OK);
  refuses(own, 0, BERTC_BAD_ARGUMENT, "last run had no tokens");
  EXPECT_EQ(bertc_profile(own.get(), 0, nullptr, 0), BERTC_BAD_ARGUMENT);
  EXPECT_EQ(bertc_profile(nullptr, 0, nullptr, 0), BERTC_BAD_ARGUMENT);
}

TEST_F(SessionProfileTest, refusesTablesThatDoNotFitTheProgram) {
  run::Model few(bertc_open(library("few_phases").c_str()));
  run::Session partly = session(few.get(), 2, 1);
  ASSERT_EQ(run(partly), BERTC_OK) << lastError();
  EXPECT_EQ(rowsOf(partly.get(), 0), expectedHidden(batch));
  refuses(partly, 0, BERTC_BAD_ARTIFACT, "more often or less");

  run::Model none(bertc_open(library("no_phases").c_str()));
  ASSERT_TRUE(none) << lastError();
  EXPECT_EQ(bertc_info(none.get())->num_phases, 0);
  run::Session empty = session(none.get(), 2, 1);
  ASSERT_EQ(run(empty), BERTC_OK) << lastError();
  refuses(empty, 0, BERTC_BAD_ARGUMENT, "a run of the model has 0");

  run::Model many(bertc_open(library("many_flops").c_str()));
  run::Session large = session(many.get(), 1, 1);
  ASSERT_EQ(run(large), BERTC_OK) << lastError();
  refuses(large, 0, BERTC_BAD_ARTIFACT, "more work than a number holds");
}

} // namespace
