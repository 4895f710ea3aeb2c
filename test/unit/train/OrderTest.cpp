//===- OrderTest.cpp ------------------------------------------------------===//

#include "runtime/train/Order.h"

#include <algorithm>
#include <array>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace bertc::train;
using ::testing::ElementsAre;

namespace {

TEST(OrderTest, isTheSameOnEveryMachine) {
  // Philox and the shuffle written down a second time, in Python.
  EXPECT_THAT(shuffled(42, 0, 10), ElementsAre(3, 6, 7, 0, 9, 5, 2, 1, 4, 8));
  EXPECT_THAT(shuffled(42, 1, 10), ElementsAre(3, 6, 0, 7, 5, 9, 1, 8, 2, 4));
  // The seed's upper half counts.
  EXPECT_THAT(shuffled(uint64_t(1) << 32 | 42, 0, 10),
              ElementsAre(6, 3, 9, 4, 7, 1, 0, 5, 2, 8));
}

TEST(OrderTest, takesEveryExampleOnce) {
  for (int64_t count : {0, 1, 2, 3, 1000}) {
    Examples order = shuffled(7, 3, count);
    std::sort(order.begin(), order.end());
    EXPECT_EQ(order, unshuffled(count));
  }
  EXPECT_THAT(unshuffled(4), ElementsAre(0, 1, 2, 3));
}

TEST(OrderTest, givesEveryOrderAsOften) {
  // 24,000 draws of 24 orders: 1,000 each, with a deviation of 31. The chance
  // that chi squared exceeds 60 with 23 degrees of freedom is 4e-5; the draws
  // are the same in every run of this test.
  std::array<int, 24> seen = {};
  for (uint32_t epoch = 0; epoch < 24000; ++epoch) {
    const Examples order = shuffled(1, epoch, 4);
    Examples next = unshuffled(4);
    int rank = 0;
    while (next != order) {
      std::next_permutation(next.begin(), next.end());
      ASSERT_LT(++rank, 24);
    }
    ++seen[static_cast<size_t>(rank)];
  }
  double chiSquared = 0;
  for (int count : seen)
    chiSquared += (count - 1000) * (count - 1000) / 1000.0;
  EXPECT_LT(chiSquared, 60);
}

TEST(OrderTest, epochsAndSeedsAreIndependent) {
  // Of 1,000 examples one stands in its old place by chance: more than eight
  // have a probability of 1e-6.
  auto same = [](const Examples &a, const Examples &b) {
    int count = 0;
    for (size_t i = 0; i < a.size(); ++i)
      count += a[i] == b[i];
    return count;
  };
  const Examples first = shuffled(1, 0, 1000);
  EXPECT_LE(same(first, unshuffled(1000)), 8);
  EXPECT_LE(same(first, shuffled(1, 1, 1000)), 8);
  EXPECT_LE(same(first, shuffled(2, 0, 1000)), 8);
  EXPECT_LE(same(first, shuffled(uint64_t(1) << 32 | 1, 0, 1000)), 8);
  EXPECT_EQ(first, shuffled(1, 0, 1000));
}

} // namespace
