//===- RunTest.cpp - packed and padded runs, and what they refuse ---------===//

#include "test/unit/runtime/TestSupport.h"

#include <cmath>
#include <gmock/gmock.h>
#include <optional>

using namespace bertc;
using namespace bertc::test;
using ::testing::HasSubstr;

namespace {

class RunTest : public ::testing::Test {
protected:
  void SetUp() override {
    model.reset(bertc_open(nullptr));
    ASSERT_TRUE(model) << lastError();
  }
  run::Session makeSession(int64_t tokens, int64_t sequences, int64_t threads) {
    run::Session session(
        bertc_session_create(model.get(), tokens, sequences, threads, nullptr));
    EXPECT_TRUE(session) << lastError();
    return session;
  }

  run::Model model;
};

bertc_status runPacked(bertc_session *session, const Packed &batch) {
  return bertc_run_packed(session, batch.ids.data(), batch.types.data(),
                          batch.offsets.data(), batch.sequences());
}

std::vector<float> padded(const bertc_session *session, int64_t output) {
  int64_t shape[4];
  int rank = bertc_output_shape(session, output, shape);
  EXPECT_GT(rank, 0);
  int64_t elements = 1;
  for (int i = 0; i < rank; ++i)
    elements *= shape[i];
  std::vector<float> values(elements, -1);
  EXPECT_EQ(bertc_read_output_padded(session, output, values.data(), elements),
            BERTC_OK)
      << lastError();
  return values;
}

TEST_F(RunTest, anyNumberOfThreadsGivesTheSame) {
  Packed batch = randomBatch(50, 1);
  std::vector<float> pooled;
  for (int64_t threads : {1, 2, 3, 5}) {
    run::Session session = makeSession(2000, 50, threads);
    for (int repeat = 0; repeat < 20; ++repeat)
      ASSERT_EQ(runPacked(session.get(), batch), BERTC_OK) << lastError();
    EXPECT_EQ(rowsOf(session.get(), 0), expectedHidden(batch));
    if (threads == 1)
      pooled = rowsOf(session.get(), 1);
    EXPECT_EQ(rowsOf(session.get(), 1), pooled);
  }
}

TEST_F(RunTest, largerAndSmallerRunsFollowEachOther) {
  run::Session session = makeSession(4000, 100, 2);
  for (int64_t count : {100, 1, 17, 0, 15, 16, 99}) {
    Packed batch = randomBatch(count, static_cast<unsigned>(count));
    ASSERT_EQ(runPacked(session.get(), batch), BERTC_OK) << lastError();
    EXPECT_EQ(rowsOf(session.get(), 0), expectedHidden(batch));
  }
}

TEST_F(RunTest, paddingGoesAwayAndComesBack) {
  // Padding behind, holes, and padding in front; what stands there is nothing.
  const std::vector<int64_t> ids = {7, 8, -5, 99, 1, 99, 2, -1, 99, 99, 3, 4};
  const std::vector<int64_t> mask = {1, 1, 0, 0, 1, 0, 1, 0, 0, 0, 1, 1};
  const std::vector<int64_t> types = {0, 1, 9, 9, 1, 9, 0, 9, 9, 9, 0, 0};
  run::Session session = makeSession(6, 3, 2);
  ASSERT_EQ(bertc_run_padded_i64(session.get(), ids.data(), mask.data(),
                                 types.data(), 3, 4),
            BERTC_OK)
      << lastError();
  bertc_view view;
  ASSERT_EQ(bertc_output(session.get(), 0, &view), BERTC_OK);
  EXPECT_EQ(view.rows, 6);

  // An odd number of rounds swaps two tokens; positions are columns.
  const float starts[] = {8000, 7011, 0, 0, 2001, 0, 1020, 0, 0, 0, 4020, 3030};
  std::vector<float> expected;
  for (int i = 0; i < 12; ++i)
    for (int c = 0; c < FAKE_COLUMNS; ++c)
      expected.push_back(mask[i] ? starts[i] + c / 8.0f : 0);
  EXPECT_EQ(padded(session.get(), 0), expected);
  int64_t shape[4];
  EXPECT_EQ(bertc_output_shape(session.get(), 0, shape), 3);
  EXPECT_EQ(shape[0] * 100 + shape[1] * 10 + shape[2], 345);
  EXPECT_EQ(bertc_output_shape(session.get(), 1, shape), 2);
  EXPECT_EQ(shape[0] * 10 + shape[1], 35);
}

TEST_F(RunTest, paddedAndPackedAgree) {
  Packed batch = randomBatch(9, 3);
  std::vector<int32_t> ids(9 * FAKE_POSITIONS), mask(ids.size()), types(mask);
  for (int64_t b = 0; b < 9; ++b)
    for (int32_t t = batch.offsets[b]; t < batch.offsets[b + 1]; ++t) {
      size_t place = b * FAKE_POSITIONS + t - batch.offsets[b];
      ids[place] = batch.ids[t];
      types[place] = batch.types[t];
      mask[place] = 1;
    }
  run::Session session = makeSession(360, 9, 3);
  ASSERT_EQ(bertc_run_padded(session.get(), ids.data(), mask.data(),
                             types.data(), 9, FAKE_POSITIONS),
            BERTC_OK)
      << lastError();
  EXPECT_EQ(rowsOf(session.get(), 0), expectedHidden(batch));
  std::vector<float> pooled = rowsOf(session.get(), 1);
  ASSERT_EQ(runPacked(session.get(), batch), BERTC_OK);
  EXPECT_EQ(rowsOf(session.get(), 1), pooled);
}

TEST_F(RunTest, anEmptyBatchGivesEmptyResults) {
  run::Session session = makeSession(0, 0, 2);
  EXPECT_EQ(bertc_run_packed(session.get(), nullptr, nullptr, nullptr, 0),
            BERTC_OK);
  EXPECT_TRUE(rowsOf(session.get(), 0).empty());
  EXPECT_EQ(bertc_run_padded(session.get(), nullptr, nullptr, nullptr, 0, 7),
            BERTC_OK);
  int64_t shape[4];
  EXPECT_EQ(bertc_output_shape(session.get(), 0, shape), 3);
  EXPECT_EQ(shape[0], 0);
  EXPECT_EQ(shape[1], 7);
  EXPECT_EQ(bertc_read_output_padded(session.get(), 0, nullptr, 0), BERTC_OK);
}

TEST_F(RunTest, refusesValuesOutOfRange) {
  run::Session session = makeSession(100, 2, 1);
  auto refuses = [&](std::vector<int64_t> ids, std::vector<int64_t> mask,
                     std::vector<int64_t> types, const char *message) {
    EXPECT_EQ(bertc_run_padded_i64(
                  session.get(), ids.data(), mask.empty() ? nullptr : &mask[0],
                  types.empty() ? nullptr : &types[0], 2, ids.size() / 2),
              BERTC_BAD_INPUT);
    EXPECT_EQ(lastError(), message);
    EXPECT_EQ(bertc_last_status(), BERTC_BAD_INPUT);
  };
  refuses({1, 2, 3, 43}, {}, {}, "input_ids[1, 1] is 43, expected 0 to 42");
  refuses({1, -1, 3, 4}, {}, {}, "input_ids[0, 1] is -1, expected 0 to 42");
  refuses({1, 2, 4294967297, 4}, {}, {},
          "input_ids[1, 0] is 4294967297, expected 0 to 42");
  refuses({1, 2, 3, 4}, {}, {0, 1, 2, 0},
          "token_type_ids[1, 0] is 2, expected 0 to 1");
  refuses({1, 2, 3, 4}, {}, {0, 1, -1, 0},
          "token_type_ids[1, 0] is -1, expected 0 to 1");
  refuses({1, 2, 3, 4}, {1, 1, 2, 0}, {},
          "attention_mask[1, 0] is 2, expected 0 to 1");
  refuses({1, 2, 3, 4}, {1, 1, 0, 0}, {}, "sequence 1 has no tokens");
  refuses(std::vector<int64_t>(82), {}, {},
          "sequence 0 is 41 tokens long, the model takes at most 40");
  EXPECT_EQ(bertc_run_padded(session.get(), nullptr, nullptr, nullptr, 2, 0),
            BERTC_BAD_INPUT);
}

TEST_F(RunTest, paddingMayReachBeyondTheLastPosition) {
  run::Session session = makeSession(40, 1, 1);
  std::vector<int32_t> ids(60), mask(60);
  mask[39] = 1;
  EXPECT_EQ(
      bertc_run_padded(session.get(), ids.data(), mask.data(), nullptr, 1, 60),
      BERTC_OK);
  mask[40] = 1;
  EXPECT_EQ(
      bertc_run_padded(session.get(), ids.data(), mask.data(), nullptr, 1, 60),
      BERTC_BAD_INPUT);
  EXPECT_THAT(lastError(), HasSubstr("41 tokens long"));
}

TEST_F(RunTest, refusesBadOffsets) {
  run::Session session = makeSession(100, 3, 1);
  const std::vector<int32_t> ids(100);
  auto refuses = [&](std::vector<int32_t> offsets, bertc_status status,
                     const char *message) {
    EXPECT_EQ(bertc_run_packed(session.get(), ids.data(), nullptr, &offsets[0],
                               static_cast<int64_t>(offsets.size()) - 1),
              status);
    EXPECT_EQ(lastError(), message);
  };
  refuses({1, 2}, BERTC_BAD_INPUT, "offsets[0] is 1, expected 0");
  refuses({0, 5, 3}, BERTC_BAD_INPUT,
          "offsets[2] is 3, less than the one before: 5");
  refuses({0, 5, 5}, BERTC_BAD_INPUT, "sequence 1 has no tokens");
  refuses({0, 41}, BERTC_BAD_INPUT,
          "sequence 0 is 41 tokens long, the model takes at most 40");
  refuses({0, 2147483647}, BERTC_OVER_CAPACITY,
          "2147483647 tokens, the session was made for at most 100");
  refuses({0, 1, 2, 3, 4}, BERTC_OVER_CAPACITY,
          "4 sequences, the session was made for at most 3");
}

TEST_F(RunTest, refusesArgumentsThatMakeNoSense) {
  run::Session session = makeSession(10, 1, 1);
  const int32_t one = 1;
  EXPECT_EQ(bertc_run_padded(nullptr, &one, nullptr, nullptr, 1, 1),
            BERTC_BAD_ARGUMENT);
  EXPECT_EQ(bertc_run_padded(session.get(), nullptr, nullptr, nullptr, 1, 1),
            BERTC_BAD_ARGUMENT);
  EXPECT_EQ(bertc_run_padded(session.get(), &one, nullptr, nullptr, -1, 1),
            BERTC_BAD_ARGUMENT);
  EXPECT_EQ(bertc_run_padded(session.get(), &one, nullptr, nullptr,
                             int64_t(1) << 40, int64_t(1) << 40),
            BERTC_BAD_ARGUMENT);
  EXPECT_EQ(bertc_run_packed(session.get(), &one, nullptr, nullptr, 1),
            BERTC_BAD_ARGUMENT);
  EXPECT_EQ(bertc_run_packed(session.get(), &one, nullptr, &one, -1),
            BERTC_BAD_ARGUMENT);
  bertc_view view;
  EXPECT_EQ(bertc_output(session.get(), 0, &view), BERTC_BAD_ARGUMENT);
  EXPECT_THAT(lastError(), HasSubstr("has not run"));
  EXPECT_EQ(bertc_run_padded(session.get(), &one, nullptr, nullptr, 1, 1),
            BERTC_OK);
  EXPECT_EQ(bertc_output(session.get(), 2, &view), BERTC_BAD_ARGUMENT);
  float room[4];
  EXPECT_EQ(bertc_read_output_padded(session.get(), 0, room, 4),
            BERTC_BAD_ARGUMENT);
  EXPECT_EQ(lastError(),
            "room for 4 floats, output \"last_hidden_state\" has 5");
}

TEST_F(RunTest, aRefusedRunLeavesTheResultsOfTheOneBefore) {
  run::Session session = makeSession(100, 3, 2);
  Packed batch = randomBatch(2, 5);
  ASSERT_EQ(runPacked(session.get(), batch), BERTC_OK);
  Packed bad = randomBatch(2, 6);
  bad.ids.back() = FAKE_VOCABULARY;
  EXPECT_EQ(runPacked(session.get(), bad), BERTC_BAD_INPUT);
  EXPECT_EQ(rowsOf(session.get(), 0), expectedHidden(batch));
}

TEST_F(RunTest, sessionsHaveBounds) {
  auto refuses = [&](int64_t tokens, int64_t sequences, int64_t threads,
                     bertc_status status) {
    EXPECT_EQ(
        bertc_session_create(model.get(), tokens, sequences, threads, nullptr),
        nullptr);
    EXPECT_EQ(bertc_last_status(), status) << lastError();
  };
  refuses(-1, 1, 1, BERTC_BAD_ARGUMENT);
  refuses(1, -1, 1, BERTC_BAD_ARGUMENT);
  refuses(1, 1, 0, BERTC_BAD_ARGUMENT);
  refuses(1, 1, 1 << 20, BERTC_BAD_ARGUMENT);
  refuses(INT64_MAX, 1, 1, BERTC_BAD_ARGUMENT);
  EXPECT_EQ(bertc_session_create(nullptr, 1, 1, 1, nullptr), nullptr);
  bertc_session_destroy(nullptr);
}

TEST_F(RunTest, hostsMayHaveOptionsOfOtherVersions) {
  struct {
    bertc_session_options known;
    uint64_t later;
  } options = {};
  EXPECT_EQ(bertc_session_create(model.get(), 1, 1, 1, &options.known),
            nullptr);
  EXPECT_THAT(lastError(), HasSubstr("struct_size of the session's options"));
  options.known.struct_size = sizeof(options);
  EXPECT_TRUE(
      run::Session(bertc_session_create(model.get(), 1, 1, 1, &options.known)));
  options.later = 1;
  EXPECT_EQ(bertc_session_create(model.get(), 1, 1, 1, &options.known),
            nullptr);
  EXPECT_THAT(lastError(), HasSubstr("does not know"));
}

TEST_F(RunTest, paddedOutputsBoundWhatIsRunAtATime) {
  const run::RunLimit limit(model.get());
  EXPECT_TRUE(limit.allows(1000, 4000, FAKE_POSITIONS));
  EXPECT_FALSE(limit.allows(1000, 4097, FAKE_POSITIONS));
  // Rows of five floats, mostly padding.
  EXPECT_TRUE(limit.allows(50, 4000, 1'000'000));
  EXPECT_FALSE(limit.allows(60, 4000, 1'000'000));
}

TEST(NotFiniteTest, isTheFirstSequenceOfAllOutputs) {
  run::Output early{"early", BERTC_PER_SEQUENCE, {3, 2}, {0, 0, 0, 0, 0, NAN}};
  run::Output late{"late", BERTC_PER_SEQUENCE, {3, 1}, {0, INFINITY, NAN}};
  std::optional<run::NotFinite> found = run::findNotFinite({early, late});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->output, "late");
  EXPECT_EQ(found->sequence, 1);
  late.values[1] = 0;
  found = run::findNotFinite({early, late});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->output, "early"); // of two in one sequence
  EXPECT_EQ(found->sequence, 2);
  early.values.back() = late.values.back() = 0;
  EXPECT_FALSE(run::findNotFinite({early, late}));
}

TEST_F(RunTest, otherModelsHaveOtherPositionsAndNoTypes) {
  run::Model other(bertc_open(library("offset_two").c_str()));
  ASSERT_TRUE(other) << lastError();
  EXPECT_EQ(bertc_info(other.get())->position_offset, 2);
  run::Session session(bertc_session_create(other.get(), 4, 1, 1, nullptr));
  const int32_t id = 3, offsets[] = {0, 1};
  ASSERT_EQ(bertc_run_packed(session.get(), &id, nullptr, offsets, 1),
            BERTC_OK);
  EXPECT_EQ(rowsOf(session.get(), 0)[0], 3020);
}

} // namespace
