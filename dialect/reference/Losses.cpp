//===- Losses.cpp - meaning of the losses and of their gradients ----------===//

#include "dialect/reference/Steps.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

using namespace bertc;
using namespace bertc::bert;

namespace {

using Operands = llvm::ArrayRef<const ReferenceTensor *>;

ReferenceTensor scalar(double value) {
  ReferenceTensor tensor; // no dimensions
  tensor.values = {value};
  return tensor;
}

/// log(sum over i of exp(x[i])).
double logSumExp(llvm::ArrayRef<double> x) {
  if (x.empty())
    return -INFINITY;
  const double most = *std::max_element(x.begin(), x.end());
  double sum = 0;
  for (double value : x)
    sum += std::exp(value - most);
  return most + std::log(sum);
}

/// Numbers of which the label'th is to be the largest.
struct Choice {
  llvm::ArrayRef<double> logits;
  int64_t first; ///< of the logits, in the whole tensor
  int64_t label;
};

/// The mean over the choices of log(sum of exp(logits)) - logits[label].
llvm::Expected<ReferenceTensor>
meanLoss(llvm::Expected<std::vector<Choice>> choices) {
  if (!choices)
    return choices.takeError();
  double loss = 0;
  for (const Choice &choice : *choices)
    loss += (logSumExp(choice.logits) - choice.logits[choice.label]) /
            double(choices->size());
  return scalar(loss);
}

/// What meanLoss's gradient by `logits` is, for that of the loss.
llvm::Expected<ReferenceTensor>
meanLossGradient(llvm::Expected<std::vector<Choice>> choices, double gradient,
                 const ReferenceTensor &logits) {
  if (!choices)
    return choices.takeError();
  ReferenceTensor result(logits.shape);
  for (const Choice &choice : *choices) {
    const double total = logSumExp(choice.logits);
    double *place = result.values.data() + choice.first;
    for (int64_t c = 0; c < int64_t(choice.logits.size()); ++c)
      place[c] = (std::exp(choice.logits[c] - total) - (c == choice.label)) *
                 gradient / double(choices->size());
  }
  return result;
}

llvm::Error noLabel() {
  return llvm::createStringError("no label to learn from");
}

/// Of bert.cross_entropy: a choice for each row with a label.
llvm::Expected<std::vector<Choice>> ofRows(const ReferenceTensor &logits,
                                           const ReferenceTensor &labels,
                                           int64_t ignored) {
  std::vector<Choice> choices;
  const int64_t classes = logits.dim(1);
  for (int64_t t = 0; t < logits.dim(0); ++t) {
    const double label = labels.values[t];
    if (label == double(ignored))
      continue;
    if (!(label >= 0 && label < double(classes)))
      return llvm::createStringError("label " + std::to_string(int64_t(label)) +
                                     " is none of " + std::to_string(classes) +
                                     " classes");
    choices.push_back(
        {llvm::ArrayRef(logits.row(t), classes), t * classes, int64_t(label)});
  }
  if (choices.empty())
    return noLabel();
  return choices;
}

/// Of bert.sequence_cross_entropy: one for each sequence with a label.
llvm::Expected<std::vector<Choice>> ofSequences(const ReferenceTensor &logits,
                                                const ReferenceTensor &offsets,
                                                const ReferenceTensor &labels) {
  llvm::Expected<int64_t> sequences = countSequences(offsets, logits.dim(0));
  if (!sequences)
    return sequences.takeError();
  if (llvm::Error error = checkPerSequence(labels, *sequences))
    return std::move(error);
  std::vector<Choice> choices;
  for (int64_t b = 0; b < *sequences; ++b) {
    const int64_t first = offsets.values[b];
    const int64_t size = int64_t(offsets.values[b + 1]) - first;
    const double label = labels.values[b];
    if (label < 0)
      return llvm::createStringError("label " + std::to_string(int64_t(label)) +
                                     " is negative");
    if (label < double(size))
      choices.push_back({llvm::ArrayRef(logits.values).slice(first, size),
                         first, int64_t(label)});
  }
  if (choices.empty())
    return noLabel();
  return choices;
}

/// log(softmax(x / temperature)).
std::vector<double> softened(llvm::ArrayRef<double> x, double temperature) {
  std::vector<double> logs(x.begin(), x.end());
  for (double &value : logs)
    value /= temperature;
  const double total = logSumExp(logs);
  for (double &value : logs)
    value -= total;
  return logs;
}

/// The mean of `loss` over pairs of rows.
template <typename Loss>
llvm::Expected<ReferenceTensor>
meanOfRows(const ReferenceTensor &x, const ReferenceTensor &y, Loss loss) {
  if (x.dim(0) == 0)
    return noLabel();
  double sum = 0;
  for (int64_t t = 0; t < x.dim(0); ++t)
    sum += loss(llvm::ArrayRef(x.row(t), x.dim(1)),
                llvm::ArrayRef(y.row(t), x.dim(1))) /
           double(x.dim(0));
  return scalar(sum);
}

/// The mean of `loss` over pairs of elements.
template <typename Loss>
llvm::Expected<ReferenceTensor>
meanOfPairs(const ReferenceTensor &x, const ReferenceTensor &y, Loss loss) {
  if (x.values.empty())
    return noLabel();
  double sum = 0;
  for (size_t i = 0; i < x.values.size(); ++i)
    sum += loss(x.values[i], y.values[i]) / double(x.values.size());
  return scalar(sum);
}

/// Its gradient by x, for the derivative of `loss`.
template <typename Slope>
llvm::Expected<ReferenceTensor>
gradientOfPairs(const ReferenceTensor &gradient, const ReferenceTensor &x,
                const ReferenceTensor &y, Slope slope) {
  ReferenceTensor result(x.shape);
  for (size_t i = 0; i < x.values.size(); ++i)
    result.values[i] = gradient.values[0] * slope(x.values[i], y.values[i]) /
                       double(x.values.size());
  return result;
}

double dot(const double *x, const double *y, int64_t columns) {
  return std::inner_product(x, x + columns, y, 0.0);
}

/// The number of pairs, after checking that each has a label.
llvm::Expected<int64_t> countPairs(const ReferenceTensor &rows,
                                   const ReferenceTensor &labels) {
  if (rows.dim(0) == 2 * labels.dim(0))
    return labels.dim(0);
  return llvm::createStringError(std::to_string(rows.dim(0)) +
                                 " rows are not the pairs of " +
                                 std::to_string(labels.dim(0)) + " labels");
}

/// Of bert.pair_ranking: scale (x[2p] . x[2q+1]).
llvm::Expected<ReferenceTensor> scoresOf(const ReferenceTensor &x,
                                         const ReferenceTensor &labels,
                                         double scale) {
  llvm::Expected<int64_t> pairs = countPairs(x, labels);
  if (!pairs)
    return pairs.takeError();
  ReferenceTensor scores({*pairs, *pairs});
  for (int64_t p = 0; p < *pairs; ++p)
    for (int64_t q = 0; q < *pairs; ++q)
      scores.row(p)[q] = scale * dot(x.row(2 * p), x.row(2 * q + 1), x.dim(1));
  return scores;
}

constexpr int64_t noPair = -100;

} // namespace

llvm::Expected<ReferenceTensor> CrossEntropyOp::interpret(Operands operands) {
  return meanLoss(ofRows(*operands[0], *operands[1], getIgnoreLabel()));
}
llvm::Expected<ReferenceTensor>
CrossEntropyGradientOp::interpret(Operands operands) {
  return meanLossGradient(ofRows(*operands[1], *operands[2], getIgnoreLabel()),
                          operands[0]->values[0], *operands[1]);
}

llvm::Expected<ReferenceTensor>
SequenceCrossEntropyOp::interpret(Operands operands) {
  return meanLoss(ofSequences(*operands[0], *operands[1], *operands[2]));
}
llvm::Expected<ReferenceTensor>
SequenceCrossEntropyGradientOp::interpret(Operands operands) {
  return meanLossGradient(ofSequences(*operands[1], *operands[2], *operands[3]),
                          operands[0]->values[0], *operands[1]);
}

llvm::Expected<ReferenceTensor>
BinaryCrossEntropyOp::interpret(Operands operands) {
  // log(1 + exp(x)) without a large exp.
  return meanOfPairs(*operands[0], *operands[1], [](double x, double y) {
    return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))) - x * y;
  });
}
llvm::Expected<ReferenceTensor>
BinaryCrossEntropyGradientOp::interpret(Operands operands) {
  return gradientOfPairs(
      *operands[0], *operands[1], *operands[2],
      [](double x, double y) { return 1 / (1 + std::exp(-x)) - y; });
}

llvm::Expected<ReferenceTensor>
MeanSquaredErrorOp::interpret(Operands operands) {
  return meanOfPairs(*operands[0], *operands[1],
                     [](double x, double y) { return (x - y) * (x - y); });
}
llvm::Expected<ReferenceTensor>
MeanSquaredErrorGradientOp::interpret(Operands operands) {
  return gradientOfPairs(*operands[0], *operands[1], *operands[2],
                         [](double x, double y) { return 2 * (x - y); });
}

llvm::Expected<ReferenceTensor> DistillationOp::interpret(Operands operands) {
  const double temperature = getTemperature().convertToDouble();
  return meanOfRows(
      *operands[0], *operands[1],
      [&](llvm::ArrayRef<double> logits, llvm::ArrayRef<double> teacher) {
        const std::vector<double> p = softened(teacher, temperature),
                                  q = softened(logits, temperature);
        double sum = 0;
        // A class that the teacher rules out counts nothing.
        for (size_t c = 0; c < p.size(); ++c)
          if (const double weight = std::exp(p[c]); weight > 0)
            sum += weight * (p[c] - q[c]);
        return temperature * temperature * sum;
      });
}
llvm::Expected<ReferenceTensor>
DistillationGradientOp::interpret(Operands operands) {
  const ReferenceTensor &logits = *operands[1], &teacher = *operands[2];
  const double temperature = getTemperature().convertToDouble();
  ReferenceTensor result(logits.shape);
  for (int64_t t = 0; t < logits.dim(0); ++t) {
    const int64_t classes = logits.dim(1);
    const auto p =
        softened(llvm::ArrayRef(teacher.row(t), classes), temperature);
    const auto q =
        softened(llvm::ArrayRef(logits.row(t), classes), temperature);
    for (int64_t c = 0; c < classes; ++c)
      result.row(t)[c] = operands[0]->values[0] * temperature *
                         (std::exp(q[c]) - std::exp(p[c])) /
                         double(logits.dim(0));
  }
  return result;
}

llvm::Expected<ReferenceTensor>
CosineEmbeddingOp::interpret(Operands operands) {
  return meanOfRows(*operands[0], *operands[1],
                    [&](llvm::ArrayRef<double> x, llvm::ArrayRef<double> y) {
                      return 1 - cosine(x, y, getEpsilon().convertToDouble());
                    });
}
llvm::Expected<ReferenceTensor>
CosineEmbeddingGradientOp::interpret(Operands operands) {
  const ReferenceTensor &x = *operands[1], &y = *operands[2];
  ReferenceTensor result(x.shape);
  for (int64_t t = 0; t < x.dim(0); ++t)
    addCosineSlope(llvm::ArrayRef(x.row(t), x.dim(1)),
                   llvm::ArrayRef(y.row(t), x.dim(1)),
                   getEpsilon().convertToDouble(),
                   -operands[0]->values[0] / double(x.dim(0)), result.row(t));
  return result;
}

llvm::Expected<ReferenceTensor> PairSimilarityOp::interpret(Operands operands) {
  const ReferenceTensor &x = *operands[0], &labels = *operands[1];
  llvm::Expected<int64_t> pairs = countPairs(x, labels);
  if (!pairs)
    return pairs.takeError();
  ReferenceTensor similarities({*pairs, 1});
  for (int64_t p = 0; p < *pairs; ++p)
    similarities.values[p] = dot(x.row(2 * p), x.row(2 * p + 1), x.dim(1));
  return meanOfPairs(similarities, labels,
                     [](double s, double y) { return (s - y) * (s - y); });
}
llvm::Expected<ReferenceTensor>
PairSimilarityGradientOp::interpret(Operands operands) {
  const ReferenceTensor &x = *operands[1], &labels = *operands[2];
  llvm::Expected<int64_t> pairs = countPairs(x, labels);
  if (!pairs)
    return pairs.takeError();
  ReferenceTensor result(x.shape);
  for (int64_t p = 0; p < *pairs; ++p) {
    const double *first = x.row(2 * p), *second = x.row(2 * p + 1);
    const double slope = operands[0]->values[0] / double(*pairs) * 2 *
                         (dot(first, second, x.dim(1)) - labels.values[p]);
    for (int64_t h = 0; h < x.dim(1); ++h) {
      result.row(2 * p)[h] = slope * second[h];
      result.row(2 * p + 1)[h] = slope * first[h];
    }
  }
  return result;
}

llvm::Expected<ReferenceTensor> PairRankingOp::interpret(Operands operands) {
  llvm::Expected<ReferenceTensor> scores =
      scoresOf(*operands[0], *operands[1], getScale().convertToDouble());
  if (!scores)
    return scores.takeError();
  return meanLoss(ofRows(*scores, *operands[1], noPair));
}
llvm::Expected<ReferenceTensor>
PairRankingGradientOp::interpret(Operands operands) {
  const ReferenceTensor &x = *operands[1], &labels = *operands[2];
  const double scale = getScale().convertToDouble();
  llvm::Expected<ReferenceTensor> scores = scoresOf(x, labels, scale);
  if (!scores)
    return scores.takeError();
  llvm::Expected<ReferenceTensor> slopes = meanLossGradient(
      ofRows(*scores, labels, noPair), operands[0]->values[0], *scores);
  if (!slopes)
    return slopes.takeError();
  ReferenceTensor result(x.shape);
  for (int64_t p = 0; p < labels.dim(0); ++p)
    for (int64_t q = 0; q < labels.dim(0); ++q)
      for (int64_t h = 0; h < x.dim(1); ++h) {
        const double weight = scale * slopes->row(p)[q];
        result.row(2 * p)[h] += weight * x.row(2 * q + 1)[h];
        result.row(2 * q + 1)[h] += weight * x.row(2 * p)[h];
      }
  return result;
}
