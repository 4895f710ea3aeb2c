//===- State.cpp - what runs leave in a shape of its own ------------------===//

#include "runtime/include/bertc_train.h"

#include "runtime/core/Error.h"
#include "runtime/core/Session.h"

#include <cstring>

using namespace bertc::core;

namespace {

/// The state, or null with the reason in bertc_last_error.
const bertc_artifact_state *findState(const bertc_model &model, int64_t index) {
  const bertc_artifact &artifact = *model.artifact;
  if (index >= 0 && index < artifact.num_states)
    return &artifact.states[index];
  fail(BERTC_BAD_ARGUMENT, "state %lld, the model has %lld",
       static_cast<long long>(index),
       static_cast<long long>(artifact.num_states));
  return nullptr;
}

} // namespace

int64_t bertc_num_states(const bertc_model *model) {
  return model ? model->artifact->num_states : 0;
}

bertc_status bertc_describe_state(const bertc_model *model, int64_t index,
                                  bertc_state_info *info) {
  if (!model || !info)
    return fail(BERTC_BAD_ARGUMENT, "the %s is NULL", model ? "info" : "model");
  const bertc_artifact_state *state = findState(*model, index);
  if (!state)
    return bertc_last_status();
  *info = {state->name, state->rank, {state->shape[0], state->shape[1]}};
  return BERTC_OK;
}

// The session's own flag is no part of what it holds.
bertc_status bertc_read_state(const bertc_session *session, int64_t index,
                              float *destination, int64_t elements) {
  if (!session || !destination)
    return fail(BERTC_BAD_ARGUMENT, "the %s is NULL",
                session ? "destination" : "session");
  Claim claim(const_cast<bertc_session &>(*session));
  if (!claim)
    return fail(BERTC_BUSY, "the session is running on another thread");
  const bertc_artifact_state *state = findState(session->model, index);
  if (!state)
    return bertc_last_status();
  const int64_t count = elementsOf(*state);
  if (elements != count)
    return fail(BERTC_BAD_ARGUMENT,
                "room for %lld floats, state \"%s\" has %lld",
                static_cast<long long>(elements), state->name,
                static_cast<long long>(count));
  const int64_t place =
      evaluate(session->model.variant->states[index], session->capacity);
  std::memcpy(destination, session->workspace.data() + place,
              static_cast<size_t>(count) * sizeof(float));
  return BERTC_OK;
}
