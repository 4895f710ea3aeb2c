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
  return &session->model.artifact->outputs[index];
}

bertc_view viewOf(const bertc_session &session,
                  const bertc_artifact_tensor &tensor) {
  const RunSize &size = session.last.size;
  return {placeOf<const float>(session, tensor, size), rowsOf(tensor, size),
          tensor.columns, tensor.row_stride};
}

/// The number of dimensions.
int paddedShape(const bertc_session &session,
                const bertc_artifact_tensor &tensor, int64_t shape[3]) {
  shape[0] = session.last.size.sequences;
  if (tensor.rows != BERTC_ROWS_TOKENS) {
    shape[1] = tensor.columns;
    return 2;
  }
  shape[1] = session.last.seqLen;
  shape[2] = tensor.columns;
  return 3;
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
                       int64_t shape[3]) {
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
  int64_t shape[3];
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

  const bertc_view view = viewOf(*session, *tensor);
  const size_t rowBytes = static_cast<size_t>(view.columns) * sizeof(float);
  if (rank == 2) {
    for (int64_t row = 0; row < view.rows; ++row)
      std::memcpy(destination + row * view.columns,
                  view.data + row * view.stride, rowBytes);
    return BERTC_OK;
  }
  // Padding between the tokens is zeroed on the way.
  float *next = destination;
  for (int64_t sequence = 0; sequence < shape[0]; ++sequence)
    for (int64_t token = session->offsets[sequence];
         token < session->offsets[sequence + 1]; ++token) {
      float *row =
          destination +
          (sequence * shape[1] + session->columns[token]) * view.columns;
      std::memset(next, 0, static_cast<size_t>(row - next) * sizeof(float));
      std::memcpy(row, view.data + token * view.stride, rowBytes);
      next = row + view.columns;
    }
  std::memset(next, 0,
              static_cast<size_t>(destination + needed - next) * sizeof(float));
  return BERTC_OK;
}
