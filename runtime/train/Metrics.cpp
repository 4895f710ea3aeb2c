//===- Metrics.cpp --------------------------------------------------------===//

#include "runtime/train/Metrics.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>

using namespace bertc::train;

namespace {

/// How often a class is predicted, is right, is both.
struct Counts {
  int64_t predicted = 0, right = 0, both = 0;

  double f1() const {
    const int64_t all = predicted + right;
    return all > 0 ? 2 * double(both) / double(all) : 0;
  }
};

/// Of the classes that occur, in ascending order.
std::map<int32_t, Counts> count(const Classes &predicted,
                                const Classes &right) {
  std::map<int32_t, Counts> counts;
  for (size_t i = 0; i < right.size(); ++i) {
    ++counts[predicted[i]].predicted;
    ++counts[right[i]].right;
    counts[right[i]].both += predicted[i] == right[i];
  }
  return counts;
}

double mean(const std::vector<double> &values) {
  double sum = 0;
  for (double value : values)
    sum += value;
  return sum / double(values.size());
}

double correlation(const std::vector<double> &a, const std::vector<double> &b) {
  if (a.size() < 2)
    return 0;
  const double meanA = mean(a), meanB = mean(b);
  double both = 0, squaresA = 0, squaresB = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    both += (a[i] - meanA) * (b[i] - meanB);
    squaresA += (a[i] - meanA) * (a[i] - meanA);
    squaresB += (b[i] - meanB) * (b[i] - meanB);
  }
  // 0 of a constant list: its mean is exact, for the bits of an f32 and of half
  // a billion of them fit into an f64.
  const double norms = std::sqrt(squaresA) * std::sqrt(squaresB);
  return norms > 0 ? std::clamp(both / norms, -1.0, 1.0) : 0;
}

bool areFinite(const std::vector<float> &values) {
  return std::all_of(values.begin(), values.end(),
                     [](float value) { return std::isfinite(value); });
}

std::vector<double> ranks(const std::vector<float> &values) {
  std::vector<size_t> order(values.size());
  for (size_t i = 0; i < order.size(); ++i)
    order[i] = i;
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return values[a] < values[b]; });
  std::vector<double> result(values.size());
  for (size_t first = 0, end; first < order.size(); first = end) {
    for (end = first + 1; end < order.size(); ++end)
      if (values[order[end]] != values[order[first]])
        break;
    for (size_t i = first; i < end; ++i)
      result[order[i]] = double(first + end - 1) / 2;
  }
  return result;
}

} // namespace

double bertc::train::accuracy(const Classes &predicted, const Classes &right) {
  int64_t both = 0;
  for (size_t i = 0; i < right.size(); ++i)
    both += predicted[i] == right[i];
  return right.empty() ? 0 : double(both) / double(right.size());
}

double bertc::train::f1(const Classes &predicted, const Classes &right,
                        int32_t positive) {
  return count(predicted, right)[positive].f1();
}

double bertc::train::macroF1(const Classes &predicted, const Classes &right) {
  const std::map<int32_t, Counts> counts = count(predicted, right);
  double sum = 0;
  for (const auto &[label, each] : counts)
    sum += each.f1();
  return counts.empty() ? 0 : sum / double(counts.size());
}

double bertc::train::microF1(const Classes &predicted, const Classes &right) {
  Counts all;
  for (const auto &[label, each] : count(predicted, right)) {
    all.predicted += each.predicted;
    all.right += each.right;
    all.both += each.both;
  }
  return all.f1();
}

double bertc::train::matthews(const Classes &predicted, const Classes &right) {
  // In f64: products of counts of all classes leave 63 bits first.
  const double examples = double(right.size());
  double both = 0, products = 0, squaresPredicted = 0, squaresRight = 0;
  for (const auto &[label, each] : count(predicted, right)) {
    both += double(each.both);
    products += double(each.predicted) * double(each.right);
    squaresPredicted += double(each.predicted) * double(each.predicted);
    squaresRight += double(each.right) * double(each.right);
  }
  const double norms = std::sqrt(examples * examples - squaresPredicted) *
                       std::sqrt(examples * examples - squaresRight);
  return norms > 0 ? (both * examples - products) / norms : 0;
}

double bertc::train::pearson(const std::vector<float> &predicted,
                             const std::vector<float> &right) {
  if (!areFinite(predicted) || !areFinite(right))
    return 0;
  return correlation({predicted.begin(), predicted.end()},
                     {right.begin(), right.end()});
}

double bertc::train::spearman(const std::vector<float> &predicted,
                              const std::vector<float> &right) {
  if (!areFinite(predicted) || !areFinite(right))
    return 0;
  return correlation(ranks(predicted), ranks(right));
}
