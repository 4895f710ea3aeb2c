//===- Schedule.h - the learning rate of a step ---------------------------===//
//
// The curves of transformers' `get_scheduler` (optimization.py of 5.24), in its
// order of operations, in f64.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_RUNTIME_TRAIN_SCHEDULE_H
#define BERTC_RUNTIME_TRAIN_SCHEDULE_H

#include "runtime/io/Result.h"

#include <cstdint>
#include <string_view>

namespace bertc::train {

using io::MaybeFailure;
using io::Result;

enum class Curve { constant, linear, cosine, polynomial, inverseSqrt };

/// "constant", "linear", "cosine", "polynomial", "inverse_sqrt";
/// "constant_with_warmup" is constant too, whose warm-up is that of all.
Result<Curve> curveNamed(std::string_view name);
const char *nameOf(Curve curve);

struct Schedule {
  Curve curve = Curve::linear;
  double peakRate = 5e-5;
  /// Over these the rate rises from 0 in equal steps, whatever the curve.
  int64_t warmupSteps = 0;
  int64_t steps = 0; ///< of the whole training, warm-up included
  /// cosine: how many waves; half a one falls to 0.
  double cycles = 0.5;
  /// polynomial: what it ends at, and the exponent of the part that is left.
  double endRate = 1e-7, power = 1;
  /// inverseSqrt: the steps of the curve that fall in with the warm-up's end;
  /// 0: as many as the warm-up has, 10,000 without one.
  int64_t timescale = 0;

  /// What is wrong with these numbers.
  MaybeFailure check() const;

  /// The rate of step `step`, the first being 0.
  double rate(int64_t step) const;
};

/// The steps of a warm-up that is given as a part of all, 0 to 1; rounded up.
int64_t warmupOf(double part, int64_t steps);

} // namespace bertc::train

#endif // BERTC_RUNTIME_TRAIN_SCHEDULE_H
