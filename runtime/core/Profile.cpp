//===- Profile.cpp --------------------------------------------------------===//

#include "runtime/core/Profile.h"

#include "runtime/core/Error.h"
#include "runtime/core/Session.h"

#include <cstring>

using namespace bertc::core;

namespace {

/// amount at `size`, or -1 when it does not fit into 63 bits.
int64_t evaluate(const bertc_amount &amount, const RunSize &size,
                 int64_t tokenPairs) {
  int64_t sum = amount.constant;
  const int64_t terms[][2] = {{amount.per_token, size.tokens},
                              {amount.per_sequence, size.sequences},
                              {amount.per_selected, size.selected},
                              {amount.per_token_pair, tokenPairs}};
  for (auto [each, count] : terms) {
    int64_t product;
    if (__builtin_mul_overflow(each, count, &product) ||
        __builtin_add_overflow(sum, product, &sum))
      return -1;
  }
  return sum;
}

/// Of the last run: below 2^60, for there are less than 2^30 tokens.
int64_t tokenPairs(const bertc_session &session) {
  int64_t pairs = 0;
  for (int64_t b = 0; b < session.last.size.sequences; ++b) {
    const int64_t length = int64_t(session.offsets[b + 1]) - session.offsets[b];
    pairs += length * length;
  }
  return pairs;
}

} // namespace

Owned<Profile> Profile::create(Barrier &barrier, int64_t phases,
                               int64_t threads) {
  Owned<Profile> profile = makeOwned<Profile>(barrier, phases, threads);
  if (!profile)
    return nullptr;
  profile->stamps = makeArray<int64_t>(threads * profile->rowLength());
  return profile->stamps ? std::move(profile) : nullptr;
}

int64_t Profile::rowLength() const {
  constexpr int64_t line = 64 / sizeof(int64_t); // so that rows share none
  return 1 + 2 * (phases + 1) + line;
}

void Profile::begin() {
  for (int64_t thread = 0; thread < threads; ++thread)
    passed(thread) = 0;
  begun = nanosecondsNow();
}

void Profile::enter(int64_t thread) { start(thread, 0) = nanosecondsNow(); }

void Profile::wait(int64_t thread) {
  const int64_t phase = passed(thread)++;
  // A program with more barriers than it tells has no profile.
  if (phase >= phases)
    return barrier.wait();
  end(thread, phase) = nanosecondsNow();
  barrier.wait();
  start(thread, phase + 1) = nanosecondsNow();
}

bool Profile::isComplete() const {
  for (int64_t thread = 0; thread < threads; ++thread)
    if (passed(thread) != phases)
      return false;
  return true;
}

int64_t Profile::endOfAll(int64_t phase) const {
  int64_t latest = end(0, phase);
  for (int64_t thread = 1; thread < threads; ++thread)
    if (end(thread, phase) > latest)
      latest = end(thread, phase);
  return latest;
}

int64_t Profile::duration(int64_t phase) const {
  return endOfAll(phase) - (phase > 0 ? endOfAll(phase - 1) : begun);
}

int64_t Profile::busy(int64_t phase) const {
  int64_t sum = 0;
  for (int64_t thread = 0; thread < threads; ++thread)
    sum += end(thread, phase) - start(thread, phase);
  return sum;
}

bertc_status bertc_profile(const bertc_session *session, int64_t index,
                           bertc_phase *phase, uint64_t bytes) {
  if (!session || !phase)
    return fail(BERTC_BAD_ARGUMENT, "the %s is NULL",
                session ? "phase" : "session");
  const bertc_artifact_variant &variant = *session->model.variant;
  if (index < 0 || index >= variant.num_phases)
    return fail(BERTC_BAD_ARGUMENT, "phase %lld, a run of the model has %lld",
                static_cast<long long>(index),
                static_cast<long long>(variant.num_phases));
  if (!session->profile)
    return fail(BERTC_BAD_ARGUMENT,
                "the session was made without a profile: its options ask for "
                "one");
  if (!session->last.valid)
    return fail(BERTC_BAD_ARGUMENT, "the session has not run yet");
  if (session->model.variant->evaluate && !session->last.learned)
    return fail(BERTC_BAD_ARGUMENT,
                "the session's last run had no labels: profiles are of runs "
                "that learn");
  if (session->last.size.tokens == 0)
    return fail(BERTC_BAD_ARGUMENT, "the session's last run had no tokens");
  if (!session->profile->isComplete())
    return fail(BERTC_BAD_ARTIFACT,
                "the program waits more often or less than at the end of the "
                "%lld phases that it tells",
                static_cast<long long>(variant.num_phases));
  const bertc_artifact_phase &told = variant.phases[index];
  const RunSize &size = session->last.size;
  const int64_t pairs = tokenPairs(*session);
  const bertc_phase known = {told.kernel,
                             told.place,
                             told.dtype,
                             evaluate(told.flops, size, pairs),
                             evaluate(told.weights, size, pairs),
                             evaluate(told.activations, size, pairs),
                             session->profile->duration(index),
                             session->profile->busy(index)};
  std::memset(phase, 0, bytes);
  std::memcpy(phase, &known, bytes < sizeof(known) ? bytes : sizeof(known));
  if (known.flops < 0 || known.weight_bytes < 0 || known.activation_bytes < 0)
    return fail(BERTC_BAD_ARTIFACT, "phase %lld: more work than a number holds",
                static_cast<long long>(index));
  return BERTC_OK;
}
