//===- Model.h - an opened artifact ---------------------------------------===//

#ifndef BERTC_RUNTIME_CORE_MODEL_H
#define BERTC_RUNTIME_CORE_MODEL_H

#include "runtime/core/Memory.h"
#include "runtime/include/bertc.h"
#include "runtime/include/bertc_artifact.h"

#include <cstdint>

struct bertc_model {
  bertc_model() = default;
  bertc_model(const bertc_model &) = delete;
  ~bertc_model();

  void *library = nullptr; ///< of dlopen, null for the linked artifact
  const bertc_artifact *artifact = nullptr;
  const bertc_artifact_variant *variant = nullptr; ///< the one that runs
  bertc_model_info info = {};
  bertc::core::Array<bertc_tensor_info> inputs, outputs;
  bertc::core::Array<bertc_parameter_info> parameters;
  bertc::core::Array<bertc_variant_info> variants;

  /// Where the inputs are, by what they are; null where the program does not
  /// take one.
  const bertc_artifact_place *ids = nullptr;
  const bertc_artifact_place *positions = nullptr;
  const bertc_artifact_place *types = nullptr;
  const bertc_artifact_place *offsets = nullptr;
  const bertc_artifact_place *selection = nullptr;
  const bertc_artifact_place *sequences = nullptr; ///< their ids
  int64_t numLabels = 0;                           ///< inputs that are labels
};

namespace bertc::core {

/// Whether an input is one of BERTC_LABEL_NAMES.
bool isLabelName(const char *name);

/// Null in a program without one.
const bertc_artifact *linkedArtifact();

/// The sizes that a place in the workspace depends on.
struct RunSize {
  int64_t tokens;
  int64_t sequences;
  int64_t threads;
  int64_t selected; ///< rows that count selected tokens; not for places
};

constexpr int64_t mostTokens = INT32_MAX / 2; // offsets are 32 bits wide
constexpr int64_t mostThreads = 1024;

/// -1 when it does not fit into 63 bits. `size` must be in range.
int64_t evaluate(const bertc_affine &affine, const RunSize &size);
int64_t rowsOf(const bertc_artifact_tensor &tensor, const RunSize &size);

/// Whether the array lies within the workspace of a run of this size.
bool liesWithin(const bertc_artifact_tensor &tensor,
                const bertc_artifact_place &place, const RunSize &size,
                int64_t workspaceBytes);

/// Of a checked artifact: below 2^60.
inline int64_t elementsOf(const bertc_artifact_state &state) {
  return state.shape[0] * state.shape[1];
}
bool liesWithin(const bertc_artifact_state &state, const bertc_affine &place,
                const RunSize &size, int64_t workspaceBytes);

/// Magic, version, and that all numbers and pointers are such as a compiler of
/// this version writes. `path` names the artifact in messages.
bertc_status checkArtifact(const bertc_artifact &artifact, const char *path);

/// The variant of a checked artifact that this machine runs: the first that it
/// has the features for, among those that BERTC_ISA means where that is set.
bertc_status chooseVariant(const bertc_artifact &artifact, const char *path,
                           int64_t &chosen);
/// `chosen` runs here. False when there is no memory.
bool describeVariants(const bertc_artifact &artifact, int64_t chosen,
                      Array<bertc_variant_info> &infos);

} // namespace bertc::core

#endif // BERTC_RUNTIME_CORE_MODEL_H
