//===- Labels.cpp - what a run learns from --------------------------------===//

#include "runtime/include/bertc_train.h"

#include "runtime/core/Error.h"
#include "runtime/core/Session.h"

#include <cmath>
#include <cstdio>
#include <cstring>

using namespace bertc::core;

namespace {

using Long = long long;

/// The state that is the weight of a run's loss by these labels, -1 where the
/// model has none.
int64_t findWeight(const bertc_model &model, const char *labels) {
  char name[64];
  std::snprintf(name, sizeof(name), "%s.weight", labels);
  return bertc_find_state(&model, BERTC_NUMBER, name);
}

/// Of things with parts, which a label is one of: a batch's sequences, or
/// questions.
struct Parts {
  const void *whole;
  int64_t (*length)(const void *whole, int64_t i);

  int64_t of(int64_t i) const { return length(whole, i); }
};

/// Checks the labels of one input, and counts them.
class LabelCheck {
public:
  LabelCheck(const bertc_artifact_tensor &input,
             bertc_session::GivenLabels &given)
      : input(input), given(given) {}

  /// `questions` is a row for each and one more, null in other models.
  bertc_status run(const RunSize &size, const Parts &sequences,
                   const bertc_session::GivenLabels *questions) {
    if (!given.values)
      return fail(BERTC_BAD_INPUT,
                  "%s: the model learns from them, the run has "
                  "none",
                  input.name);
    if (input.rows == BERTC_ROWS_QUESTIONS_PLUS_ONE)
      return offsets(size);
    if (input.rows == BERTC_ROWS_PAIRS && size.sequences % 2 != 0)
      return fail(BERTC_BAD_INPUT,
                  "%s: the model learns from pairs of sequences, the run has "
                  "%lld",
                  input.name, Long(size.sequences));
    const bool ofQuestions = input.rows == BERTC_ROWS_QUESTIONS;
    const int64_t rows =
        ofQuestions && questions ? questions->rows - 1 : rowsOf(input, size);
    if (given.rows != rows)
      return fail(BERTC_BAD_INPUT, "%s has %lld rows, the run %lld", input.name,
                  Long(given.rows), Long(rows));
    given.count = 0;
    if (bertc_status status =
            values(sequences, ofQuestions ? questions : nullptr))
      return status;
    if (given.ofStep == 0 && given.count == 0)
      return fail(BERTC_BAD_INPUT, "%s: no label to learn from", input.name);
    if (given.ofStep > 0 && given.count > given.ofStep)
      return fail(BERTC_BAD_INPUT, "%s: %lld in the run, %lld in its step",
                  input.name, Long(given.count), Long(given.ofStep));
    return BERTC_OK;
  }

private:
  /// `questions` is null for labels of others.
  bertc_status values(const Parts &sequences,
                      const bertc_session::GivenLabels *questions) {
    if (input.element == BERTC_ELEMENT_F32)
      return numbers();
    if (input.classes > 0)
      return classes(input.classes);
    if (input.rows == BERTC_ROWS_PAIRS)
      return classes(given.rows);
    return questions ? positions({questions->values, choicesOf}, "a choice")
                     : positions(sequences, "a token");
  }
  /// That each question has a choice bounds how many there are.
  bertc_status offsets(const RunSize &size) {
    const int32_t *values = static_cast<const int32_t *>(given.values);
    bool ascends = given.rows > 1 && values[0] == 0 &&
                   values[given.rows - 1] == size.sequences;
    for (int64_t q = 1; ascends && q < given.rows; ++q)
      ascends = values[q - 1] < values[q];
    if (ascends)
      return BERTC_OK;
    return fail(BERTC_BAD_INPUT,
                "%s must ascend from 0 to the run's %lld sequences, with a "
                "choice for each question",
                input.name, Long(size.sequences));
  }
  static int64_t choicesOf(const void *offsets, int64_t question) {
    const int32_t *values = static_cast<const int32_t *>(offsets);
    return values[question + 1] - values[question];
  }
  bertc_status numbers() {
    const float *values = static_cast<const float *>(given.values);
    for (int64_t i = 0; i < given.rows * input.columns; ++i)
      if (!std::isfinite(values[i]))
        return fail(BERTC_BAD_INPUT, "%s[%lld, %lld] is not finite", input.name,
                    Long(i / input.columns), Long(i % input.columns));
    given.count = given.rows;
    return BERTC_OK;
  }
  bertc_status classes(int64_t count) {
    const int32_t *values = static_cast<const int32_t *>(given.values);
    for (int64_t i = 0; i < given.rows; ++i) {
      if (values[i] != BERTC_NO_LABEL && (values[i] < 0 || values[i] >= count))
        return fail(BERTC_BAD_INPUT,
                    "%s[%lld] is %d, expected 0 to %lld, or %d for none",
                    input.name, Long(i), values[i], Long(count - 1),
                    BERTC_NO_LABEL);
      given.count += values[i] != BERTC_NO_LABEL;
    }
    return BERTC_OK;
  }
  /// What is past the end of its sequence, or question, is none.
  bertc_status positions(const Parts &parts, const char *part) {
    const int32_t *values = static_cast<const int32_t *>(given.values);
    for (int64_t i = 0; i < given.rows; ++i) {
      if (values[i] < 0)
        return fail(BERTC_BAD_INPUT, "%s[%lld] is %d, expected %s", input.name,
                    Long(i), values[i], part);
      given.count += values[i] < parts.of(i);
    }
    return BERTC_OK;
  }

  const bertc_artifact_tensor &input;
  bertc_session::GivenLabels &given;
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

bertc_status bertc::core::checkLabels(bertc_session &session,
                                      const RunSize &size, const void *batch,
                                      int64_t (*length)(const void *batch,
                                                        int64_t b)) {
  const bertc_artifact &artifact = *session.model.artifact;
  // Before the labels that they are read by.
  bertc_session::GivenLabels *questions = nullptr;
  for (int64_t i = 0; i < artifact.num_inputs; ++i) {
    if (artifact.inputs[i].rows != BERTC_ROWS_QUESTIONS_PLUS_ONE)
      continue;
    questions = &session.labels[i];
    if (bertc_status status = LabelCheck(artifact.inputs[i], *questions)
                                  .run(size, {batch, length}, nullptr))
      return status;
  }
  for (int64_t i = 0; i < artifact.num_inputs; ++i)
    if (isLabelName(artifact.inputs[i].name))
      if (bertc_status status =
              LabelCheck(artifact.inputs[i], session.labels[i])
                  .run(size, {batch, length}, questions))
        return status;
  return BERTC_OK;
}

/// Questions past the run's own have no choices, and no label is one of none.
static void fillQuestions(const bertc_artifact_tensor &input,
                          const bertc_artifact_place &place, int64_t given,
                          const RunSize &size, uint8_t *to) {
  const int32_t rest = input.rows == BERTC_ROWS_QUESTIONS_PLUS_ONE
                           ? static_cast<int32_t>(size.sequences)
                           : 0;
  for (int64_t row = given; row < rowsOf(input, size); ++row)
    std::memcpy(to + row * place.row_stride * 4, &rest, sizeof(rest));
}

void bertc::core::fillLabels(bertc_session &session, const RunSize &size) {
  const bertc_artifact &artifact = *session.model.artifact;
  for (int64_t i = 0; i < artifact.num_inputs; ++i) {
    const bertc_artifact_tensor &input = artifact.inputs[i];
    if (!isLabelName(input.name))
      continue;
    const bertc_session::GivenLabels &given = session.labels[i];
    const bertc_artifact_place &place = session.model.variant->inputs[i];
    // Both kinds of elements have 4 bytes.
    const size_t rowBytes = static_cast<size_t>(input.columns) * 4;
    uint8_t *to = addressOf<uint8_t>(session, place, size);
    const auto *from = static_cast<const uint8_t *>(given.values);
    for (int64_t row = 0; row < given.rows; ++row)
      std::memcpy(to + row * place.row_stride * 4,
                  from + static_cast<size_t>(row) * rowBytes, rowBytes);
    if (input.rows == BERTC_ROWS_QUESTIONS ||
        input.rows == BERTC_ROWS_QUESTIONS_PLUS_ONE)
      fillQuestions(input, place, given.rows, size, to);
    if (const int64_t weight = findWeight(session.model, input.name);
        weight >= 0)
      *addressOf<float>(session, weight) =
          given.ofStep > 0
              ? static_cast<float>(static_cast<double>(given.count) /
                                   static_cast<double>(given.ofStep))
              : 1;
  }
  setNumber(session, "accumulate", session.accumulates);
}

namespace {

/// The number of the input that these labels are, -1 where the model has none.
int64_t findLabels(const bertc_model &model, const char *name) {
  if (isLabelName(name))
    for (int64_t i = 0; i < model.artifact->num_inputs; ++i)
      if (std::strcmp(model.artifact->inputs[i].name, name) == 0)
        return i;
  fail(BERTC_BAD_ARGUMENT, "the model has no labels \"%s\"", name);
  return -1;
}

} // namespace

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
  const int64_t input = findLabels(session->model, name);
  if (input < 0)
    return BERTC_BAD_ARGUMENT;
  session->labels[input].values = values;
  session->labels[input].rows = rows;
  return BERTC_OK;
}

bertc_status bertc_count_labels(bertc_session *session, const char *name,
                                int64_t labels) {
  if (!session || !name)
    return fail(BERTC_BAD_ARGUMENT, "the %s is NULL",
                session ? "name" : "session");
  Claim claim(*session);
  if (!claim)
    return fail(BERTC_BUSY, "the session is running on another thread");
  const int64_t input = findLabels(session->model, name);
  if (input < 0)
    return BERTC_BAD_ARGUMENT;
  if (labels < 1)
    return fail(BERTC_BAD_ARGUMENT, "a step of %lld %s", Long(labels), name);
  if (findWeight(session->model, name) < 0)
    return fail(BERTC_BAD_ARGUMENT,
                "the loss by \"%s\" is no mean over the rows of a batch: its "
                "step is one run",
                name);
  session->labels[input].ofStep = labels;
  return BERTC_OK;
}

bertc_status bertc_accumulate(bertc_session *session) {
  if (!session)
    return fail(BERTC_BAD_ARGUMENT, "the session is NULL");
  if (bertc_find_state(&session->model, BERTC_NUMBER, "accumulate") < 0)
    return fail(BERTC_BAD_ARGUMENT, "the model has no gradients to add to");
  Claim claim(*session);
  if (!claim)
    return fail(BERTC_BUSY, "the session is running on another thread");
  session->accumulates = true;
  return BERTC_OK;
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
