//===- Attention.cpp - meaning of attention over offsets ------------------===//

#include "dialect/reference/Rounding.h"
#include "dialect/reference/Steps.h"

#include <algorithm>
#include <cmath>

using namespace bertc;
using namespace bertc::bert;

void bertc::softmaxOfScores(const double *query, RowOf key, int64_t column,
                            int64_t size, int64_t begin, int64_t end,
                            Precision precision, double *weights) {
  double most = -INFINITY, sum = 0;
  for (int64_t s = begin; s < end; ++s) {
    double score = 0;
    for (int64_t e = 0; e < size; ++e)
      score += query[e] * key(s)[column + e];
    weights[s - begin] = score / std::sqrt(double(size));
    most = std::max(most, weights[s - begin]);
  }
  for (int64_t s = begin; s < end; ++s) {
    double weight = std::exp(weights[s - begin] - most);
    if (precision == Precision::bf16)
      weight = roundToBf16(weight);
    sum += weights[s - begin] = weight;
  }
  for (int64_t s = begin; s < end; ++s)
    weights[s - begin] /= sum;
}

llvm::Expected<int64_t> bertc::countSequences(const ReferenceTensor &offsets,
                                              int64_t tokens) {
  int64_t sequences = offsets.dim(0) - 1;
  bool ascends = sequences >= 0 && offsets.values.front() == 0 &&
                 offsets.values.back() == double(tokens) &&
                 std::is_sorted(offsets.values.begin(), offsets.values.end());
  if (!ascends)
    return llvm::createStringError(
        "offsets must ascend from 0 to the number of tokens");
  return sequences;
}

llvm::Expected<ReferenceTensor>
bertc::attend(RowOf query, RowOf key, RowOf value, int64_t tokens,
              int64_t hidden, const ReferenceTensor &offsets, int64_t heads,
              Precision precision, WeightFactor factor) {
  llvm::Expected<int64_t> sequences = countSequences(offsets, tokens);
  if (!sequences)
    return sequences.takeError();
  int64_t size = hidden / heads;
  ReferenceTensor context({tokens, hidden});
  parallel(*sequences * heads, [&](int64_t pair) {
    int64_t begin = offsets.values[pair / heads];
    int64_t end = offsets.values[pair / heads + 1];
    int64_t column = pair % heads * size;
    std::vector<double> weights(end - begin);
    for (int64_t t = begin; t < end; ++t) {
      softmaxOfScores(query(t) + column, key, column, size, begin, end,
                      precision, weights.data());
      for (int64_t s = begin; factor && s < end; ++s)
        weights[s - begin] *=
            factor(pair / heads, pair % heads, t - begin, s - begin);
      for (int64_t s = begin; s < end; ++s)
        for (int64_t e = 0; e < size; ++e)
          context.row(t)[column + e] +=
              weights[s - begin] * value(s)[column + e];
    }
  });
  return context;
}

llvm::Expected<ReferenceTensor>
bertc::attentionMaps(RowOf query, RowOf key, int64_t tokens, int64_t heads,
                     int64_t size, const ReferenceTensor &offsets,
                     int64_t positions) {
  llvm::Expected<int64_t> sequences = countSequences(offsets, tokens);
  if (!sequences)
    return sequences.takeError();
  for (int64_t b = 0; b < *sequences; ++b)
    if (offsets.values[b + 1] - offsets.values[b] > double(positions))
      return llvm::createStringError(
          "sequence " + std::to_string(b) +
          " is longer than max_positions, which is " +
          std::to_string(positions));
  ReferenceTensor maps({tokens, heads * positions});
  parallel(*sequences * heads, [&](int64_t pair) {
    int64_t begin = offsets.values[pair / heads];
    int64_t end = offsets.values[pair / heads + 1];
    int64_t head = pair % heads;
    for (int64_t t = begin; t < end; ++t)
      softmaxOfScores(query(t) + head * size, key, head * size, size, begin,
                      end, Precision::f32, maps.row(t) + head * positions);
  });
  return maps;
}

llvm::Expected<ReferenceTensor>
AttentionOp::interpret(llvm::ArrayRef<const ReferenceTensor *> operands) {
  auto rowOf = [&](size_t i) {
    return [=](int64_t t) { return operands[i]->row(t); };
  };
  return attend(rowOf(0), rowOf(1), rowOf(2), operands[0]->dim(0),
                operands[0]->dim(1), *operands[3], getNumHeads(),
                Precision::f32);
}

llvm::Expected<ReferenceTensor>
SelfAttentionOp::interpret(llvm::ArrayRef<const ReferenceTensor *> operands) {
  const ReferenceTensor qkv = roundedInput(*operands[0], getPrecision());
  int64_t hidden = qkv.dim(1) / 3;
  auto part = [&](int64_t i) {
    return [&qkv, hidden, i](int64_t t) { return qkv.row(t) + i * hidden; };
  };
  return attend(part(0), part(1), part(2), qkv.dim(0), hidden, *operands[1],
                getNumHeads(), getPrecision());
}

llvm::Expected<ReferenceTensor>
AttentionProbsOp::interpret(llvm::ArrayRef<const ReferenceTensor *> operands) {
  auto rowOf = [&](size_t i) {
    return [=](int64_t t) { return operands[i]->row(t); };
  };
  int64_t heads = getNumHeads();
  return attentionMaps(rowOf(0), rowOf(1), operands[0]->dim(0), heads,
                       operands[0]->dim(1) / heads, *operands[2],
                       getMaxPositions());
}

llvm::Expected<ReferenceTensor> SelfAttentionProbsOp::interpret(
    llvm::ArrayRef<const ReferenceTensor *> operands) {
  const ReferenceTensor &qkv = *operands[0];
  int64_t heads = getNumHeads(), size = getHeadSize();
  auto query = [&](int64_t t) { return qkv.row(t); };
  auto key = [&](int64_t t) { return qkv.row(t) + heads * size; };
  return attentionMaps(query, key, qkv.dim(0), heads, size, *operands[1],
                       getMaxPositions());
}
