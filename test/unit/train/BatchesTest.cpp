//===- BatchesTest.cpp ----------------------------------------------------===//

#include "runtime/train/Batches.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace bertc::train;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

namespace {

const std::vector<int64_t> lengths = {5, 3, 9, 2, 2, 7, 1};

Examples joined(const std::vector<Examples> &batches) {
  Examples all;
  for (const Examples &batch : batches)
    all.insert(all.end(), batch.begin(), batch.end());
  return all;
}

int64_t tokensOf(const Examples &batch) {
  int64_t sum = 0;
  for (int64_t example : batch)
    sum += lengths[static_cast<size_t>(example)];
  return sum;
}

TEST(BatchesTest, holdSoManyExamples) {
  EXPECT_THAT(cut({6, 5, 4, 3, 2, 1, 0}, lengths, {3, 0}),
              ElementsAre(Examples{6, 5, 4}, Examples{3, 2, 1}, Examples{0}));
  EXPECT_THAT(cut({1, 2}, lengths, {2, 0}), ElementsAre(Examples{1, 2}));
}

TEST(BatchesTest, holdSoManyTokens) {
  // 5 + 3, 9, 2 + 2, 7 + 1: a batch may be filled to the last token.
  EXPECT_THAT(
      cut(unshuffled(7), lengths, {0, 9}),
      ElementsAre(Examples{0, 1}, Examples{2}, Examples{3, 4}, Examples{5, 6}));
  EXPECT_THAT(
      cut(unshuffled(7), lengths, {0, 8}),
      ElementsAre(Examples{0, 1}, Examples{2}, Examples{3, 4}, Examples{5, 6}));
}

TEST(BatchesTest, holdWhatBothLimitsAllow) {
  EXPECT_THAT(
      cut(unshuffled(7), lengths, {2, 13}),
      ElementsAre(Examples{0, 1}, Examples{2, 3}, Examples{4, 5}, Examples{6}));
}

TEST(BatchesTest, areOneWithoutLimits) {
  EXPECT_THAT(cut({3, 1}, lengths, {}), ElementsAre(Examples{3, 1}));
  EXPECT_THAT(cut({}, lengths, {2, 2}), IsEmpty());
}

TEST(BatchesTest, areCutIntoMicroBatches) {
  const Examples batch = {2, 0, 4, 3, 1};
  EXPECT_THAT(cut(batch, lengths, {0, 9}),
              ElementsAre(Examples{2}, Examples{0, 4, 3}, Examples{1}));
}

TEST(BatchesTest, giveAnExampleThatIsTooLongAPieceToItself) {
  EXPECT_THAT(cut({0, 2, 3, 4}, lengths, {0, 6}),
              ElementsAre(Examples{0}, Examples{2}, Examples{3, 4}));
  EXPECT_EQ(firstTooLong(lengths, {0, 6}), 2);
  EXPECT_EQ(firstTooLong(lengths, {0, 9}), std::nullopt);
  EXPECT_EQ(firstTooLong(lengths, {3, 0}), std::nullopt);
}

TEST(BatchesTest, ofAnEpochAreItsOrderCut) {
  const Sampling sampling(lengths, {0, 10}, 42);
  for (uint32_t epoch : {0u, 1u, 1000u}) {
    const std::vector<Examples> batches = sampling.batches(epoch);
    EXPECT_EQ(joined(batches), shuffled(42, epoch, 7));
    for (const Examples &batch : batches)
      EXPECT_LE(tokensOf(batch), 10);
  }
  EXPECT_EQ(joined(Sampling(lengths, {2, 0}, std::nullopt).batches(5)),
            unshuffled(7));
}

TEST(BatchesTest, areFoundAgainByTheNumberOfSteps) {
  const Sampling sampling(lengths, {0, 12}, 42);
  // Not all epochs have as many batches, or this would show nothing.
  ASSERT_NE(sampling.steps(1) * 20, sampling.steps(20));
  int64_t step = 0;
  for (uint32_t epoch = 0; epoch < 20; ++epoch) {
    EXPECT_EQ(sampling.steps(epoch), step);
    const auto count = static_cast<int64_t>(sampling.batches(epoch).size());
    for (int64_t batch = 0; batch < count; ++batch, ++step) {
      const Position position = sampling.after(step);
      EXPECT_EQ(position.epoch, epoch);
      EXPECT_EQ(position.batch, batch);
    }
  }
}

TEST(BatchesTest, ofNoExamplesAreNone) {
  const Sampling none({}, {2, 0}, 1);
  EXPECT_THAT(none.batches(0), IsEmpty());
  EXPECT_EQ(none.steps(3), 0);
  EXPECT_EQ(none.after(0).epoch, 0u);
}

} // namespace
