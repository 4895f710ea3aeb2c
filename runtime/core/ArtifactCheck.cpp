//===- ArtifactCheck.cpp - is the descriptor one of this version ----------===//

#include "runtime/core/CpuFeatures.h"
#include "runtime/core/Error.h"
#include "runtime/core/Model.h"

#include <cstring>

using namespace bertc::core;

namespace {

bool isSane(const bertc_affine &affine) {
  return affine.constant >= 0 && affine.per_token >= 0 &&
         affine.per_sequence >= 0 && affine.per_thread >= 0;
}

bool isSane(const bertc_artifact_tensor &tensor) {
  // 2^31 columns are more than a model has, and few enough to multiply.
  return tensor.name && tensor.columns > 0 && tensor.columns <= INT32_MAX &&
         tensor.row_stride >= tensor.columns &&
         tensor.row_stride <= INT32_MAX && isSane(tensor.offset) &&
         (tensor.form == BERTC_FORM_ROWS || tensor.form == BERTC_FORM_MAPS ||
          (tensor.form == BERTC_FORM_SCALAR && tensor.columns == 1));
}

bool isInput(const bertc_artifact_tensor &tensor) {
  if (!isSane(tensor) || tensor.element != BERTC_ELEMENT_I32 ||
      tensor.columns != 1)
    return false;
  if (std::strcmp(tensor.name, "offsets") == 0)
    return tensor.rows == BERTC_ROWS_SEQUENCES_PLUS_ONE;
  if (std::strcmp(tensor.name, "mlm_positions") == 0)
    return tensor.rows == BERTC_ROWS_SELECTED;
  return tensor.rows == BERTC_ROWS_TOKENS &&
         (std::strcmp(tensor.name, "input_ids") == 0 ||
          std::strcmp(tensor.name, "position_ids") == 0 ||
          std::strcmp(tensor.name, "token_type_ids") == 0);
}

bool isOutput(const bertc_artifact_tensor &tensor, int64_t maxPositions) {
  if (tensor.form == BERTC_FORM_MAPS &&
      (tensor.rows != BERTC_ROWS_TOKENS || tensor.columns % maxPositions != 0))
    return false;
  return isSane(tensor) && tensor.element == BERTC_ELEMENT_F32 &&
         (tensor.rows == BERTC_ROWS_TOKENS ||
          tensor.rows == BERTC_ROWS_SEQUENCES ||
          tensor.rows == BERTC_ROWS_SELECTED);
}

bool isSane(const bertc_amount &amount) {
  return amount.constant >= 0 && amount.per_token >= 0 &&
         amount.per_sequence >= 0 && amount.per_selected >= 0 &&
         amount.per_token_pair >= 0;
}

/// Tools print and draw these, wherever they come from.
bool isPrintable(const char *text) {
  constexpr int longest = 1024;
  if (!text)
    return false;
  for (int i = 0; i < longest; ++i) {
    if (text[i] == '\0')
      return true;
    if (text[i] < ' ' || text[i] > '~')
      return false;
  }
  return false;
}

bool isSane(const bertc_artifact_phase &phase) {
  return isPrintable(phase.kernel) && isPrintable(phase.place) &&
         isPrintable(phase.dtype) && isSane(phase.flops) &&
         isSane(phase.weights) && isSane(phase.activations);
}

constexpr int64_t most = 1 << 20; // of anything that is listed

bool phasesAreSane(const bertc_artifact &a) {
  if (a.num_phases < 0 || a.num_phases > most ||
      (a.num_phases > 0 && !a.phases))
    return false;
  for (int64_t i = 0; i < a.num_phases; ++i)
    if (!isSane(a.phases[i]))
      return false;
  return true;
}

bool arraysAreSane(const bertc_artifact &a) {
  if (a.num_inputs < 0 || a.num_inputs > most || a.num_outputs < 0 ||
      a.num_outputs > most || a.num_parameters < 0 || a.num_parameters > most ||
      (a.num_inputs > 0 && !a.inputs) || (a.num_outputs > 0 && !a.outputs) ||
      (a.num_parameters > 0 && !a.parameters))
    return false;
  for (int64_t i = 0; i < a.num_inputs; ++i)
    if (!isInput(a.inputs[i]))
      return false;
  for (int64_t i = 0; i < a.num_outputs; ++i)
    if (!isOutput(a.outputs[i], a.max_positions))
      return false;
  for (int64_t i = 0; i < a.num_parameters; ++i) {
    const bertc_artifact_parameter &p = a.parameters[i];
    if (!p.name || !p.layout || p.offset > a.weights_bytes ||
        p.bytes > a.weights_bytes - p.offset)
      return false;
  }
  return true;
}

bool isSane(const bertc_artifact &a) {
  return a.family && a.task && a.dtype && a.target_cpu && a.isa &&
         a.cpu_features && a.build && a.model_json && a.run &&
         a.vocab_size > 0 && a.type_vocab_size >= 0 && a.max_positions > 0 &&
         a.max_positions <= INT32_MAX / 2 && a.position_offset >= 0 &&
         a.position_offset <= INT32_MAX / 2 &&
         (a.position_rule == BERTC_POSITION_COLUMN ||
          a.position_rule == BERTC_POSITION_COUNT) &&
         a.pad_token_id >= 0 && a.pad_token_id < a.vocab_size &&
         isSane(a.workspace) && (a.weights || a.weights_bytes == 0) &&
         (a.tokenizer || a.tokenizer_bytes == 0) && arraysAreSane(a) &&
         phasesAreSane(a);
}

} // namespace

bertc_status bertc::core::checkArtifact(const bertc_artifact &artifact,
                                        const char *path) {
  if (artifact.magic != BERTC_ARTIFACT_MAGIC)
    return fail(BERTC_BAD_ARTIFACT,
                "%s: damaged: %s does not begin with its magic number", path,
                BERTC_ARTIFACT_SYMBOL);
  if (artifact.version != BERTC_ARTIFACT_VERSION ||
      artifact.struct_size != sizeof(bertc_artifact) ||
      artifact.tensor_size != sizeof(bertc_artifact_tensor) ||
      artifact.parameter_size != sizeof(bertc_artifact_parameter) ||
      artifact.call_size != sizeof(bertc_call) ||
      artifact.phase_size != sizeof(bertc_artifact_phase))
    return fail(BERTC_BAD_ARTIFACT,
                "%s: compiled for another version of the runtime: format %u "
                "with records of %u, %u, %u, %u and %u bytes, expected %u with "
                "%zu, %zu, %zu, %zu and %zu; compile the model again",
                path, artifact.version, artifact.struct_size,
                artifact.tensor_size, artifact.parameter_size,
                artifact.call_size, artifact.phase_size, BERTC_ARTIFACT_VERSION,
                sizeof(bertc_artifact), sizeof(bertc_artifact_tensor),
                sizeof(bertc_artifact_parameter), sizeof(bertc_call),
                sizeof(bertc_artifact_phase));
  if (!isSane(artifact))
    return fail(BERTC_BAD_ARTIFACT,
                "%s: damaged: its description contradicts itself", path);
  char missing[256];
  if (!supportsFeatures(artifact.cpu_features, missing, sizeof(missing)))
    return fail(BERTC_UNSUPPORTED_CPU,
                "%s: compiled for %s with %s; this machine lacks %s: compile "
                "with --target-cpu native here",
                path, artifact.target_cpu, artifact.isa, missing);
  return BERTC_OK;
}
