//===- StepMemory.cpp - what steps of training keep in memory -------------===//

#include "runtime/core/Error.h"
#include "runtime/core/Model.h"
#include "runtime/include/bertc_train.h"

using namespace bertc::core;

namespace {

/// The part of the memory that a state of this role is counted in.
int64_t &partOf(bertc_step_memory &memory, int32_t role) {
  switch (role) {
  case BERTC_ROLE_PARAMETER:
    return memory.parameters;
  case BERTC_ROLE_GRADIENT:
    return memory.gradients;
  case BERTC_ROLE_FIRST_MOMENT:
  case BERTC_ROLE_SECOND_MOMENT:
    return memory.moments;
  default:
    return memory.numbers;
  }
}

/// Whether states begin as the parameter: sessions copy it, and read it no
/// more.
bool isCopied(const bertc_artifact &artifact, int64_t parameter) {
  for (int64_t i = 0; i < artifact.num_states; ++i)
    if (artifact.states[i].parameter == parameter)
      return true;
  return false;
}

} // namespace

bertc_status bertc_describe_step_memory(const bertc_model *model,
                                        bertc_step_memory *memory) {
  if (!model || !memory)
    return fail(BERTC_BAD_ARGUMENT, "the %s is NULL",
                model ? "memory" : "model");
  const bertc_artifact &artifact = *model->artifact;
  const bertc_artifact_variant &variant = *model->variant;
  *memory = {};
  memory->constant = variant.touched.constant;
  for (int64_t i = 0; i < artifact.num_states; ++i) {
    const int64_t bytes = elementsOf(artifact.states[i]) * 4;
    partOf(*memory, artifact.states[i].role) += bytes;
    memory->constant -= bytes;
  }
  for (int64_t i = 0; i < variant.num_parameters; ++i)
    if (!isCopied(artifact, variant.parameters[i]))
      memory->weights += artifact.parameters[variant.parameters[i]].bytes;
  memory->per_token = variant.touched.per_token;
  memory->per_sequence = variant.touched.per_sequence;
  memory->per_selected = variant.touched_per_selected;
  memory->per_thread = variant.touched.per_thread;
  return BERTC_OK;
}

int64_t bertc_step_bytes(const bertc_step_memory *memory, int64_t tokens,
                         int64_t sequences, int64_t selected, int64_t threads) {
  if (!memory || tokens < 0 || tokens > mostTokens || sequences < 0 ||
      sequences > mostTokens || selected < 0 || selected > tokens ||
      threads < 1 || threads > mostThreads)
    return -1;
  int64_t sum = evaluate({memory->constant, memory->per_token,
                          memory->per_sequence, memory->per_thread},
                         {tokens, sequences, threads, selected});
  int64_t rows;
  if (sum < 0 ||
      __builtin_mul_overflow(memory->per_selected, selected, &rows) ||
      __builtin_add_overflow(sum, rows, &sum))
    return -1;
  for (int64_t part : {memory->parameters, memory->gradients, memory->moments,
                       memory->numbers})
    if (__builtin_add_overflow(sum, part, &sum))
      return -1;
  return __builtin_add_overflow(sum, memory->weights, &sum) ? -1 : sum;
}
