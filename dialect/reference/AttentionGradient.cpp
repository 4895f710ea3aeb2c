//===- AttentionGradient.cpp - meaning of attention_gradient --------------===//

#include "dialect/reference/Steps.h"

#include <cmath>
#include <cstdint>
#include <vector>

using namespace bertc;
using namespace bertc::bert;

llvm::Expected<ReferenceTensor> bertc::attendGradient(
    const ReferenceTensor &gradient, const ReferenceTensor &query,
    const ReferenceTensor &key, const ReferenceTensor &value,
    const ReferenceTensor &offsets, int64_t heads, WeightFactor factor) {
  const int64_t tokens = query.dim(0), hidden = query.dim(1);
  const int64_t size = hidden / heads;
  llvm::Expected<int64_t> sequences = countSequences(offsets, tokens);
  if (!sequences)
    return sequences.takeError();
  ReferenceTensor result({tokens, 3 * hidden});
  auto dot = [size](const double *a, const double *b) {
    double sum = 0;
    for (int64_t e = 0; e < size; ++e)
      sum += a[e] * b[e];
    return sum;
  };
  // A sequence's head has columns of its own in its rows of the result.
  parallel(*sequences * heads, [&](int64_t pair) {
    const int64_t begin = offsets.values[pair / heads];
    const int64_t end = offsets.values[pair / heads + 1];
    const int64_t column = pair % heads * size;
    std::vector<double> weights(end - begin), slopes(end - begin),
        factors(end - begin, 1.0);
    for (int64_t t = begin; t < end; ++t) {
      const double *q = query.row(t) + column, *g = gradient.row(t) + column;
      softmaxOfScores(
          q, [&](int64_t s) { return key.row(s); }, column, size, begin, end,
          Precision::f32, weights.data());
      double along = 0; // row sum of p dp
      for (int64_t s = begin; s < end; ++s) {
        if (factor)
          factors[s - begin] =
              factor(pair / heads, pair % heads, t - begin, s - begin);
        slopes[s - begin] = factors[s - begin] * dot(g, value.row(s) + column);
        along += weights[s - begin] * slopes[s - begin];
      }
      double *dq = result.row(t) + column;
      for (int64_t s = begin; s < end; ++s) {
        const double p = weights[s - begin];
        const double ds =
            p * (slopes[s - begin] - along) / std::sqrt(double(size));
        double *dk = result.row(s) + hidden + column, *dv = dk + hidden;
        for (int64_t e = 0; e < size; ++e) {
          dq[e] += ds * key.row(s)[column + e];
          dk[e] += ds * q[e];
          dv[e] += factors[s - begin] * p * g[e];
        }
      }
    }
  });
  return result;
}

llvm::Expected<ReferenceTensor> AttentionGradientOp::interpret(
    llvm::ArrayRef<const ReferenceTensor *> operands) {
  return attendGradient(*operands[0], *operands[1], *operands[2], *operands[3],
                        *operands[4], getNumHeads());
}
