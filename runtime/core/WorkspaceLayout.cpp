//===- WorkspaceLayout.cpp - places in a session's memory -----------------===//

#include "runtime/core/Model.h"

using namespace bertc::core;

namespace {

int64_t roundUp(int64_t count) {
  return (count + BERTC_ARTIFACT_GRAIN - 1) / BERTC_ARTIFACT_GRAIN *
         BERTC_ARTIFACT_GRAIN;
}

/// sum += factor * count, unless it overflows.
bool addProduct(int64_t &sum, int64_t factor, int64_t count) {
  int64_t product;
  return !__builtin_mul_overflow(factor, count, &product) &&
         !__builtin_add_overflow(sum, product, &sum);
}

} // namespace

int64_t bertc::core::evaluate(const bertc_affine &affine, const RunSize &size) {
  int64_t sum = affine.constant;
  bool fits =
      addProduct(sum, affine.per_token, roundUp(size.tokens)) &&
      addProduct(sum, affine.per_sequence, roundUp(size.sequences + 1)) &&
      addProduct(sum, affine.per_thread, size.threads);
  return fits ? sum : -1;
}

int64_t bertc::core::rowsOf(const bertc_artifact_tensor &tensor,
                            const RunSize &size) {
  switch (tensor.rows) {
  case BERTC_ROWS_TOKENS:
    return size.tokens;
  case BERTC_ROWS_SEQUENCES:
  case BERTC_ROWS_QUESTIONS:
    return size.sequences;
  case BERTC_ROWS_SELECTED:
    return size.selected;
  case BERTC_ROWS_PAIRS:
    return size.sequences / 2;
  default:
    return size.sequences + 1;
  }
}

bool bertc::core::liesWithin(const bertc_artifact_state &state,
                             const bertc_affine &place, const RunSize &size,
                             int64_t workspaceBytes) {
  const int64_t begin = evaluate(place, size);
  const int64_t bytes = elementsOf(state) * 4;
  return begin >= 0 && bytes <= workspaceBytes &&
         begin <= workspaceBytes - bytes;
}

bool bertc::core::liesWithin(const bertc_artifact_tensor &tensor,
                             const bertc_artifact_place &place,
                             const RunSize &size, int64_t workspaceBytes) {
  // Both kinds of elements have 4 bytes; rows and strides are below 2^31.
  int64_t begin = evaluate(place.offset, size);
  int64_t elements = rowsOf(tensor, size) * place.row_stride;
  int64_t bytes;
  return begin >= 0 && !__builtin_mul_overflow(elements, 4, &bytes) &&
         bytes <= workspaceBytes && begin <= workspaceBytes - bytes;
}
