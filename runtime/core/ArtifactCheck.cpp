//===- ArtifactCheck.cpp - is the descriptor one of this version ----------===//

#include "runtime/core/Error.h"
#include "runtime/core/Model.h"

#include <cstring>

using namespace bertc::core;

namespace {

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

bool isSane(const bertc_affine &affine) {
  return affine.constant >= 0 && affine.per_token >= 0 &&
         affine.per_sequence >= 0 && affine.per_thread >= 0;
}

bool isSane(const bertc_artifact_tensor &tensor) {
  // 2^31 columns are more than a model has, and few enough to multiply.
  return tensor.name && tensor.columns > 0 && tensor.columns <= INT32_MAX &&
         tensor.classes >= 0 &&
         (tensor.form == BERTC_FORM_ROWS || tensor.form == BERTC_FORM_MAPS ||
          (tensor.form == BERTC_FORM_SCALAR && tensor.columns == 1));
}

bool isLabels(const bertc_artifact_tensor &tensor) {
  if (std::strcmp(tensor.name, "choice_offsets") == 0)
    return tensor.rows == BERTC_ROWS_QUESTIONS_PLUS_ONE &&
           tensor.element == BERTC_ELEMENT_I32 && tensor.columns == 1 &&
           tensor.form == BERTC_FORM_ROWS;
  return isLabelName(tensor.name) &&
         (tensor.rows == BERTC_ROWS_TOKENS ||
          tensor.rows == BERTC_ROWS_SEQUENCES ||
          tensor.rows == BERTC_ROWS_SELECTED ||
          tensor.rows == BERTC_ROWS_QUESTIONS ||
          tensor.rows == BERTC_ROWS_PAIRS) &&
         ((tensor.element == BERTC_ELEMENT_F32 && tensor.classes == 0) ||
          (tensor.element == BERTC_ELEMENT_I32 && tensor.columns == 1)) &&
         tensor.form == BERTC_FORM_ROWS;
}

bool isInput(const bertc_artifact_tensor &tensor) {
  if (isSane(tensor) && isLabels(tensor))
    return true;
  if (!isSane(tensor) || tensor.element != BERTC_ELEMENT_I32 ||
      tensor.columns != 1)
    return false;
  if (std::strcmp(tensor.name, "offsets") == 0)
    return tensor.rows == BERTC_ROWS_SEQUENCES_PLUS_ONE;
  if (std::strcmp(tensor.name, "mlm_positions") == 0)
    return tensor.rows == BERTC_ROWS_SELECTED;
  if (std::strcmp(tensor.name, "sequence_ids") == 0)
    return tensor.rows == BERTC_ROWS_SEQUENCES;
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

/// Small enough that its bytes can be counted.
bool isSane(const bertc_artifact_state &state) {
  if (!isPrintable(state.name) || state.rank < 0 || state.rank > 2 ||
      state.role < BERTC_ROLE_NUMBER || state.role > BERTC_ROLE_SECOND_MOMENT ||
      (state.element != BERTC_ELEMENT_I32 &&
       state.element != BERTC_ELEMENT_F32))
    return false;
  for (int64_t size : state.shape)
    if (size <= 0 || size >= int64_t(1) << 30)
      return false;
  return true;
}

bool isSane(const bertc_amount &amount) {
  return amount.constant >= 0 && amount.per_token >= 0 &&
         amount.per_sequence >= 0 && amount.per_selected >= 0 &&
         amount.per_token_pair >= 0;
}

bool isSane(const bertc_artifact_phase &phase) {
  return isPrintable(phase.kernel) && isPrintable(phase.place) &&
         isPrintable(phase.dtype) && isSane(phase.flops) &&
         isSane(phase.weights) && isSane(phase.activations);
}

/// Whether `items` may be an array of `count`.
template <typename T> bool isArray(const T *items, int64_t count) {
  constexpr int64_t most = 1 << 20;
  return count >= 0 && count <= most && (items || count == 0);
}

/// Whether a state begins as a parameter of as many elements, or as zero.
bool beginsSanely(const bertc_artifact_state &state, const bertc_artifact &a) {
  if (state.parameter < 0)
    return true;
  return state.parameter < a.num_parameters &&
         state.element == BERTC_ELEMENT_F32 &&
         a.parameters[state.parameter].bytes >=
             static_cast<uint64_t>(elementsOf(state)) * sizeof(float);
}

bool isSane(const bertc_artifact_optimizer &optimizer) {
  auto isFraction = [](double x) { return x >= 0 && x < 1; };
  return isPrintable(optimizer.name) && isFraction(optimizer.first_decay) &&
         isFraction(optimizer.second_decay);
}

bool arraysAreSane(const bertc_artifact &a) {
  if (!isArray(a.inputs, a.num_inputs) || !isArray(a.outputs, a.num_outputs) ||
      !isArray(a.states, a.num_states) ||
      !isArray(a.parameters, a.num_parameters))
    return false;
  for (int64_t i = 0; i < a.num_states; ++i)
    if (!isSane(a.states[i]))
      return false;
  for (int64_t i = 0; i < a.num_inputs; ++i) {
    if (!isInput(a.inputs[i]))
      return false;
    for (int64_t j = 0; j < i; ++j)
      if (std::strcmp(a.inputs[i].name, a.inputs[j].name) == 0)
        return false;
  }
  for (int64_t i = 0; i < a.num_outputs; ++i)
    if (!isOutput(a.outputs[i], a.max_positions))
      return false;
  for (int64_t i = 0; i < a.num_parameters; ++i) {
    const bertc_artifact_parameter &p = a.parameters[i];
    if (!p.name || !p.layout || p.offset > a.weights_bytes ||
        p.bytes > a.weights_bytes - p.offset)
      return false;
  }
  for (int64_t i = 0; i < a.num_states; ++i)
    if (!beginsSanely(a.states[i], a))
      return false;
  return true;
}

bool placesAreSane(const bertc_artifact_place *places,
                   const bertc_artifact_tensor *tensors, int64_t count) {
  if (!isArray(places, count))
    return false;
  for (int64_t i = 0; i < count; ++i)
    if (places[i].row_stride < tensors[i].columns ||
        places[i].row_stride > INT32_MAX || !isSane(places[i].offset))
      return false;
  return true;
}

bool statesAreSane(const bertc_affine *places, int64_t count) {
  if (!isArray(places, count))
    return false;
  for (int64_t i = 0; i < count; ++i)
    if (!isSane(places[i]) || places[i].per_token || places[i].per_sequence)
      return false;
  return true;
}

/// Whether steps touch all states, which are few enough to be counted.
bool touchesStates(const bertc_artifact_variant &v, const bertc_artifact &a) {
  int64_t room = v.touched.constant;
  for (int64_t i = 0; i < a.num_states; ++i) {
    const int64_t bytes = elementsOf(a.states[i]) * 4;
    if (bytes > room)
      return false;
    room -= bytes;
  }
  return true;
}

/// Of an artifact whose arrays are sane.
bool isSane(const bertc_artifact_variant &v, const bertc_artifact &a) {
  if (!isPrintable(v.target_cpu) || !isPrintable(v.isa) ||
      !isPrintable(v.cpu_features) || !v.run || !isSane(v.workspace) ||
      !isSane(v.touched) || v.touched_per_selected < 0 ||
      !placesAreSane(v.inputs, a.inputs, a.num_inputs) ||
      !placesAreSane(v.outputs, a.outputs, a.num_outputs) ||
      !statesAreSane(v.states, a.num_states) || !touchesStates(v, a) ||
      !isArray(v.parameters, v.num_parameters) ||
      !isArray(v.phases, v.num_phases) ||
      !isArray(v.update_phases, v.num_update_phases) ||
      (a.optimizer && !v.update))
    return false;
  for (int64_t i = 0; i < v.num_update_phases; ++i)
    if (!isSane(v.update_phases[i]))
      return false;
  for (int64_t i = 0; i < v.num_phases; ++i)
    if (!isSane(v.phases[i]))
      return false;
  for (int64_t i = 0; i < v.num_parameters; ++i)
    if (v.parameters[i] < 0 || v.parameters[i] >= a.num_parameters)
      return false;
  return true;
}

bool variantsAreSane(const bertc_artifact &a) {
  if (!isArray(a.variants, a.num_variants) || a.num_variants == 0)
    return false;
  for (int64_t i = 0; i < a.num_variants; ++i)
    if (!isSane(a.variants[i], a))
      return false;
  return true;
}

bool isSane(const bertc_artifact &a) {
  return (!a.optimizer || isSane(*a.optimizer)) && isPrintable(a.family) &&
         isPrintable(a.task) && isPrintable(a.dtype) && a.build &&
         a.model_json && a.vocab_size > 0 && a.type_vocab_size >= 0 &&
         a.max_positions > 0 && a.max_positions <= INT32_MAX / 2 &&
         a.position_offset >= 0 && a.position_offset <= INT32_MAX / 2 &&
         (a.position_rule == BERTC_POSITION_COLUMN ||
          a.position_rule == BERTC_POSITION_COUNT) &&
         a.pad_token_id >= 0 && a.pad_token_id < a.vocab_size &&
         (a.weights || a.weights_bytes == 0) &&
         (a.tokenizer || a.tokenizer_bytes == 0) && arraysAreSane(a) &&
         variantsAreSane(a);
}

} // namespace

bertc_status bertc::core::checkArtifact(const bertc_artifact &artifact,
                                        const char *path) {
  if (artifact.magic != BERTC_ARTIFACT_MAGIC)
    return fail(BERTC_BAD_ARTIFACT,
                "%s: damaged: %s does not begin with its magic number", path,
                BERTC_ARTIFACT_SYMBOL);
  if (artifact.version != BERTC_ARTIFACT_VERSION)
    return fail(BERTC_BAD_ARTIFACT,
                "%s: compiled for another version of the runtime: format %u, "
                "expected %u; compile the model again",
                path, artifact.version, BERTC_ARTIFACT_VERSION);
  const struct {
    uint32_t found;
    size_t expected;
  } sizes[] = {
      {artifact.struct_size, sizeof(bertc_artifact)},
      {artifact.tensor_size, sizeof(bertc_artifact_tensor)},
      {artifact.place_size, sizeof(bertc_artifact_place)},
      {artifact.parameter_size, sizeof(bertc_artifact_parameter)},
      {artifact.variant_size, sizeof(bertc_artifact_variant)},
      {artifact.call_size, sizeof(bertc_call)},
      {artifact.phase_size, sizeof(bertc_artifact_phase)},
      {artifact.state_size, sizeof(bertc_artifact_state)},
      {artifact.optimizer_size, sizeof(bertc_artifact_optimizer)},
  };
  for (const auto &size : sizes)
    if (size.found != size.expected)
      return fail(BERTC_BAD_ARTIFACT,
                  "%s: compiled for another version of the runtime: format %u "
                  "with a record of %u bytes, expected %zu; compile the model "
                  "again",
                  path, artifact.version, size.found, size.expected);
  if (!isSane(artifact))
    return fail(BERTC_BAD_ARTIFACT,
                "%s: damaged: its description contradicts itself", path);
  return BERTC_OK;
}
