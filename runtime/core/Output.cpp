//===- Output.cpp - results of the last run -------------------------------===//

#include "runtime/core/Error.h"
#include "runtime/core/Session.h"

#include <cstring>

using namespace bertc::core;

namespace {

/// The output's tensor, or null with the reason in bertc_last_error.
const bertc_artifact_tensor *findOutput(const bertc_session *session,
                                        int64_t index) {
  if (!session) {
    fail(BERTC_BAD_ARGUMENT, "the session is NULL");
    return nullptr;
  }
  if (index < 0 || index >= session->model.info.num_outputs) {
    fail(BERTC_BAD_ARGUMENT, "output %lld, the model has %lld",
         static_cast<long long>(index),
         static_cast<long long>(session->model.info.num_outputs));
    return nullptr;
  }
  if (!session->last.valid) {
    fail(BERTC_BAD_ARGUMENT, "the session has not run yet");
    return nullptr;
  }
  if (session->last.learned) {
    fail(BERTC_BAD_ARGUMENT,
         "the session's last run had labels: it gave a loss and gradients, and "
         "no outputs");
    return nullptr;
  }
  if (session->last.updated) {
    fail(BERTC_BAD_ARGUMENT, "an update came after the session's last run, "
                             "whose outputs it took the memory of");
    return nullptr;
  }
  return &session->model.artifact->outputs[index];
}

/// Where the code that runs has an output of its artifact.
const bertc_artifact_place &placeOf(const bertc_model &model,
                                    const bertc_artifact_tensor &output) {
  return model.variant->outputs[&output - model.artifact->outputs];
}

bertc_view viewOf(const bertc_session &session,
                  const bertc_artifact_tensor &tensor) {
  const RunSize &size = session.last.size;
  const bertc_artifact_place &place = placeOf(session.model, tensor);
  return {addressOf<const float>(session, place, size), rowsOf(tensor, size),
          tensor.columns, place.row_stride};
}

/// The number of dimensions.
int paddedShape(const bertc_session &session,
                const bertc_artifact_tensor &tensor, int64_t shape[4]) {
  int rank = 0;
  shape[rank++] = session.last.size.sequences;
  if (tensor.form == BERTC_FORM_MAPS) {
    shape[rank++] = tensor.columns / session.model.info.max_positions;
    shape[rank++] = session.last.seqLen;
    shape[rank++] = session.last.seqLen;
    return rank;
  }
  if (tensor.rows == BERTC_ROWS_TOKENS)
    shape[rank++] = session.last.seqLen;
  if (tensor.rows == BERTC_ROWS_SELECTED)
    shape[rank++] = session.last.slots;
  if (tensor.form != BERTC_FORM_SCALAR)
    shape[rank++] = tensor.columns;
  return rank;
}

void copyRows(const bertc_view &view, float *destination) {
  for (int64_t row = 0; row < view.rows; ++row)
    std::memcpy(destination + row * view.columns, view.data + row * view.stride,
                static_cast<size_t>(view.columns) * sizeof(float));
}

/// Rows of tokens to their places; what lies between them is zeroed on the way.
void spreadRows(const bertc_session &session,
                const bertc_artifact_tensor &tensor, float *destination,
                int64_t elements) {
  const bertc_view view = viewOf(session, tensor);
  const size_t rowBytes = static_cast<size_t>(view.columns) * sizeof(float);
  float *next = destination;
  auto put = [&](int64_t row, int64_t place) {
    float *start = destination + place * view.columns;
    std::memset(next, 0, static_cast<size_t>(start - next) * sizeof(float));
    std::memcpy(start, view.data + row * view.stride, rowBytes);
    next = start + view.columns;
  };
  if (tensor.rows == BERTC_ROWS_SELECTED)
    for (int64_t row = 0; row < view.rows; ++row)
      put(row, session.places[row]);
  else
    for (int64_t sequence = 0; sequence < session.last.size.sequences;
         ++sequence)
      for (int64_t token = session.offsets[sequence];
           token < session.offsets[sequence + 1]; ++token)
        put(token, sequence * session.last.seqLen + session.columns[token]);
  std::memset(next, 0,
              static_cast<size_t>(destination + elements - next) *
                  sizeof(float));
}

/// Attention maps to [B, heads, S, S]: what each token gives to each token of
/// its sequence, in the places of both.
void spreadMaps(const bertc_session &session,
                const bertc_artifact_tensor &tensor, float *destination,
                int64_t elements) {
  const bertc_view view = viewOf(session, tensor);
  const int64_t positions = session.model.info.max_positions;
  const int64_t heads = view.columns / positions;
  const int64_t seqLen = session.last.seqLen;
  std::memset(destination, 0, static_cast<size_t>(elements) * sizeof(float));
  for (int64_t b = 0; b < session.last.size.sequences; ++b) {
    const int64_t begin = session.offsets[b], end = session.offsets[b + 1];
    for (int64_t head = 0; head < heads; ++head)
      for (int64_t from = begin; from < end; ++from) {
        const float *weights =
            view.data + from * view.stride + head * positions;
        float *row =
            destination +
            ((b * heads + head) * seqLen + session.columns[from]) * seqLen;
        for (int64_t to = begin; to < end; ++to)
          row[session.columns[to]] = weights[to - begin];
      }
  }
}

} // namespace

bertc_status bertc_output(const bertc_session *session, int64_t index,
                          bertc_view *view) {
  const bertc_artifact_tensor *tensor = findOutput(session, index);
  if (!tensor)
    return bertc_last_status();
  if (!view)
    return fail(BERTC_BAD_ARGUMENT, "the view is NULL");
  *view = viewOf(*session, *tensor);
  return BERTC_OK;
}

int bertc_output_shape(const bertc_session *session, int64_t index,
                       int64_t shape[4]) {
  const bertc_artifact_tensor *tensor = findOutput(session, index);
  if (!tensor)
    return 0;
  if (!shape) {
    fail(BERTC_BAD_ARGUMENT, "the shape is NULL");
    return 0;
  }
  return paddedShape(*session, *tensor, shape);
}

bertc_status bertc_read_output_padded(const bertc_session *session,
                                      int64_t index, float *destination,
                                      int64_t elements) {
  const bertc_artifact_tensor *tensor = findOutput(session, index);
  if (!tensor)
    return bertc_last_status();
  int64_t shape[4];
  int rank = paddedShape(*session, *tensor, shape);
  int64_t needed = 1;
  for (int i = 0; i < rank; ++i)
    if (__builtin_mul_overflow(needed, shape[i], &needed))
      return fail(BERTC_BAD_ARGUMENT, "the padded output is too large");
  if (elements != needed)
    return fail(BERTC_BAD_ARGUMENT,
                "room for %lld floats, output \"%s\" has %lld",
                static_cast<long long>(elements), tensor->name,
                static_cast<long long>(needed));
  if (needed == 0)
    return BERTC_OK;
  if (!destination)
    return fail(BERTC_BAD_ARGUMENT, "the destination is NULL");

  if (tensor->rows == BERTC_ROWS_SEQUENCES) {
    copyRows(viewOf(*session, *tensor), destination);
    return BERTC_OK;
  }
  if (tensor->form == BERTC_FORM_MAPS)
    spreadMaps(*session, *tensor, destination, needed);
  else
    spreadRows(*session, *tensor, destination, needed);
  return BERTC_OK;
}
