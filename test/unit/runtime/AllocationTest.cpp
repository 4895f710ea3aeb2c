//===- AllocationTest.cpp - nothing is allocated while a session runs -----===//

#include "runtime/include/bertc_train.h"
#include "test/unit/runtime/TestSupport.h"

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <utility>

namespace {
std::atomic<int64_t> allocations{0};
} // namespace

// The sanitizers have their own ones and see to it that they stay.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define COUNTS_ALLOCATIONS

extern "C" {
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);

void *malloc(size_t size) {
  ++allocations;
  return __libc_malloc(size);
}
void *calloc(size_t count, size_t size) {
  ++allocations;
  return __libc_calloc(count, size);
}
void *realloc(void *memory, size_t size) {
  ++allocations;
  return __libc_realloc(memory, size);
}
void *memalign(size_t alignment, size_t size) {
  ++allocations;
  return __libc_memalign(alignment, size);
}
void *aligned_alloc(size_t alignment, size_t size) {
  return memalign(alignment, size);
}
int posix_memalign(void **memory, size_t alignment, size_t size) {
  *memory = memalign(alignment, size);
  return *memory ? 0 : ENOMEM;
}
}
#endif

using namespace bertc;
using namespace bertc::test;

namespace {

TEST(AllocationTest, noneInRuns) {
#ifndef COUNTS_ALLOCATIONS
  GTEST_SKIP() << "the sanitizer's own allocator is not counted";
#endif
  run::Model model(bertc_open(nullptr));
  Packed small = randomBatch(3, 1), large = randomBatch(50, 2);
  const std::vector<int64_t> ids(60, 1), mask(60, 1);
  std::vector<float> values(60 * FAKE_COLUMNS);
  for (auto [threads, profile] :
       {std::pair<int64_t, int64_t>{1, 0}, {2, 0}, {3, 0}, {1, 1}, {3, 1}}) {
    const bertc_session_options options = {sizeof(options), nullptr, profile};
    int64_t before = allocations;
    run::Session session(
        bertc_session_create(model.get(), 2000, 50, threads, &options));
    ASSERT_TRUE(session) << lastError();
    EXPECT_GT(allocations, before); // the count works
    before = allocations;
    // From the first run on, refused ones included.
    for (int i = 0; i < 10; ++i) {
      for (const Packed *batch : {&small, &large, &small})
        ASSERT_EQ(bertc_run_packed(session.get(), batch->ids.data(),
                                   batch->types.data(), batch->offsets.data(),
                                   batch->sequences()),
                  BERTC_OK);
      ASSERT_EQ(bertc_run_padded_i64(session.get(), ids.data(), mask.data(),
                                     nullptr, 3, 20),
                BERTC_OK);
      ASSERT_EQ(bertc_read_output_padded(session.get(), 0, values.data(),
                                         values.size()),
                BERTC_OK);
      ASSERT_EQ(bertc_run_padded_i64(session.get(), ids.data(), mask.data(),
                                     nullptr, 1, 60),
                BERTC_BAD_INPUT);
      bertc_phase phase;
      ASSERT_EQ(bertc_profile(session.get(), 0, &phase, sizeof(phase)) ==
                    BERTC_OK,
                profile != 0);
    }
    EXPECT_EQ(allocations, before);
  }
}

TEST(AllocationTest, noneWhereTokensAreSelected) {
#ifndef COUNTS_ALLOCATIONS
  GTEST_SKIP() << "the sanitizer's own allocator is not counted";
#endif
  run::Model model(bertc_open(BERTC_FAKE_MODELS_DIR "/selecting.so"));
  ASSERT_TRUE(model) << lastError();
  run::Session session(bertc_session_create(model.get(), 60, 3, 2, nullptr));
  ASSERT_TRUE(session) << lastError();
  const std::vector<int64_t> ids(60, 2);
  const std::vector<int32_t> columns = {3, 19, 0, -1, 7, 7}, wrong(6, 99);
  std::vector<float> values(6 * FAKE_COLUMNS);
  const int64_t logits = bertc_find_output(model.get(), "logits");
  const int64_t before = allocations;
  for (int i = 0; i < 10; ++i) {
    ASSERT_EQ(bertc_select(session.get(), columns.data(), 3, 2), BERTC_OK);
    ASSERT_EQ(bertc_run_padded_i64(session.get(), ids.data(), nullptr, nullptr,
                                   3, 20),
              BERTC_OK);
    ASSERT_EQ(bertc_read_output_padded(session.get(), logits, values.data(),
                                       static_cast<int64_t>(values.size())),
              BERTC_OK);
    ASSERT_EQ(bertc_select(session.get(), wrong.data(), 3, 2), BERTC_BAD_INPUT);
  }
  EXPECT_EQ(allocations, before);
}

TEST(AllocationTest, noneInRunsOfCompiledModels) {
#ifndef COUNTS_ALLOCATIONS
  GTEST_SKIP() << "the sanitizer's own allocator is not counted";
#endif
  SKIP_WITHOUT_COMPILED_MODELS();
  const Packed small = randomBatch(1, 1), large = randomBatch(20, 2);
  const std::vector<int64_t> ids(60, 1);
  for (const std::string &path : compiledModels()) {
    SCOPED_TRACE(path);
    run::Model model(bertc_open(path.c_str()));
    ASSERT_TRUE(model) << lastError();
    // Of a model that learns, an output has a row a sequence.
    const bool learns = bertc_num_states(model.get()) > 0;
    const int64_t elements =
        (learns ? 3 : 60) * bertc_output_info(model.get(), 0)->columns;
    std::vector<float> values(elements);
    for (int64_t threads : {1, 2, 3}) {
      run::Session session(
          bertc_session_create(model.get(), 800, 20, threads, nullptr));
      ASSERT_TRUE(session) << lastError();
      const int64_t before = allocations;
      for (const Packed *batch : {&small, &large, &small}) {
        giveLabels(session.get(), model.get(), *batch);
        ASSERT_EQ(bertc_run_packed(session.get(), batch->ids.data(),
                                   batch->types.data(), batch->offsets.data(),
                                   batch->sequences()),
                  BERTC_OK);
        if (bertc_optimizer(model.get()))
          ASSERT_EQ(bertc_update(session.get(), 1e-3, 0.01, 1), BERTC_OK);
      }
      EXPECT_EQ(allocations, before);
      ASSERT_EQ(bertc_run_padded_i64(session.get(), ids.data(), nullptr,
                                     nullptr, 3, 20),
                BERTC_OK);
      ASSERT_EQ(
          bertc_read_output_padded(session.get(), 0, values.data(), elements),
          BERTC_OK);
      EXPECT_EQ(allocations, before);
    }
  }
}

} // namespace
