//===- FreshWeightsTest.cpp -----------------------------------------------===//

#include "compiler/FreshWeights.h"
#include "compiler/NormalQuantile.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

using namespace bertc;

namespace {

InventoryItem itemOf(std::string symbol, std::vector<int64_t> shape,
                     FreshValues fresh = FreshValues::normal) {
  InventoryItem item;
  item.name = "prefix." + symbol;
  item.symbol = std::move(symbol);
  item.shape = std::move(shape);
  item.fresh = fresh;
  return item;
}

std::vector<float> filled(const InventoryItem &item, uint64_t seed,
                          int64_t first, size_t count, double range = 0.02) {
  std::vector<float> values(count, -7);
  fillFresh(item, range, seed, first, values);
  return values;
}

/// Against Python's statistics.NormalDist().inv_cdf, which is AS 241 with the C
/// library's logarithm: a few units in the last place.
TEST(FreshWeightsTest, QuantilesAreThoseOfTheNormalDistribution) {
  const std::pair<double, double> known[] = {{0x1p-33, -6.337957754553789},
                                             {0.0001, -3.71901648545568},
                                             {0.075, -1.4395314709384557},
                                             {0.3, -0.5244005127080407},
                                             {0.5, 0},
                                             {0.6, 0.2533471031357998},
                                             {0.925, 1.439531470938456},
                                             {1 - 0x1p-33, 6.337957754553789}};
  for (auto [p, quantile] : known)
    EXPECT_NEAR(normalQuantile(p), quantile, 2e-15 * std::abs(quantile)) << p;
  // Against the distribution itself, erfc being good to 1e-15.
  for (int i = 1; i < 1000; ++i) {
    const double p = i / 1000.0;
    EXPECT_NEAR(0.5 * std::erfc(-normalQuantile(p) / std::sqrt(2.0)), p, 1e-14);
  }
}

/// Bits that a program in Python made, from the description in the header
/// alone: they are part of what a seed means.
TEST(FreshWeightsTest, NumbersAreThoseOfTheSeedAndTheName) {
  const InventoryItem item = itemOf("classifier.weight", {3, 1LL << 40});
  EXPECT_EQ(filled(item, 0, 0, 5),
            (std::vector<float>{-0x1.14f638p-7f, 0x1.27650cp-6f, 0x1.1fae48p-8f,
                                -0x1.fb2432p-8f, 0x1.c2f29ep-11f}));
  const uint64_t seed = 0xFEDCBA9876543210;
  EXPECT_EQ(filled(item, seed, 0, 1)[0], -0x1.637932p-13f);
  EXPECT_EQ(filled(item, seed, 1LL << 34, 1)[0], -0x1.8ac6b2p-6f);
}

TEST(FreshWeightsTest, PiecesAreThoseOfTheWhole) {
  InventoryItem item = itemOf("table", {20, 7});
  item.zeroRow = 4;
  const std::vector<float> whole = filled(item, 9, 0, 140);
  for (int64_t first = 0; first < 140; ++first)
    for (size_t count : {1, 3, 9, 40})
      if (first + count <= 140)
        EXPECT_EQ(filled(item, 9, first, count),
                  std::vector<float>(whole.begin() + first,
                                     whole.begin() + first + count));
  for (int64_t i = 0; i < 140; ++i)
    EXPECT_EQ(whole[i] == 0, i / 7 == 4) << i;
}

/// Bounds of five standard deviations of what is estimated, which one in two
/// million seeds would leave; this one is fixed.
TEST(FreshWeightsTest, NumbersAreNormal) {
  const int64_t count = 1 << 20;
  const double range = 0.02;
  const std::vector<float> first =
      filled(itemOf("first", {count}), 1, 0, count, range);
  const std::vector<float> others[] = {
      filled(itemOf("second", {count}), 1, 0, count, range),
      filled(itemOf("first", {count}), 2, 0, count, range),
      filled(itemOf("first", {count + 1}), 1, 1, count, range)};
  double sum = 0, squares = 0, fourths = 0;
  int64_t beyondTwo = 0;
  for (float value : first) {
    const double x = value / range;
    sum += x;
    squares += x * x;
    fourths += x * x * x * x;
    beyondTwo += std::abs(x) > 2;
  }
  const double root = std::sqrt(double(count));
  EXPECT_LT(std::abs(sum / count), 5 / root);
  EXPECT_LT(std::abs(squares / count - 1), 5 * std::sqrt(2.0) / root);
  EXPECT_LT(std::abs(fourths / count - 3), 5 * std::sqrt(96.0) / root);
  const double share = std::erfc(std::sqrt(2.0)); // 4.55 %
  EXPECT_LT(std::abs(double(beyondTwo) / count - share),
            5 * std::sqrt(share * (1 - share)) / root);
  // Of another name, another seed, one place on: nothing in common.
  for (const std::vector<float> &other : others) {
    double products = 0;
    for (int64_t i = 0; i < count; ++i)
      products += double(first[i]) * other[i] / (range * range);
    EXPECT_LT(std::abs(products / count), 5 / root);
  }
}

TEST(FreshWeightsTest, NormsBiasesAndSinusoids) {
  EXPECT_EQ(filled(itemOf("norm.weight", {3}, FreshValues::ones), 1, 0, 3),
            std::vector<float>(3, 1.0f));
  EXPECT_EQ(filled(itemOf("bias", {3}, FreshValues::zeros), 1, 0, 3),
            std::vector<float>(3, 0.0f));
  // Rows 0 and 1 of four columns, whose waves are of 1 and 100.
  const std::vector<float> expected = {
      0, 1, 0, 1, 0.8414710f, 0.5403023f, 0.0099998f, 0.9999500f};
  const InventoryItem positions =
      itemOf("positions", {2, 4}, FreshValues::sinusoids);
  const std::vector<float> values = filled(positions, 1, 0, 8);
  for (size_t i = 0; i < 8; ++i)
    EXPECT_NEAR(values[i], expected[i], 1e-7) << i;
  EXPECT_EQ(filled(positions, 1, 5, 1)[0], values[5]);
}

} // namespace
