//===- WeightsWriterTest.cpp ----------------------------------------------===//

#include "compiler/WeightsWriter.h"
#include "compiler/ElfObject.h"
#include "dialect/BertOps.h"

#include "TestSupport.h"

#include <cmath>
#include <cstring>
#include <limits>

using namespace bertc;

namespace {

/// The section's bytes as floats.
std::vector<float> section(const std::string &path, size_t count) {
  std::string file = contents(path);
  std::vector<float> values(count);
  ElfDataObject object{weightsSection.str(), weightsSymbol.str(),
                       count * sizeof(float)};
  EXPECT_EQ(file.size(), object.fileBytes());
  if (file.size() == object.fileBytes())
    std::memcpy(values.data(), file.data() + object.dataOffset(),
                count * sizeof(float));
  return values;
}

TEST(PackPanel, TransposesAndFills) {
  const int64_t count = 3, columns = 37, panel = 4;
  std::vector<float> rows(count * columns), packed(columns * panel, -1);
  for (size_t i = 0; i < rows.size(); ++i)
    rows[i] = i;
  packPanel(rows.data(), count, columns, panel, packed.data());
  for (int64_t k = 0; k < columns; ++k)
    for (int64_t j = 0; j < panel; ++j)
      EXPECT_EQ(packed[k * panel + j], j < count ? rows[j * columns + k] : 0);
}

TEST(PackPanelPairs, PutsPairsOfBf16SideBySide) {
  // 19 pairs, and zeros up to 32 of them.
  const int64_t count = 3, columns = 37, padded = 64, panel = 4;
  std::vector<float> rows(count * columns);
  std::vector<uint16_t> packed(padded * panel, 0x7777);
  for (size_t i = 0; i < rows.size(); ++i)
    rows[i] = i; // up to 256 exact
  packPanelPairs(rows.data(), count, columns, panel, packed.data());
  for (int64_t k = 0; k < padded; ++k)
    for (int64_t j = 0; j < panel; ++j) {
      float expected = j < count && k < columns ? rows[j * columns + k] : 0;
      EXPECT_EQ(packed[(k / 2 * panel + j) * 2 + k % 2],
                llvm::bit_cast<uint32_t>(expected) >> 16);
    }
}

TEST(PackPanelPairs, RoundsToTheNearestEven) {
  const float infinity = std::numeric_limits<float>::infinity();
  const std::pair<float, uint16_t> cases[] = {
      {1.00390625f, 0x3f80},  {1.01171875f, 0x3f82}, {1.00390637f, 0x3f81},
      {-1.00390625f, 0xbf80}, {3.4e38f, 0x7f80},     {infinity, 0x7f80},
      {-infinity, 0xff80},    {-0.0f, 0x8000},       {1e-40f, 0x0001}};
  for (auto [value, expected] : cases) {
    uint16_t packed[32];
    packPanelPairs(&value, 1, 1, 1, packed);
    EXPECT_EQ(packed[0], expected) << value;
    EXPECT_EQ(packed[1], 0);
  }
  // All the fraction's ones below the cut: still no number.
  const auto quiet = llvm::bit_cast<float>(0x7f80ffffu);
  uint16_t packed[32];
  packPanelPairs(&quiet, 1, 1, 1, packed);
  EXPECT_EQ(packed[0], 0x7fc0);
}

TEST(PackPanelIntegers, ScalesEachRow) {
  // Five columns: a group of four and one of one, zeros up to 16 groups, then
  // sums and scales.
  const float rows[] = {
      1.27f, -1.27f, 0.005f, 0.015f, 0.01f,   // 127 -127 0 2 1
      0,     0,      0,      0,      0,       // no scale
      -254,  2,      3,      -3,     252.9f}; // 2: -127 1 2 -2 126
  constexpr int64_t panel = 4;
  int8_t packed[18 * panel * 4];
  packPanelIntegers(rows, 3, 5, panel, packed);
  auto integer = [&](int64_t k, int64_t j) {
    return int(packed[(k / 4 * panel + j) * 4 + k % 4]);
  };
  const int expected[3][5] = {
      {127, -127, 0, 2, 1}, {0, 0, 0, 0, 0}, {-127, 1, 2, -2, 126}};
  for (int64_t j = 0; j < 3; ++j)
    for (int64_t k = 0; k < 5; ++k)
      EXPECT_EQ(integer(k, j), expected[j][k]) << j << " " << k;
  for (int64_t j = 0; j < panel; ++j)
    for (int64_t k = j < 3 ? 5 : 0; k < 64; ++k)
      EXPECT_EQ(integer(k, j), 0);
  int32_t sums[panel];
  float scales[panel];
  std::memcpy(sums, packed + 16 * panel * 4, sizeof(sums));
  std::memcpy(scales, packed + 17 * panel * 4, sizeof(scales));
  EXPECT_EQ(std::vector<int32_t>(sums, sums + panel),
            (std::vector<int32_t>{3, 0, 0, 0}));
  EXPECT_EQ(std::vector<float>(scales, scales + panel),
            (std::vector<float>{1.27f / 127, 0, 2, 0}));
}

TEST(PackPanelIntegers, TakesTheSmallestForZero) {
  const float row[] = {1e-40f, -1e-40f};
  int8_t packed[18 * 4];
  packPanelIntegers(row, 1, 2, 1, packed);
  EXPECT_EQ(packed[0], 0);
  EXPECT_EQ(packed[1], 0);
}

TEST(PackPanelIntegers, KeepsThatARowIsNotFinite) {
  for (float value : {std::numeric_limits<float>::quiet_NaN(),
                      std::numeric_limits<float>::infinity()}) {
    const float row[] = {1, value, 2};
    int8_t packed[18 * 4];
    packPanelIntegers(row, 1, 3, 1, packed);
    float scale;
    std::memcpy(&scale, packed + 17 * 4, 4);
    EXPECT_FALSE(std::isfinite(scale));
  }
}

TEST(WeightsWriter, PacksConcatenatedSources) {
  CountingSource source;
  source.add("q", {3, 5});
  source.add("k", {2, 5});
  source.add("bias", {6});
  source.add("table", {2, 3});
  std::vector<StoredParameter> parameters{
      {"qk", {"q", "k"}, {5, 5}, 4, 0, 2 * 4 * 5 * 4},
      {"bias", {"bias"}, {6}, 4, 192, 8 * 4},
      {"table", {"table"}, {2, 3}, 0, 256, 6 * 4}};
  for (unsigned threads : {1, 3}) {
    TestFolder folder;
    std::string path = folder.emptyFile("weights.o");
    ASSERT_EQ(message(writeWeightsObject(path, parameters, source, threads)),
              "");
    std::vector<float> values = section(path, (256 + 24) / 4);
    for (int64_t p = 0; p < 2; ++p)
      for (int64_t k = 0; k < 5; ++k)
        for (int64_t j = 0; j < 4; ++j) {
          int64_t row = 4 * p + j;
          float expected = row < 3   ? source.value("q", row * 5 + k)
                           : row < 5 ? source.value("k", (row - 3) * 5 + k)
                                     : 0;
          EXPECT_EQ(values[(p * 5 + k) * 4 + j], expected);
        }
    for (int64_t i = 0; i < 8; ++i)
      EXPECT_EQ(values[48 + i], i < 6 ? source.value("bias", i) : 0);
    for (int64_t i = 0; i < 6; ++i)
      EXPECT_EQ(values[64 + i], source.value("table", i));
  }
}

TEST(WeightsWriter, CutsLargeParameters) {
  CountingSource source;
  source.add("w", {70, 9000});
  source.add("table", {600000, 1});
  int64_t packedBytes = 3 * 32 * 9000 * 4;
  std::vector<StoredParameter> parameters{
      {"w", {"w"}, {70, 9000}, 32, 0, packedBytes},
      {"table", {"table"}, {600000, 1}, 0, packedBytes, 600000 * 4}};
  TestFolder folder;
  std::string path = folder.emptyFile("weights.o");
  ASSERT_EQ(message(writeWeightsObject(path, parameters, source, 2)), "");
  std::vector<float> values = section(path, (packedBytes + 600000 * 4) / 4);
  for (int64_t row = 0; row < 96; ++row)
    for (int64_t k = 0; k < 9000; k += 7)
      ASSERT_EQ(values[(row / 32 * 9000 + k) * 32 + row % 32],
                row < 70 ? source.value("w", row * 9000 + k) : 0);
  for (int64_t i = 0; i < 600000; i += 11)
    ASSERT_EQ(values[packedBytes / 4 + i], source.value("table", i));
}

TEST(WeightsWriter, RefusesWhatDoesNotFit) {
  CountingSource source;
  source.add("w", {4, 4});
  TestFolder folder;
  std::string path = folder.emptyFile("weights.o");
  EXPECT_EQ(message(writeWeightsObject(path, {{"w", {"w"}, {5, 4}, 0, 0, 80}},
                                       source)),
            "parameter \"w\": its sources do not add up to its shape");
  EXPECT_EQ(message(writeWeightsObject(path, {{"w", {"w"}, {4, 4}, 3, 0, 64}},
                                       source)),
            "parameter \"w\": its place is smaller than its value");
  EXPECT_EQ(message(writeWeightsObject(
                path, {{"w", {"w"}, {4, 4}, 0, 0, 64, bert::Precision::bf16}},
                source)),
            "parameter \"w\": what is not packed is f32");
}

TEST(WeightsWriter, SaysWhyItCannotWrite) {
  CountingSource source;
  source.add("w", {4, 4});
  EXPECT_EQ(
      message(writeWeightsObject("/dev/full/weights.o",
                                 {{"w", {"w"}, {4, 4}, 0, 0, 64}}, source)),
      "cannot write: Not a directory");
}

} // namespace
