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

/// False with the reason in bertc_last_error.
bool isFloats(const bertc_artifact_state &state) {
  if (state.element == BERTC_ELEMENT_F32)
    return true;
  fail(BERTC_BAD_ARGUMENT, "state \"%s\" is of no floats", state.name);
  return false;
}

/// Whether a state is `elements` floats.
bertc_status checkFloats(const bertc_session &session, int64_t index,
                         int64_t elements) {
  const bertc_artifact_state *state = findState(session.model, index);
  if (!state || !isFloats(*state))
    return bertc_last_status();
  const int64_t count = elementsOf(*state);
  if (elements == count)
    return BERTC_OK;
  return fail(BERTC_BAD_ARGUMENT, "room for %lld floats, state \"%s\" has %lld",
              static_cast<long long>(elements), state->name,
              static_cast<long long>(count));
}

bertc_status busy() {
  return fail(BERTC_BUSY, "the session is running on another thread");
}

} // namespace

void bertc::core::setNumber(bertc_session &session, const char *name,
                            double value) {
  const int64_t index = bertc_find_state(&session.model, BERTC_NUMBER, name);
  if (index >= 0)
    *addressOf<float>(session, index) = static_cast<float>(value);
}

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
  *info = {state->name,
           state->rank,
           {state->shape[0], state->shape[1]},
           static_cast<bertc_state_role>(state->role),
           static_cast<bertc_element_type>(state->element)};
  return BERTC_OK;
}

int64_t bertc_find_state(const bertc_model *model, bertc_state_role role,
                         const char *name) {
  if (!model || !name)
    return -1;
  const bertc_artifact &artifact = *model->artifact;
  for (int64_t i = 0; i < artifact.num_states; ++i)
    if (artifact.states[i].role == static_cast<int32_t>(role) &&
        std::strcmp(artifact.states[i].name, name) == 0)
      return i;
  return -1;
}

// The session's own flag is no part of what it holds.
bertc_status bertc_read_state(const bertc_session *session, int64_t index,
                              float *destination, int64_t elements) {
  if (!session || !destination)
    return fail(BERTC_BAD_ARGUMENT, "the %s is NULL",
                session ? "destination" : "session");
  Claim claim(const_cast<bertc_session &>(*session));
  if (!claim)
    return busy();
  if (bertc_status status = checkFloats(*session, index, elements))
    return status;
  std::memcpy(destination, addressOf<float>(*session, index),
              static_cast<size_t>(elements) * sizeof(float));
  return BERTC_OK;
}

float *bertc_state_data(bertc_session *session, int64_t index) {
  if (!session) {
    fail(BERTC_BAD_ARGUMENT, "the session is NULL");
    return nullptr;
  }
  Claim claim(*session);
  if (!claim) {
    busy();
    return nullptr;
  }
  const bertc_artifact_state *state = findState(session->model, index);
  return state && isFloats(*state) ? addressOf<float>(*session, index)
                                   : nullptr;
}

bertc_status bertc_set_dropout_key(bertc_session *session, uint64_t key) {
  if (!session)
    return fail(BERTC_BAD_ARGUMENT, "the session is NULL");
  Claim claim(*session);
  if (!claim)
    return busy();
  const int64_t index =
      bertc_find_state(&session->model, BERTC_NUMBER, "dropout_key");
  if (index < 0 ||
      session->model.artifact->states[index].element != BERTC_ELEMENT_I32 ||
      elementsOf(session->model.artifact->states[index]) != 2)
    return fail(BERTC_BAD_ARGUMENT, "the model drops nothing");
  // The lower word first (dialect/BertDropoutOps.td).
  const uint32_t words[] = {static_cast<uint32_t>(key),
                            static_cast<uint32_t>(key >> 32)};
  std::memcpy(addressOf<uint32_t>(*session, index), words, sizeof(words));
  return BERTC_OK;
}

bertc_status bertc_write_state(bertc_session *session, int64_t index,
                               const float *source, int64_t elements) {
  if (!session || !source)
    return fail(BERTC_BAD_ARGUMENT, "the %s is NULL",
                session ? "source" : "session");
  Claim claim(*session);
  if (!claim)
    return busy();
  if (bertc_status status = checkFloats(*session, index, elements))
    return status;
  std::memcpy(addressOf<float>(*session, index), source,
              static_cast<size_t>(elements) * sizeof(float));
  session->hasGradients |=
      session->model.artifact->states[index].role == BERTC_ROLE_GRADIENT;
  return BERTC_OK;
}
