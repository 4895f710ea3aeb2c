//===- DropoutTest.cpp - what is made of random numbers -------------------===//
//--------------------===//

#include "dialect/BertOps.h"
#include "dialect/reference/Interpreter.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Parser/Parser.h"
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

  MLIRContext context;
};

double mean(const ReferenceTensor &x) {
  double sum = 0;
  for (double value : x.values)
    sum += value;
  return sum / double(x.values.size());
}

TEST_F(DropoutTest, KeepsItsRateAndTheMean) {
  // 16,000 draws: five deviations.
  for (double rate : {0.0, 0.1, 0.5, 0.9}) {
    ReferenceTensor y = drop(rate, {1, 2}, {0, 1}, {0, 900, 2000});
    double kept = 0;
    for (double value : y.values) {
      EXPECT_TRUE(value == 0 || value == 1 / (1 - rate)) << value;
      kept += value != 0;
    }
    const double count = double(y.values.size());
    EXPECT_NEAR(kept / count, 1 - rate,
                5 * std::sqrt(rate * (1 - rate) / count));
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
  // Of 16,000 draws: five deviations are 0.04.
  EXPECT_NEAR(correlation(y, drop(0.5, {2, 2}, {0}, offsets)), 0, 0.04);
  EXPECT_NEAR(correlation(y, drop(0.5, {1, 3}, {0}, offsets)), 0, 0.04);
  EXPECT_NEAR(correlation(y, drop(0.5, {1, 2}, {1}, offsets)), 0, 0.04);
  // A token and the one before it; a column and its neighbour.
  for (int64_t by : {int64_t(1), hidden}) {
    ReferenceTensor first = y, second = y;
    first.values.resize(y.values.size() - by);
    second.values.erase(second.values.begin(), second.values.begin() + by);
    EXPECT_NEAR(correlation(first, second), 0, 0.04);
  }
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
