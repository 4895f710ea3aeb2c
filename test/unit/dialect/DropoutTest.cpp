//===- DropoutTest.cpp - what is made of random numbers -------------------===//
//--------------------===//

#include "dialect/BertOps.h"
#include "dialect/reference/Interpreter.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/FormatVariadic.h"
#include "gtest/gtest.h"

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

using namespace bertc;
using namespace mlir;

namespace {

constexpr int64_t hidden = 8;

class DropoutTest : public testing::Test {
protected:
  DropoutTest() { context.loadDialect<bert::BertDialect, func::FuncDialect>(); }

  static ReferenceTensor list(std::vector<double> values) {
    ReferenceTensor tensor({int64_t(values.size())});
    tensor.values = std::move(values);
    return tensor;
  }

  /// Rows of ones through bert.dropout, or with `attention` unit rows of values
  /// through bert.dropout_attention: what is kept, in the rows' order.
  ReferenceTensor drop(double rate, std::vector<double> key,
                       std::vector<double> ids, std::vector<double> offsets,
                       bool attention = false) {
    const std::string attributes = "rate = " + std::to_string(rate) + " : f64";
    const std::string rows = "tensor<?x8xf32>";
    const std::string text =
        "func.func @f(%x: " + rows +
        ", %k: tensor<2xi32>, %i: tensor<?xi32>, %o: tensor<?xi32>) -> " +
        rows + " {\n" +
        (attention
             ? "%y = bert.dropout_attention %x, %x, %x, %o dropout %k, %i "
               "{num_heads = 2 : i64, " +
                   attributes + "} : (" + rows + ", " + rows + ", " + rows +
                   ", tensor<?xi32>, tensor<2xi32>, tensor<?xi32>) -> " + rows
             : "%y = bert.dropout %x, %k, %i offsets %o {" + attributes +
                   "} : (" + rows +
                   ", tensor<2xi32>, tensor<?xi32>, tensor<?xi32>) -> " +
                   rows) +
        "\nreturn %y : " + rows + "\n}";
    auto module = parseSourceString<ModuleOp>(text, &context);
    EXPECT_TRUE(module) << text;
    ReferenceTensor x({int64_t(offsets.back()), hidden});
    for (double &value : x.values)
      value = 1;
    auto results = interpret(*module, "f",
                             {x, list(std::move(key)), list(std::move(ids)),
                              list(std::move(offsets))},
                             inlineParameters());
    EXPECT_TRUE(bool(results));
    return std::move(results->front());
  }

  /// The key that numbers folded into {seed, 0} make, one after the other.
  std::vector<double> fold(double seed, const std::vector<int64_t> &numbers) {
    std::string text = "func.func @f(%k: tensor<2xi32>) -> tensor<2xi32> {\n";
    std::string key = "%k";
    for (int64_t number : numbers) {
      const std::string next = "%k" + std::to_string(text.size());
      text += llvm::formatv("{0} = bert.fold_in {1} {{number = {2} : i64} : "
                            "(tensor<2xi32>) -> tensor<2xi32>\n",
                            next, key, number);
      key = next;
    }
    text += "return " + key + " : tensor<2xi32>\n}";
    auto module = parseSourceString<ModuleOp>(text, &context);
    EXPECT_TRUE(module) << text;
    auto results =
        interpret(*module, "f", {list({seed, 0})}, inlineParameters());
    EXPECT_TRUE(bool(results));
    return results->front().values;
  }

  /// Weights of attention, times their factors: of `heads` heads over one
  /// sequence of `size` tokens, which all have one weight. [t, head * size +
  /// s]; with `backward` the gradient by the values, [s, head * size + t].
  ReferenceTensor weights(int64_t heads, int64_t size, std::vector<double> key,
                          bool backward) {
    const int64_t columns = heads * size;
    const std::string rows = "tensor<?x" + std::to_string(columns) + "xf32>";
    const std::string all = "tensor<?x" + std::to_string(3 * columns) + "xf32>";
    const std::string tail =
        "%o dropout %k, %i {num_heads = " + std::to_string(heads) +
        " : i64, rate = 0.5 : f64} : (";
    const std::string types =
        "tensor<?xi32>, tensor<2xi32>, tensor<?xi32>) -> ";
    const std::string text =
        "func.func @f(%x: " + rows + ", %v: " + rows +
        ", %k: tensor<2xi32>, %i: tensor<?xi32>, %o: tensor<?xi32>) -> " +
        rows + " {\n" +
        (backward
             ? "%d = bert.dropout_attention_gradient %v, %x, %x, %x, " + tail +
                   rows + ", " + rows + ", " + rows + ", " + rows + ", " +
                   types + all + "\n%y = bert.slice_columns %d {first = " +
                   std::to_string(2 * columns) +
                   " : i64, count = " + std::to_string(columns) +
                   " : i64} : (" + all + ") -> " + rows
             : "%y = bert.dropout_attention %x, %x, %v, " + tail + rows + ", " +
                   rows + ", " + rows + ", " + types + rows) +
        "\nreturn %y : " + rows + "\n}";
    auto module = parseSourceString<ModuleOp>(text, &context);
    EXPECT_TRUE(module) << text;
    ReferenceTensor zeros({size, columns}), units({size, columns});
    for (int64_t head = 0; head < heads; ++head)
      for (int64_t s = 0; s < size; ++s)
        units.row(s)[head * size + s] = 1;
    auto results = interpret(*module, "f",
                             {zeros, units, list(std::move(key)), list({3}),
                              list({0, double(size)})},
                             inlineParameters());
    EXPECT_TRUE(bool(results));
    return std::move(results->front());
  }

  MLIRContext context;
};

double mean(const ReferenceTensor &x) {
  double sum = 0;
  for (double value : x.values)
    sum += value;
  return sum / double(x.values.size());
}

TEST_F(DropoutTest, KeepsItsRateAndTheMean) {
  // 16,000 draws: four deviations.
  for (double rate : {0.0, 0.1, 0.5, 0.9}) {
    ReferenceTensor y = drop(rate, {1, 2}, {0, 1}, {0, 900, 2000});
    double kept = 0;
    for (double value : y.values) {
      EXPECT_TRUE(value == 0 || value == 1 / (1 - rate)) << value;
      kept += value != 0;
    }
    const double count = double(y.values.size());
    EXPECT_NEAR(kept / count, 1 - rate,
                4 * std::sqrt(rate * (1 - rate) / count));
  }
  EXPECT_NEAR(mean(drop(0.25, {1, 2}, {0}, {0, 2000})), 1, 0.03);
  // A weight of attention is one of 200 equal ones, its sum 1 in the mean.
  EXPECT_NEAR(mean(drop(0.25, {1, 2}, {0}, {0, 200}, true)), 1, 0.02);
}

/// The correlation of what two runs keep.
double correlation(const ReferenceTensor &a, const ReferenceTensor &b) {
  const double meanA = mean(a), meanB = mean(b);
  double both = 0, varianceA = 0, varianceB = 0;
  for (size_t i = 0; i < a.values.size(); ++i) {
    both += (a.values[i] - meanA) * (b.values[i] - meanB);
    varianceA += (a.values[i] - meanA) * (a.values[i] - meanA);
    varianceB += (b.values[i] - meanB) * (b.values[i] - meanB);
  }
  return both / std::sqrt(varianceA * varianceB);
}

TEST_F(DropoutTest, KeysAndSequencesAreIndependent) {
  const std::vector<double> offsets = {0, 2000};
  ReferenceTensor y = drop(0.5, {1, 2}, {0}, offsets);
  EXPECT_EQ(correlation(y, drop(0.5, {1, 2}, {0}, offsets)), 1);
  // Of 16,000 draws: four deviations are 0.032.
  EXPECT_NEAR(correlation(y, drop(0.5, {2, 2}, {0}, offsets)), 0, 0.032);
  EXPECT_NEAR(correlation(y, drop(0.5, {1, 3}, {0}, offsets)), 0, 0.032);
  EXPECT_NEAR(correlation(y, drop(0.5, {1, 2}, {1}, offsets)), 0, 0.032);
  // A token and the one before it; a column and its neighbour.
  for (int64_t by : {int64_t(1), hidden}) {
    ReferenceTensor first = y, second = y;
    first.values.resize(y.values.size() - by);
    second.values.erase(second.values.begin(), second.values.begin() + by);
    EXPECT_NEAR(correlation(first, second), 0, 0.032);
  }
}

TEST_F(DropoutTest, StepsAndSitesAreIndependent) {
  // As models/Dropout.h derives keys: of a layer, then of a site in it.
  std::vector<ReferenceTensor> drawn;
  for (double step : {1, 2})
    for (const std::vector<int64_t> &site : std::vector<std::vector<int64_t>>{
             {0, 0}, {0, 1}, {1, 0}, {1, 1}, {1 << 16}, {(1 << 16) + 1}})
      drawn.push_back(drop(0.5, fold(step, site), {0}, {0, 2000}));
  for (size_t i = 0; i < drawn.size(); ++i)
    for (size_t j = 0; j < i; ++j)
      EXPECT_NEAR(correlation(drawn[i], drawn[j]), 0, 0.032) << i << ' ' << j;
  // Nor are they the rows' own, under the same key.
  EXPECT_NEAR(correlation(drawn[0], drop(0.5, {1, 0}, {0}, {0, 2000})), 0,
              0.032);
}

/// Of all places but the last ones in a dimension of `size` elements that lie
/// `stride` apart, with the place behind each.
double neighbours(const ReferenceTensor &x, int64_t stride, int64_t size) {
  ReferenceTensor first({0}), second({0});
  for (int64_t i = 0; i < int64_t(x.values.size()); ++i)
    if (i / stride % size + 1 < size) {
      first.values.push_back(x.values[i]);
      second.values.push_back(x.values[i + stride]);
    }
  return correlation(first, second);
}

TEST_F(DropoutTest, WeightsOfHeadsQueriesAndKeysAreIndependent) {
  constexpr int64_t heads = 4, size = 64;
  ReferenceTensor y = weights(heads, size, {5, 8}, false);
  double kept = 0;
  for (double value : y.values) {
    EXPECT_TRUE(value == 0 || std::abs(value - 2.0 / size) < 1e-15) << value;
    kept += value != 0;
  }
  // 16,384 draws: four deviations, as above.
  EXPECT_NEAR(kept / double(y.values.size()), 0.5, 4 * 0.5 / 128);
  EXPECT_NEAR(neighbours(y, 1, size), 0, 0.032);
  EXPECT_NEAR(neighbours(y, size, heads), 0, 0.04); // three quarters of them
  EXPECT_NEAR(neighbours(y, heads * size, size), 0, 0.032);
  EXPECT_NEAR(correlation(y, weights(heads, size, {5, 9}, false)), 0, 0.032);
}

TEST_F(DropoutTest, ForwardAndBackwardPassSeeOneMask) {
  constexpr int64_t heads = 3, size = 13;
  ReferenceTensor forward = weights(heads, size, {5, 8}, false);
  ReferenceTensor backward = weights(heads, size, {5, 8}, true);
  int64_t kept = 0;
  for (int64_t head = 0; head < heads; ++head)
    for (int64_t t = 0; t < size; ++t)
      for (int64_t s = 0; s < size; ++s) {
        const double weight = forward.row(t)[head * size + s];
        EXPECT_NEAR(weight, backward.row(s)[head * size + t], 1e-15);
        kept += weight != 0;
      }
  EXPECT_GT(kept, heads * size * size / 3);
  EXPECT_LT(kept, heads * size * size * 2 / 3);
}

TEST_F(DropoutTest, DependsOnTheSequenceAndNotOnItsCompany) {
  for (bool attention : {false, true}) {
    ReferenceTensor all =
        drop(0.5, {7, 9}, {4, 5, 6}, {0, 3, 10, 14}, attention);
    // Elsewhere in the batch, and alone.
    ReferenceTensor turned =
        drop(0.5, {7, 9}, {6, 5, 4}, {0, 4, 11, 14}, attention);
    ReferenceTensor alone = drop(0.5, {7, 9}, {5}, {0, 7}, attention);
    for (int64_t t = 0; t < 7; ++t)
      for (int64_t h = 0; h < hidden; ++h) {
        EXPECT_EQ(all.row(3 + t)[h], turned.row(4 + t)[h]);
        EXPECT_EQ(all.row(3 + t)[h], alone.row(t)[h]);
      }
    for (int64_t h = 0; h < 3 * hidden; ++h)
      EXPECT_EQ(all.values[h], turned.row(11)[h]);
  }
}

} // namespace
