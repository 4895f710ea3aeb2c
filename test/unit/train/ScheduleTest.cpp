//===- ScheduleTest.cpp ---------------------------------------------------===//
//
// The expected rates are 2e-5 times what the functions of transformers 5.24's
// optimization.py give, in Python. The tolerance is five units in the last
// place of 2e-5, for a cosine and a power of another C library.
//
//===----------------------------------------------------------------------===//

#include "runtime/train/Schedule.h"

#include <array>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

using namespace bertc::train;
using ::testing::HasSubstr;

namespace {

constexpr int64_t steps[] = {0, 1, 3, 4, 5, 10, 17, 19, 20, 23};
constexpr double tolerance = 2e-20;

/// 20 steps, of which 4 are warm-up, to 2e-5.
Schedule scheduleOf(Curve curve) {
  Schedule schedule;
  schedule.curve = curve;
  schedule.peakRate = 2e-5;
  schedule.warmupSteps = 4;
  schedule.steps = 20;
  return schedule;
}

void expectRates(const Schedule &schedule,
                 const std::array<double, std::size(steps)> &rates) {
  EXPECT_FALSE(schedule.check());
  for (size_t i = 0; i < rates.size(); ++i)
    EXPECT_NEAR(schedule.rate(steps[i]), rates[i], tolerance)
        << nameOf(schedule.curve) << " at step " << steps[i];
}

TEST(ScheduleTest, constant) {
  expectRates(scheduleOf(Curve::constant), {0.0, 5e-06, 1.5e-05, 2e-05, 2e-05,
                                            2e-05, 2e-05, 2e-05, 2e-05, 2e-05});
  Schedule always = scheduleOf(Curve::constant);
  always.warmupSteps = 0;
  EXPECT_EQ(always.rate(0), 2e-5);
}

TEST(ScheduleTest, linear) {
  Schedule schedule = scheduleOf(Curve::linear);
  expectRates(schedule, {0.0, 5e-06, 1.5e-05, 2e-05, 1.875e-05, 1.25e-05,
                         3.75e-06, 1.25e-06, 0.0, 0.0});
  schedule.warmupSteps = 0;
  expectRates(schedule, {2e-05, 1.9e-05, 1.7e-05, 1.6e-05, 1.5e-05, 1e-05,
                         3e-06, 1e-06, 0.0, 0.0});
}

TEST(ScheduleTest, cosine) {
  Schedule schedule = scheduleOf(Curve::cosine);
  expectRates(schedule, {0.0, 5e-06, 1.5e-05, 2e-05, 1.9807852804032306e-05,
                         1.3826834323650899e-05, 1.6853038769745466e-06,
                         1.921471959676957e-07, 0.0, 1.6853038769745456e-06});
  schedule.cycles = 1.5;
  expectRates(schedule, {0.0, 5e-06, 1.5e-05, 2e-05, 1.8314696123025456e-05,
                         7.612046748871315e-07, 1.1950903220161289e-05,
                         1.685303876974549e-06, 0.0, 1.1950903220161272e-05});
}

TEST(ScheduleTest, polynomial) {
  Schedule schedule = scheduleOf(Curve::polynomial);
  expectRates(schedule, {0.0, 5e-06, 1.5e-05, 2e-05, 1.875625e-05, 1.25375e-05,
                         3.83125e-06, 1.34375e-06, 1e-07, 1e-07});
  schedule.endRate = 1e-6;
  schedule.power = 2.5;
  expectRates(schedule, {0.0, 5e-06, 1.5e-05, 2e-05, 1.716894902835616e-05,
                         6.867507377265547e-06, 1.2892389532170681e-06,
                         1.0185546875e-06, 1e-06, 1e-06});
}

TEST(ScheduleTest, inverseSqrt) {
  Schedule schedule = scheduleOf(Curve::inverseSqrt);
  expectRates(schedule, {0.0, 5e-06, 1.5e-05, 2e-05, 1.788854381999832e-05,
                         1.2649110640673518e-05, 9.701425001453319e-06,
                         9.17662935482247e-06, 8.94427190999916e-06,
                         8.340576562282992e-06});
  schedule.timescale = 9;
  expectRates(schedule,
              {0.0, 5e-06, 1.5e-05, 2e-05, 1.897366596101028e-05,
               1.549193338482967e-05, 1.2792042981336625e-05,
               1.224744871391589e-05, 1.2e-05, 1.1338934190276818e-05});
  schedule.warmupSteps = schedule.timescale = 0;
  expectRates(schedule, {2e-05, 1.9999000074993755e-05, 1.9997000674831297e-05,
                         1.9996001199600145e-05, 1.999500187421909e-05,
                         1.9990007493755467e-05, 1.9983021644339355e-05,
                         1.99810270322024e-05, 1.9980029950087344e-05,
                         1.9977039599108977e-05});
}

TEST(ScheduleTest, isDefinedWithoutStepsAfterTheWarmup) {
  for (Curve curve : {Curve::constant, Curve::linear, Curve::cosine,
                      Curve::polynomial, Curve::inverseSqrt}) {
    Schedule schedule = scheduleOf(curve);
    schedule.steps = schedule.warmupSteps;
    EXPECT_EQ(schedule.rate(2), 1e-5);
    EXPECT_GE(schedule.rate(4), 0);
    EXPECT_LE(schedule.rate(4), 2e-5);
  }
  EXPECT_EQ(warmupOf(0.06, 101), 7);
  EXPECT_EQ(warmupOf(0, 101), 0);
  EXPECT_EQ(warmupOf(1, 101), 101);
}

TEST(ScheduleTest, hasTransformersNames) {
  for (const char *name :
       {"constant", "linear", "cosine", "polynomial", "inverse_sqrt"}) {
    const Result<Curve> curve = curveNamed(name);
    ASSERT_TRUE(curve) << curve.error();
    EXPECT_STREQ(nameOf(*curve), name);
  }
  EXPECT_EQ(*curveNamed("constant_with_warmup"), Curve::constant);
  EXPECT_EQ(curveNamed("step\n").error(),
            "unknown schedule \"step?\", there are: constant, linear, cosine, "
            "polynomial, inverse_sqrt");
  EXPECT_FALSE(curveNamed(""));
}

void expectRefused(const Schedule &schedule, const std::string &message) {
  const MaybeFailure failure = schedule.check();
  ASSERT_TRUE(failure) << message;
  EXPECT_THAT(failure->message, HasSubstr(message));
}

TEST(ScheduleTest, refusesNumbersWithoutMeaning) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  for (double bad : {0.0, -1.0, infinity, nan}) {
    Schedule schedule = scheduleOf(Curve::linear);
    schedule.peakRate = bad;
    expectRefused(schedule, "the learning rate");
  }
  for (int64_t Schedule::*field :
       {&Schedule::warmupSteps, &Schedule::steps, &Schedule::timescale}) {
    Schedule schedule = scheduleOf(Curve::linear);
    schedule.*field = -1;
    expectRefused(schedule, "a number of steps");
  }
  for (double bad : {-1.0, infinity, nan}) {
    Schedule wave = scheduleOf(Curve::cosine);
    wave.cycles = bad;
    expectRefused(wave, "cycles");
    Schedule curve = scheduleOf(Curve::polynomial);
    curve.power = bad;
    expectRefused(curve, "power");
    curve = scheduleOf(Curve::polynomial);
    curve.endRate = bad;
    expectRefused(curve, "last rate");
  }
  Schedule rising = scheduleOf(Curve::polynomial);
  rising.endRate = 2e-5;
  expectRefused(rising, "last rate");
}

} // namespace
