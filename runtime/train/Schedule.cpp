//===- Schedule.cpp -------------------------------------------------------===//

#include "runtime/train/Schedule.h"

#include "runtime/train/Messages.h"

#include <algorithm>
#include <cmath>
#include <string>

using namespace bertc;
using namespace bertc::train;
using bertc::io::Failure;

namespace {

constexpr double pi = 3.14159265358979323846;

struct CurveName {
  Curve curve;
  const char *name;
};

/// In the order of the enum.
constexpr CurveName names[] = {{Curve::constant, "constant"},
                               {Curve::linear, "linear"},
                               {Curve::cosine, "cosine"},
                               {Curve::polynomial, "polynomial"},
                               {Curve::inverseSqrt, "inverse_sqrt"}};

double ratio(int64_t part, int64_t whole) {
  return double(part) / double(std::max<int64_t>(1, whole));
}

} // namespace

Result<Curve> bertc::train::curveNamed(std::string_view name) {
  if (name == "constant_with_warmup")
    return Curve::constant;
  std::string known;
  for (const CurveName &each : names) {
    if (name == each.name)
      return each.curve;
    known += (known.empty() ? "" : ", ") + std::string(each.name);
  }
  return Failure{"unknown schedule " + inQuotes(name) +
                 ", there are: " + known};
}

const char *bertc::train::nameOf(Curve curve) {
  return names[static_cast<int>(curve)].name;
}

int64_t bertc::train::warmupOf(double part, int64_t steps) {
  return static_cast<int64_t>(std::ceil(part * double(steps)));
}

MaybeFailure Schedule::check() const {
  if (!(peakRate > 0) || !std::isfinite(peakRate))
    return Failure{"the learning rate is not a number above 0"};
  if (warmupSteps < 0 || steps < 0 || timescale < 0)
    return Failure{"a number of steps is below 0"};
  if (curve == Curve::cosine && !(cycles >= 0 && std::isfinite(cycles)))
    return Failure{"the cycles of the cosine are not a number from 0 on"};
  if (curve == Curve::polynomial && !(power >= 0 && std::isfinite(power)))
    return Failure{"the power of the polynomial is not a number from 0 on"};
  if (curve == Curve::polynomial && !(endRate >= 0 && endRate < peakRate))
    return Failure{"the polynomial's last rate is not a number from 0 to the "
                   "learning rate"};
  return std::nullopt;
}

double Schedule::rate(int64_t step) const {
  if (step < warmupSteps)
    return peakRate * ratio(step, warmupSteps);
  switch (curve) {
  case Curve::constant:
    break;
  case Curve::linear:
    return peakRate * std::max(0.0, ratio(steps - step, steps - warmupSteps));
  case Curve::cosine: {
    const double progress = ratio(step - warmupSteps, steps - warmupSteps);
    return peakRate *
           std::max(0.0, 0.5 * (1 + std::cos(pi * cycles * 2 * progress)));
  }
  case Curve::polynomial: {
    // At the last step too: without steps after the warm-up transformers
    // divides by zero.
    if (step >= steps)
      return peakRate * (endRate / peakRate);
    const double left =
        1 - double(step - warmupSteps) / double(steps - warmupSteps);
    const double decayed =
        (peakRate - endRate) * std::pow(left, power) + endRate;
    return peakRate * (decayed / peakRate);
  }
  case Curve::inverseSqrt: {
    int64_t scale = timescale;
    if (scale == 0)
      scale = warmupSteps > 0 ? warmupSteps : 10000;
    return peakRate *
           (1 / std::sqrt(double(step + scale - warmupSteps) / double(scale)));
  }
  }
  return peakRate;
}
