//===- SelectionTest.cpp - rows of chosen tokens --------------------------===//
//
// The model of FakeModel.h with FAKE_SELECTS.
//
//===----------------------------------------------------------------------===//

#include "test/unit/runtime/TestSupport.h"

#include <atomic>
#include <gmock/gmock.h>
#include <thread>

using namespace bertc;
using namespace bertc::test;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

namespace {

enum Output : int64_t { hidden, pooled, logits, scores };

class SelectionTest : public ::testing::Test {
protected:
  void SetUp() override {
    model.reset(bertc_open(BERTC_FAKE_MODELS_DIR "/selecting.so"));
    ASSERT_TRUE(model) << lastError();
    session = makeSession(2);
    for (const std::vector<int32_t> &sequence :
         {std::vector<int32_t>{7, 8, 9}, {4}, {5, 6}})
      batch.add(sequence);
  }
  run::Session makeSession(int64_t threads) {
    run::Session made(
        bertc_session_create(model.get(), 40, 4, threads, nullptr));
    EXPECT_TRUE(made) << lastError();
    return made;
  }
  bertc_status select(const std::vector<int32_t> &columns, int64_t sequences) {
    return bertc_select(session.get(), columns.data(), sequences,
                        static_cast<int64_t>(columns.size()) / sequences);
  }
  bertc_status run() { return runOn(session.get(), batch); }
  static bertc_status runOn(bertc_session *session, const Packed &batch) {
    return bertc_run_packed(session, batch.ids.data(), batch.types.data(),
                            batch.offsets.data(), batch.sequences());
  }
  /// Twice the hidden rows of these tokens.
  static std::vector<float> expectedLogits(const bertc_session *session,
                                           const std::vector<int64_t> &tokens) {
    const std::vector<float> rows = rowsOf(session, hidden);
    std::vector<float> values;
    for (int64_t token : tokens)
      for (int c = 0; c < FAKE_COLUMNS; ++c)
        values.push_back(2 * rows[token * FAKE_COLUMNS + c]);
    return values;
  }
  std::vector<int64_t> shapeOf(int64_t output) {
    int64_t shape[4];
    const int rank = bertc_output_shape(session.get(), output, shape);
    return {shape, shape + rank};
  }

  run::Model model;
  run::Session session;
  Packed batch;
};

TEST_F(SelectionTest, isAllTokensWhereNobodyAsks) {
  ASSERT_EQ(run(), BERTC_OK) << lastError();
  EXPECT_EQ(rowsOf(session.get(), logits),
            expectedLogits(session.get(), {0, 1, 2, 3, 4, 5}));
  EXPECT_THAT(shapeOf(logits), ElementsAre(3, 3, FAKE_COLUMNS));
}

TEST_F(SelectionTest, choosesColumnsInAnyOrder) {
  ASSERT_EQ(select({2, 0, -1, -1, -1, 1}, 3), BERTC_OK) << lastError();
  ASSERT_EQ(run(), BERTC_OK) << lastError();
  EXPECT_EQ(rowsOf(session.get(), logits),
            expectedLogits(session.get(), {2, 0, 5}));
  EXPECT_THAT(shapeOf(logits), ElementsAre(3, 2, FAKE_COLUMNS));

  // In the padded copy each stands in its slot, the others are zero.
  std::vector<float> padded(3 * 2 * FAKE_COLUMNS, -1);
  ASSERT_EQ(bertc_read_output_padded(session.get(), logits, padded.data(),
                                     static_cast<int64_t>(padded.size())),
            BERTC_OK);
  const std::vector<float> rows = rowsOf(session.get(), logits);
  std::vector<float> expected(padded.size(), 0);
  std::copy_n(rows.begin(), FAKE_COLUMNS, expected.begin());
  std::copy_n(rows.begin() + FAKE_COLUMNS, FAKE_COLUMNS,
              expected.begin() + FAKE_COLUMNS);
  std::copy_n(rows.begin() + 2 * FAKE_COLUMNS, FAKE_COLUMNS,
              expected.begin() + 5 * FAKE_COLUMNS);
  EXPECT_EQ(padded, expected);
}

TEST_F(SelectionTest, countsColumnsOfPaddedRows) {
  const std::vector<int64_t> ids = {0, 7, 8, 4, 0, 5},
                             mask = {0, 1, 1, 1, 0, 1};
  ASSERT_EQ(select({1, 2}, 2), BERTC_OK);
  ASSERT_EQ(bertc_run_padded_i64(session.get(), ids.data(), mask.data(),
                                 nullptr, 2, 3),
            BERTC_OK)
      << lastError();
  EXPECT_EQ(rowsOf(session.get(), logits),
            expectedLogits(session.get(), {0, 3}));
  ASSERT_EQ(select({1, 1}, 2), BERTC_OK);
  EXPECT_EQ(bertc_run_padded_i64(session.get(), ids.data(), mask.data(),
                                 nullptr, 2, 3),
            BERTC_BAD_INPUT);
  EXPECT_THAT(lastError(), HasSubstr("column 1 of sequence 1 is no token"));
}

TEST_F(SelectionTest, mayChooseNothing) {
  ASSERT_EQ(bertc_select(session.get(), nullptr, 3, 0), BERTC_OK);
  ASSERT_EQ(run(), BERTC_OK) << lastError();
  EXPECT_TRUE(rowsOf(session.get(), logits).empty());
  EXPECT_THAT(shapeOf(logits), ElementsAre(3, 0, FAKE_COLUMNS));
}

TEST_F(SelectionTest, isForOneRun) {
  ASSERT_EQ(select({1, -1, -1}, 3), BERTC_OK);
  ASSERT_EQ(run(), BERTC_OK);
  EXPECT_EQ(rowsOf(session.get(), logits).size(), size_t(FAKE_COLUMNS));
  ASSERT_EQ(run(), BERTC_OK);
  EXPECT_EQ(rowsOf(session.get(), logits).size(), 6u * FAKE_COLUMNS);
}

TEST_F(SelectionTest, isGoneAfterARunThatFails) {
  const int32_t wrong[] = {0, 3, 2, 6};
  const std::vector<int32_t> ids(6, FAKE_VOCABULARY);
  auto fails = [&](bertc_status status, bertc_status expected) {
    EXPECT_EQ(status, expected) << lastError();
    ASSERT_EQ(run(), BERTC_OK) << lastError();
    EXPECT_EQ(rowsOf(session.get(), logits).size(), 6u * FAKE_COLUMNS);
    ASSERT_EQ(select({1, -1, -1}, 3), BERTC_OK);
  };
  ASSERT_EQ(select({1, -1, -1}, 3), BERTC_OK);
  bertc_session *s = session.get();
  const int32_t *given = batch.ids.data(), *offsets = batch.offsets.data();
  fails(bertc_run_packed(s, nullptr, nullptr, offsets, 3), BERTC_BAD_ARGUMENT);
  fails(bertc_run_packed(s, given, nullptr, nullptr, 3), BERTC_BAD_ARGUMENT);
  fails(bertc_run_packed(s, given, nullptr, offsets, -1), BERTC_BAD_ARGUMENT);
  fails(bertc_run_packed(s, given, nullptr, wrong, 3), BERTC_BAD_INPUT);
  fails(bertc_run_packed(s, ids.data(), nullptr, offsets, 3), BERTC_BAD_INPUT);
  fails(bertc_run_padded(s, given, nullptr, nullptr, -1, 3),
        BERTC_BAD_ARGUMENT);
  fails(bertc_run_padded(s, nullptr, nullptr, nullptr, 3, 1),
        BERTC_BAD_ARGUMENT);
  fails(bertc_run_padded(s, given, nullptr, nullptr, 2, 3), BERTC_BAD_INPUT);
}

TEST_F(SelectionTest, refusesWhatIsNoColumn) {
  EXPECT_EQ(select({-2, 0, 0}, 3), BERTC_BAD_INPUT);
  EXPECT_THAT(lastError(), HasSubstr("mlm_positions[0, 0] is -2"));
  EXPECT_EQ(select({0, 0, FAKE_POSITIONS}, 3), BERTC_BAD_INPUT);
  EXPECT_EQ(bertc_select(session.get(), nullptr, 3, 1), BERTC_BAD_ARGUMENT);
  EXPECT_EQ(bertc_select(session.get(), nullptr, -1, 1), BERTC_BAD_ARGUMENT);
  EXPECT_EQ(bertc_select(nullptr, nullptr, 0, 0), BERTC_BAD_ARGUMENT);
  const std::vector<int32_t> many(44, 0);
  EXPECT_EQ(select(many, 4), BERTC_OVER_CAPACITY);
  // None of them is pending.
  ASSERT_EQ(run(), BERTC_OK) << lastError();

  ASSERT_EQ(select({0, 1, 0}, 3), BERTC_OK); // behind the end of sequence 1
  EXPECT_EQ(run(), BERTC_BAD_INPUT);
  EXPECT_THAT(lastError(), HasSubstr("column 1 of sequence 1 is no token"));
  ASSERT_EQ(select({0, 0}, 2), BERTC_OK);
  EXPECT_EQ(run(), BERTC_BAD_INPUT);
  EXPECT_THAT(lastError(), HasSubstr("are of 2 sequences, the batch has 3"));
  const std::vector<int32_t> twice = {0, 0, 0, 0, 0, 0, 0, 0, 0};
  ASSERT_EQ(select(twice, 3), BERTC_OK);
  EXPECT_EQ(run(), BERTC_BAD_INPUT);
  EXPECT_THAT(lastError(), HasSubstr("some are there twice"));

  run::Model other(bertc_open(nullptr));
  run::Session without(bertc_session_create(other.get(), 10, 1, 1, nullptr));
  EXPECT_EQ(bertc_select(without.get(), nullptr, 0, 0), BERTC_BAD_ARGUMENT);
  EXPECT_THAT(lastError(), HasSubstr("no input mlm_positions"));
}

TEST_F(SelectionTest, scoresHaveNoColumns) {
  ASSERT_EQ(run(), BERTC_OK);
  EXPECT_THAT(shapeOf(scores), ElementsAre(3, 3));
  std::vector<float> padded(9, -1);
  ASSERT_EQ(bertc_read_output_padded(session.get(), scores, padded.data(), 9),
            BERTC_OK);
  const std::vector<float> rows = rowsOf(session.get(), hidden);
  auto first = [&](int64_t token) { return rows[token * FAKE_COLUMNS]; };
  EXPECT_THAT(padded, ElementsAre(first(0), first(1), first(2), first(3), 0, 0,
                                  first(4), first(5), 0));
}

TEST_F(SelectionTest, positionsCountTokens) {
  Packed padded;
  padded.add({7, FAKE_PAD, 9});
  ASSERT_EQ(runOn(session.get(), padded), BERTC_OK);
  const std::vector<float> rows = rowsOf(session.get(), hidden);
  // 1000 * id + 10 * position + type; ids have moved by 7 % 3 places.
  EXPECT_EQ(rows[0], 1000.0f * FAKE_PAD + 10 * 0 + 1);
  EXPECT_EQ(rows[FAKE_COLUMNS], 9000.0f + 10 * FAKE_PAD + 1);
  EXPECT_EQ(rows[2 * FAKE_COLUMNS], 7000.0f + 10 * 1 + 1);
}

TEST_F(SelectionTest, sessionsSelectAtTheSameTime) {
  std::atomic<int> mistakes{0};
  std::vector<std::thread> hosts;
  for (int32_t host = 0; host < 3; ++host)
    hosts.emplace_back([&, host] {
      run::Session mine = makeSession(1 + host % 2);
      for (int i = 0; i < 50; ++i) {
        const int32_t columns[] = {host, -1, host % 2};
        mistakes += bertc_select(mine.get(), columns, 3, 1) != BERTC_OK ||
                    runOn(mine.get(), batch) != BERTC_OK ||
                    rowsOf(mine.get(), logits) !=
                        expectedLogits(mine.get(), {host, 4 + host % 2});
      }
    });
  for (std::thread &host : hosts)
    host.join();
  EXPECT_EQ(mistakes, 0);
}

} // namespace
