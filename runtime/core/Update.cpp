//===- Update.cpp - steps of optimisers -----------------------------------===//

#include "runtime/include/bertc_train.h"

#include "runtime/core/Error.h"
#include "runtime/core/Session.h"

#include <cmath>
#include <cstring>
#include <emmintrin.h>

using namespace bertc::core;

namespace {

// The C library alone, without libm: artifacts are linked with nothing else.

double power(double base, int64_t exponent) {
  double result = 1;
  for (; exponent > 0; exponent >>= 1, base *= base)
    if (exponent & 1)
      result *= base;
  return result;
}

double squareRoot(double x) {
  const __m128d vector = _mm_set_sd(x);
  return _mm_cvtsd_f64(_mm_sqrt_sd(vector, vector));
}

/// What a step multiplies with, which the optimiser's op has the formulas of
/// (dialect/BertOptimizerOps.td).
struct Rates {
  double rate, decay;
  double correction = 1;                            ///< of adam
  double firstCorrection = 1, secondCorrection = 1; ///< of lamb
};

Rates ratesOf(const bertc_artifact_optimizer &optimizer, double learningRate,
              double weightDecay, int64_t step) {
  auto is = [&](const char *name) {
    return std::strcmp(optimizer.name, name) == 0;
  };
  const double c1 = 1 - power(optimizer.first_decay, step);
  const double c2 = 1 - power(optimizer.second_decay, step);
  Rates rates = {learningRate, weightDecay};
  if (is("lamb-nvidia")) {
    rates.firstCorrection = 1 / c1;
    rates.secondCorrection = 1 / c2;
  }
  if (std::strncmp(optimizer.name, "adamw", 5) != 0)
    return rates;
  rates.decay = learningRate * weightDecay;
  if (is("adamw")) {
    rates.rate = learningRate / c1;
    rates.correction = 1 / squareRoot(c2);
  } else if (is("adamw-fairseq")) {
    rates.rate = learningRate * squareRoot(c2) / c1;
  }
  return rates;
}

} // namespace

const char *bertc_optimizer(const bertc_model *model) {
  return model && model->artifact->optimizer ? model->artifact->optimizer->name
                                             : nullptr;
}

bertc_status bertc_update(bertc_session *session, double learning_rate,
                          double weight_decay, int64_t step) {
  if (!session)
    return fail(BERTC_BAD_ARGUMENT, "the session is NULL");
  Claim claim(*session);
  if (!claim)
    return fail(BERTC_BUSY, "the session is running on another thread");
  const bertc_artifact_optimizer *optimizer =
      session->model.artifact->optimizer;
  if (!optimizer)
    return fail(BERTC_BAD_ARGUMENT, "the model was compiled without an "
                                    "optimiser");
  if (!std::isfinite(learning_rate) || learning_rate < 0 ||
      !std::isfinite(weight_decay) || weight_decay < 0)
    return fail(BERTC_BAD_ARGUMENT,
                "learning_rate is %g and weight_decay %g: negative or no "
                "number",
                learning_rate, weight_decay);
  if (step < 1)
    return fail(BERTC_BAD_ARGUMENT, "step is %lld, the first is 1",
                static_cast<long long>(step));
  if (session->pool && !session->pool->isHere())
    return fail(BERTC_NO_RESOURCES,
                "the session's threads stayed in the parent process: make a "
                "session after fork()");
  if (!session->hasGradients)
    return fail(BERTC_BAD_ARGUMENT,
                "step %lld: no run with labels came before it",
                static_cast<long long>(step));
  const Rates rates = ratesOf(*optimizer, learning_rate, weight_decay, step);
  constexpr double most = __FLT_MAX__;
  if (rates.rate > most || rates.decay > most)
    return fail(BERTC_BAD_ARGUMENT, "learning_rate is %g: too large",
                learning_rate);
  setNumber(*session, "rate", rates.rate);
  setNumber(*session, "decay", rates.decay);
  setNumber(*session, "correction", rates.correction);
  setNumber(*session, "first_correction", rates.firstCorrection);
  setNumber(*session, "second_correction", rates.secondCorrection);
  runUpdate(*session);
  session->last.updated = true;
  session->hasGradients = false;
  const int64_t norm =
      bertc_find_state(&session->model, BERTC_NUMBER, "gradient_norm");
  if (norm >= 0 && !std::isfinite(*addressOf<float>(*session, norm)))
    return fail(BERTC_NOT_FINITE,
                "step %lld: the gradients are not finite; the parameters are "
                "as before it",
                static_cast<long long>(step));
  return BERTC_OK;
}
