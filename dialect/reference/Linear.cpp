//===- Linear.cpp - meaning of the matrix products ------------------------===//

#include "dialect/reference/Steps.h"

#include <algorithm>
#include <atomic>
#include <thread>

using namespace bertc;
using namespace bertc::bert;

void bertc::parallel(int64_t count, llvm::function_ref<void(int64_t)> body) {
  unsigned workers = std::max(1u, std::thread::hardware_concurrency());
  std::atomic<int64_t> next{0};
  auto work = [&] {
    for (int64_t i = next++; i < count; i = next++)
      body(i);
  };
  std::vector<std::thread> threads;
  for (unsigned i = 1; i < workers && int64_t(i) < count; ++i)
    threads.emplace_back(work);
  work();
  for (std::thread &thread : threads)
    thread.join();
}

ReferenceTensor bertc::product(const ReferenceTensor &x,
                               const ReferenceTensor &w) {
  int64_t inputs = w.dim(1), outputs = w.dim(0);
  ReferenceTensor y({x.dim(0), outputs});
  // A strip of the weight serves all rows while it is in cache.
  constexpr int64_t strip = 16;
  parallel((outputs + strip - 1) / strip, [&](int64_t s) {
    for (int64_t t = 0; t < x.dim(0); ++t)
      for (int64_t n = s * strip; n < std::min(outputs, (s + 1) * strip); ++n) {
        double sum = 0;
        for (int64_t k = 0; k < inputs; ++k)
          sum += x.row(t)[k] * w.row(n)[k];
        y.row(t)[n] = sum;
      }
  });
  return y;
}

namespace {

/// w[p * panel + j, k] = packed[p, k, j].
ReferenceTensor unpack(const ReferenceTensor &packed, int64_t outputs) {
  int64_t inputs = packed.dim(1), panel = packed.dim(2);
  ReferenceTensor w({outputs, inputs});
  for (int64_t n = 0; n < outputs; ++n)
    for (int64_t k = 0; k < inputs; ++k)
      w.row(n)[k] =
          packed.values[(n / panel * inputs + k) * panel + n % panel];
  return w;
}

/// The epilogue of a product: what the op's optional operands say.
template <typename Op>
ReferenceTensor finish(Op op, ReferenceTensor y,
                       llvm::ArrayRef<const ReferenceTensor *> operands) {
  size_t next = 2;
  const ReferenceTensor *bias = op.getBias() ? operands[next++] : nullptr;
  const ReferenceTensor *residual =
      op.getResidual() ? operands[next++] : nullptr;
  for (int64_t t = 0; t < y.dim(0); ++t) {
    for (int64_t n = 0; n < y.dim(1); ++n) {
      double value = y.row(t)[n] + (bias ? bias->values[n] : 0);
      value = activate(op.getActivation(), value);
      y.row(t)[n] = value + (residual ? residual->row(t)[n] : 0);
    }
    if (op.getScale())
      normalizeRow(y.row(t), y.dim(1), *operands[next], *operands[next + 1],
                   op.getEpsilon()->convertToDouble());
  }
  return y;
}

} // namespace

llvm::Expected<ReferenceTensor>
LinearOp::interpret(llvm::ArrayRef<const ReferenceTensor *> operands) {
  ReferenceTensor y = product(*operands[0], *operands[1]);
  if (getBias())
    for (int64_t t = 0; t < y.dim(0); ++t)
      for (int64_t n = 0; n < y.dim(1); ++n)
        y.row(t)[n] += operands[2]->values[n];
  return y;
}

llvm::Expected<ReferenceTensor>
FusedLinearOp::interpret(llvm::ArrayRef<const ReferenceTensor *> operands) {
  return finish(*this, product(*operands[0], *operands[1]), operands);
}

llvm::Expected<ReferenceTensor>
PackedLinearOp::interpret(llvm::ArrayRef<const ReferenceTensor *> operands) {
  return finish(*this,
                product(*operands[0], unpack(*operands[1], getOutFeatures())),
                operands);
}
