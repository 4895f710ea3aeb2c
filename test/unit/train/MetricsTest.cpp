//===- MetricsTest.cpp ----------------------------------------------------===//
//
// Expected numbers are those of scikit-learn 1.9 and SciPy 1.17. Both sides
// compute in f64: 1e-14 is some fifty times its rounding.
//
//===----------------------------------------------------------------------===//

#include "runtime/train/Metrics.h"

#include <gtest/gtest.h>
#include <limits>

using namespace bertc::train;

namespace {

constexpr double tolerance = 1e-14;

TEST(MetricsTest, ofTwoClasses) {
  const Classes predicted = {1, 0, 1, 1, 0, 0, 1, 0, 1, 0};
  const Classes right = {1, 0, 0, 1, 0, 1, 1, 0, 1, 1};
  EXPECT_NEAR(accuracy(predicted, right), 0.7, tolerance);
  EXPECT_NEAR(f1(predicted, right), 0.7272727272727273, tolerance);
  EXPECT_NEAR(f1(predicted, right, 0), 2.0 / 3, tolerance);
  EXPECT_NEAR(macroF1(predicted, right), 0.696969696969697, tolerance);
  EXPECT_NEAR(microF1(predicted, right), 0.7, tolerance);
  EXPECT_NEAR(matthews(predicted, right), 0.408248290463863, tolerance);
}

TEST(MetricsTest, ofThreeClasses) {
  const Classes predicted = {0, 1, 2, 2, 1, 0, 1, 2, 0, 0, 1, 1};
  const Classes right = {0, 1, 2, 1, 1, 0, 2, 2, 0, 1, 0, 1};
  EXPECT_NEAR(accuracy(predicted, right), 2.0 / 3, tolerance);
  EXPECT_NEAR(macroF1(predicted, right), 0.6722222222222222, tolerance);
  EXPECT_NEAR(microF1(predicted, right), 2.0 / 3, tolerance);
  EXPECT_NEAR(matthews(predicted, right), 0.48936170212765956, tolerance);
}

TEST(MetricsTest, areOneAndMinusOneAtTheEnds) {
  const Classes some = {0, 1, 1, 0}, others = {1, 0, 0, 1};
  EXPECT_EQ(accuracy(some, some), 1);
  EXPECT_EQ(macroF1(some, some), 1);
  EXPECT_NEAR(matthews(some, some), 1, tolerance);
  EXPECT_EQ(accuracy(some, others), 0);
  EXPECT_EQ(f1(some, others), 0);
  EXPECT_NEAR(matthews(some, others), -1, tolerance);
}

TEST(MetricsTest, ofConstantPredictions) {
  const Classes predicted = {0, 0, 0, 0}, right = {0, 1, 0, 1};
  EXPECT_EQ(accuracy(predicted, right), 0.5);
  EXPECT_EQ(f1(predicted, right), 0);
  EXPECT_NEAR(macroF1(predicted, right), 1.0 / 3, tolerance);
  EXPECT_EQ(matthews(predicted, right), 0);
  EXPECT_EQ(matthews(right, predicted), 0);
  // Neither list has the class.
  EXPECT_EQ(f1(predicted, predicted), 0);
}

TEST(MetricsTest, countAClassThatIsNeverRight) {
  const Classes predicted = {0, 3, 0, 0}, right = {0, 1, 0, 1};
  EXPECT_NEAR(macroF1(predicted, right), 0.26666666666666666, tolerance);
  EXPECT_EQ(microF1(predicted, right), 0.5);
  EXPECT_NEAR(matthews(predicted, right), 0.2886751345948129, tolerance);
}

TEST(MetricsTest, ofNumbers) {
  const std::vector<float> predicted = {0.5,  2.25, 3.5,  1.0,
                                        4.75, 2.25, 0.25, 5.0};
  const std::vector<float> right = {1.0, 2.0, 3.0, 1.5, 4.0, 2.0, 2.0, 3.0};
  EXPECT_NEAR(pearson(predicted, right), 0.8804797380947617, tolerance);
  EXPECT_NEAR(spearman(predicted, right), 0.815063309732094, tolerance);
}

TEST(MetricsTest, ranksAreAllThatSpearmanSees) {
  const std::vector<float> numbers = {1, 2, 3, 4, 5};
  const std::vector<float> squares = {-1, -4, -9, -16, -25};
  EXPECT_NEAR(pearson(numbers, squares), -0.981104910251593, tolerance);
  EXPECT_NEAR(spearman(numbers, squares), -1, tolerance);
  // The largest numbers of f32 do not overflow.
  const float most = std::numeric_limits<float>::max();
  EXPECT_NEAR(pearson({-most, 0, most}, {1, 2, 3}), 1, tolerance);
}

TEST(MetricsTest, areNeverNan) {
  const float infinity = std::numeric_limits<float>::infinity();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> constant = {0.1f, 0.1f, 0.1f};
  for (auto *correlate : {pearson, spearman}) {
    EXPECT_EQ(correlate(constant, {1, 2, 3}), 0);
    EXPECT_EQ(correlate({1, 2, 3}, constant), 0);
    EXPECT_EQ(correlate({1, nan, 3}, {1, 2, 3}), 0);
    EXPECT_EQ(correlate({1, 2, 3}, {1, infinity, 3}), 0);
    EXPECT_EQ(correlate({1}, {1}), 0);
    EXPECT_EQ(correlate({}, {}), 0);
  }
  for (auto *score : {accuracy, macroF1, microF1, matthews})
    EXPECT_EQ(score({}, {}), 0);
  EXPECT_EQ(f1({}, {}), 0);
}

} // namespace
