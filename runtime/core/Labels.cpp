//===- Labels.cpp - what a run learns from --------------------------------===//

#include "runtime/include/bertc_train.h"

#include "runtime/core/Error.h"
#include "runtime/core/Session.h"

#include <cmath>
#include <cstring>

using namespace bertc::core;

namespace {

using Long = long long;

/// Checks the labels of one input.
class LabelCheck {
public:
  LabelCheck(const bertc_artifact_tensor &input,
             const bertc_session::GivenLabels &given, const void *batch,
             int64_t (*length)(const void *, int64_t))
      : input(input), given(given), batch(batch), length(length) {}

  bertc_status run(const RunSize &size) {
    if (!given.values)
      return fail(BERTC_BAD_INPUT,
                  "%s: the model learns from them, the run has "
                  "none",
                  input.name);
    if (given.rows != rowsOf(input, size))
      return fail(BERTC_BAD_INPUT, "%s has %lld rows, the run %lld", input.name,
                  Long(given.rows), Long(rowsOf(input, size)));
    if (input.element == BERTC_ELEMENT_F32)
      return numbers();
    return input.classes > 0 ? classes() : positions();
  }

private:
  bertc_status numbers() {
    const float *values = static_cast<const float *>(given.values);
    for (int64_t i = 0; i < given.rows * input.columns; ++i)
      if (!std::isfinite(values[i]))
        return fail(BERTC_BAD_INPUT, "%s[%lld, %lld] is not finite", input.name,
                    Long(i / input.columns), Long(i % input.columns));
    return given.rows > 0 ? BERTC_OK : none();
  }
  bertc_status classes() {
    const int32_t *values = static_cast<const int32_t *>(given.values);
    bool any = false;
    for (int64_t i = 0; i < given.rows; ++i) {
      if (values[i] != BERTC_NO_LABEL &&
          (values[i] < 0 || values[i] >= input.classes))
        return fail(BERTC_BAD_INPUT,
                    "%s[%lld] is %d, expected 0 to %lld, or %d for none",
                    input.name, Long(i), values[i], Long(input.classes - 1),
                    BERTC_NO_LABEL);
      any = any || values[i] != BERTC_NO_LABEL;
    }
    return any ? BERTC_OK : none();
  }
  /// What is past the end of its sequence is none.
  bertc_status positions() {
    const int32_t *values = static_cast<const int32_t *>(given.values);
    bool any = false;
    for (int64_t i = 0; i < given.rows; ++i) {
      if (values[i] < 0)
        return fail(BERTC_BAD_INPUT, "%s[%lld] is %d, expected a token",
                    input.name, Long(i), values[i]);
      any = any || values[i] < length(batch, i);
    }
    return any ? BERTC_OK : none();
  }
  bertc_status none() {
    return fail(BERTC_BAD_INPUT, "%s: no label to learn from", input.name);
  }

  const bertc_artifact_tensor &input;
  const bertc_session::GivenLabels &given;
  const void *batch;
  int64_t (*length)(const void *batch, int64_t sequence);
};

} // namespace

bool bertc::core::isLabelName(const char *name) {
  for (const char *one : {BERTC_LABEL_NAMES})
    if (std::strcmp(name, one) == 0)
      return true;
  return false;
}

bool bertc::core::hasLabels(const bertc_session &session) {
  if (!session.model.variant->evaluate)
    return true;
  for (int64_t i = 0; i < session.model.artifact->num_inputs; ++i)
    if (session.labels[i].values)
      return true;
  return false;
}

bertc_status bertc::core::checkLabels(const bertc_session &session,
                                      const RunSize &size, const void *batch,
                                      int64_t (*length)(const void *batch,
                                                        int64_t b)) {
  const bertc_artifact &artifact = *session.model.artifact;
  for (int64_t i = 0; i < artifact.num_inputs; ++i)
    if (isLabelName(artifact.inputs[i].name))
      if (bertc_status status =
              LabelCheck(artifact.inputs[i], session.labels[i], batch, length)
                  .run(size))
        return status;
  return BERTC_OK;
}

void bertc::core::fillLabels(bertc_session &session, const RunSize &size) {
  const bertc_artifact &artifact = *session.model.artifact;
  for (int64_t i = 0; i < artifact.num_inputs; ++i) {
    const bertc_artifact_tensor &input = artifact.inputs[i];
    if (!isLabelName(input.name))
      continue;
    const bertc_artifact_place &place = session.model.variant->inputs[i];
    // Both kinds of elements have 4 bytes.
    const size_t rowBytes = static_cast<size_t>(input.columns) * 4;
    uint8_t *to = addressOf<uint8_t>(session, place, size);
    const auto *from = static_cast<const uint8_t *>(session.labels[i].values);
    for (int64_t row = 0; row < session.labels[i].rows; ++row)
      std::memcpy(to + row * place.row_stride * 4,
                  from + static_cast<size_t>(row) * rowBytes, rowBytes);
  }
}

bertc_status bertc_give_labels(bertc_session *session, const char *name,
                               const void *values, int64_t rows) {
  if (!session || !name || (!values && rows > 0))
    return fail(BERTC_BAD_ARGUMENT, "the %s is NULL",
                !session ? "session"
                : !name  ? "name"
                         : "array of labels");
  Claim claim(*session);
  if (!claim)
    return fail(BERTC_BUSY, "the session is running on another thread");
  const bertc_artifact &artifact = *session->model.artifact;
  for (int64_t i = 0; i < artifact.num_inputs; ++i)
    if (isLabelName(name) && std::strcmp(artifact.inputs[i].name, name) == 0) {
      session->labels[i] = {values, rows};
      return BERTC_OK;
    }
  return fail(BERTC_BAD_ARGUMENT, "the model has no labels \"%s\"", name);
}

bertc_status bertc_give_sequence_ids(bertc_session *session, const int32_t *ids,
                                     int64_t sequences) {
  if (!session || (!ids && sequences > 0))
    return fail(BERTC_BAD_ARGUMENT, "the %s is NULL",
                !session ? "session" : "array of sequence_ids");
  if (!session->model.sequences)
    return fail(BERTC_BAD_ARGUMENT, "the model has no input sequence_ids");
  Claim claim(*session);
  if (!claim)
    return fail(BERTC_BUSY, "the session is running on another thread");
  session->sequences = {ids, sequences};
  return BERTC_OK;
}
