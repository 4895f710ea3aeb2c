//===- SequenceIdsTest.cpp - which sequences of a step a run has ----------===//
//
// The model of FakeModel.h with FAKE_DROPS, whose pooled rows are the ids.
//
//===----------------------------------------------------------------------===//

#include "test/unit/runtime/TestSupport.h"

#include "runtime/include/bertc_train.h"

#include <gmock/gmock.h>

using namespace bertc;
using namespace bertc::test;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

namespace {

class SequenceIdsTest : public ::testing::Test {
protected:
  void SetUp() override {
    model.reset(bertc_open(library("dropping").c_str()));
    ASSERT_TRUE(model) << lastError();
    session.reset(bertc_session_create(model.get(), 40, 4, 2, nullptr));
    ASSERT_TRUE(session) << lastError();
    for (const std::vector<int32_t> &sequence :
         {std::vector<int32_t>{7, 8, 9}, {4}, {5, 6}})
      batch.add(sequence);
  }
  bertc_status give(const std::vector<int32_t> &ids) {
    given = ids; // the array must stay until the run has ended
    return bertc_give_sequence_ids(session.get(), given.data(),
                                   static_cast<int64_t>(given.size()));
  }
  bertc_status run() {
    return bertc_run_packed(session.get(), batch.ids.data(), nullptr,
                            batch.offsets.data(), batch.sequences());
  }
  /// The ids that the last run saw.
  std::vector<float> seen() {
    const std::vector<float> rows = rowsOf(session.get(), 1);
    std::vector<float> ids;
    for (size_t i = 0; i < rows.size(); i += FAKE_COLUMNS)
      ids.push_back(rows[i]);
    return ids;
  }

  run::Model model;
  run::Session session;
  Packed batch;
  std::vector<int32_t> given;
};

TEST_F(SequenceIdsTest, countWhereNobodyGivesThem) {
  ASSERT_EQ(run(), BERTC_OK) << lastError();
  EXPECT_THAT(seen(), ElementsAre(0, 1, 2));
}

TEST_F(SequenceIdsTest, areOfOneRun) {
  ASSERT_EQ(give({9, -4, 1 << 20}), BERTC_OK) << lastError();
  ASSERT_EQ(run(), BERTC_OK) << lastError();
  EXPECT_THAT(seen(), ElementsAre(9, -4, 1 << 20));
  ASSERT_EQ(run(), BERTC_OK) << lastError();
  EXPECT_THAT(seen(), ElementsAre(0, 1, 2));
}

TEST_F(SequenceIdsTest, areOfPaddedRunsToo) {
  const std::vector<int32_t> ids = {7, 8, 4, 0}, mask = {1, 1, 1, 0};
  ASSERT_EQ(give({5, 3}), BERTC_OK) << lastError();
  ASSERT_EQ(
      bertc_run_padded(session.get(), ids.data(), mask.data(), nullptr, 2, 2),
      BERTC_OK)
      << lastError();
  EXPECT_THAT(seen(), ElementsAre(5, 3));
}

TEST_F(SequenceIdsTest, areAsManyAsTheRunsSequences) {
  for (const std::vector<int32_t> &ids :
       {std::vector<int32_t>{1, 2}, {1, 2, 3, 4}}) {
    ASSERT_EQ(run(), BERTC_OK) << lastError();
    ASSERT_EQ(give(ids), BERTC_OK) << lastError();
    EXPECT_EQ(run(), BERTC_BAD_INPUT);
    EXPECT_EQ(lastError(), std::to_string(ids.size()) +
                               " sequence_ids, the run has 3 sequences");
    // Refused as a whole: the results of the run before are there.
    EXPECT_THAT(seen(), ElementsAre(0, 1, 2));
  }
}

TEST_F(SequenceIdsTest, needAModelThatReadsThem) {
  EXPECT_EQ(bertc_give_sequence_ids(nullptr, nullptr, 0), BERTC_BAD_ARGUMENT);
  EXPECT_EQ(bertc_give_sequence_ids(session.get(), nullptr, 1),
            BERTC_BAD_ARGUMENT);
  EXPECT_THAT(lastError(), HasSubstr("array of sequence_ids is NULL"));
  model.reset(bertc_open(library("model").c_str()));
  session.reset(bertc_session_create(model.get(), 40, 4, 2, nullptr));
  EXPECT_EQ(give({1}), BERTC_BAD_ARGUMENT);
  EXPECT_EQ(lastError(), "the model has no input sequence_ids");
}

TEST_F(SequenceIdsTest, areOfSequences) {
  EXPECT_FALSE(run::Model(bertc_open(library("ids_of_tokens").c_str())));
  EXPECT_THAT(lastError(), HasSubstr("ids_of_tokens.so"));
}

} // namespace
