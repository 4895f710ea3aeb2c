//===- Model.cpp - opening artifacts and asking them ----------------------===//

#include "runtime/core/Model.h"

#include "runtime/core/ElfCheck.h"
#include "runtime/core/Error.h"

#include <cstdio>
#include <cstring>
#include <dlfcn.h>

using namespace bertc::core;

namespace {

bertc_tensor_info describe(const bertc_artifact_tensor &tensor,
                           int64_t maxPositions) {
  if (tensor.form == BERTC_FORM_MAPS)
    return {tensor.name, static_cast<bertc_element_type>(tensor.element),
            BERTC_PER_TOKEN_PAIR, tensor.columns / maxPositions, 0};
  return {tensor.name, static_cast<bertc_element_type>(tensor.element),
          static_cast<bertc_rows_kind>(tensor.rows), tensor.columns,
          tensor.classes};
}

bertc_model_info describe(const bertc_artifact &a, int64_t chosen) {
  const bertc_artifact_variant &variant = a.variants[chosen];
  bertc_model_info info = {};
  info.family = a.family;
  info.task = a.task;
  info.dtype = a.dtype;
  info.isa = variant.isa;
  info.target_cpu = variant.target_cpu;
  info.cpu_features = variant.cpu_features;
  info.build = a.build;
  info.model_json = a.model_json;
  info.vocab_size = a.vocab_size;
  info.type_vocab_size = a.type_vocab_size;
  info.max_positions = a.max_positions;
  info.position_offset = a.position_offset;
  info.pad_token_id = a.pad_token_id;
  info.flops_per_token = a.flops_per_token;
  info.flops_per_token_pair = a.flops_per_token_pair;
  info.num_inputs = a.num_inputs;
  info.num_outputs = a.num_outputs;
  info.num_parameters = a.num_parameters;
  info.weights_bytes = a.weights_bytes;
  info.workspace_constant = variant.workspace.constant;
  info.workspace_per_token = variant.workspace.per_token;
  info.workspace_per_sequence = variant.workspace.per_sequence;
  info.workspace_per_thread = variant.workspace.per_thread;
  info.tokenizer = a.tokenizer;
  info.tokenizer_bytes = a.tokenizer_bytes;
  info.num_phases = variant.num_phases;
  info.num_variants = a.num_variants;
  info.variant = chosen;
  return info;
}

/// Fills the model from its artifact, which was checked.
bool fill(bertc_model &model, int64_t chosen) {
  const bertc_artifact &a = *model.artifact;
  model.variant = &a.variants[chosen];
  model.info = describe(a, chosen);
  model.inputs = makeArray<bertc_tensor_info>(a.num_inputs);
  model.outputs = makeArray<bertc_tensor_info>(a.num_outputs);
  model.parameters = makeArray<bertc_parameter_info>(a.num_parameters);
  if (!model.inputs || !model.outputs || !model.parameters ||
      !describeVariants(a, chosen, model.variants))
    return false;
  for (int64_t i = 0; i < a.num_inputs; ++i) {
    const bertc_artifact_tensor &input = a.inputs[i];
    const bertc_artifact_place *place = &model.variant->inputs[i];
    model.inputs[i] = describe(input, a.max_positions);
    if (std::strcmp(input.name, "input_ids") == 0)
      model.ids = place;
    else if (std::strcmp(input.name, "position_ids") == 0)
      model.positions = place;
    else if (std::strcmp(input.name, "token_type_ids") == 0)
      model.types = place;
    else if (std::strcmp(input.name, "mlm_positions") == 0)
      model.selection = place;
    else if (std::strcmp(input.name, "sequence_ids") == 0)
      model.sequences = place;
    else if (isLabelName(input.name))
      ++model.numLabels;
    else
      model.offsets = place;
  }
  for (int64_t i = 0; i < a.num_outputs; ++i)
    model.outputs[i] = describe(a.outputs[i], a.max_positions);
  for (int64_t i = 0; i < a.num_parameters; ++i) {
    const bertc_artifact_parameter &p = a.parameters[i];
    model.parameters[i] = {p.name, p.layout, p.offset, p.bytes};
  }
  return true;
}

bertc_status load(bertc_model &model, const char *path) {
  if (bertc_status status = checkSharedLibrary(path))
    return status;
  // dlopen looks for a name without a slash in the system's folders.
  char local[4096];
  if (!std::strchr(path, '/')) {
    if (std::snprintf(local, sizeof(local), "./%s", path) >=
        static_cast<int>(sizeof(local)))
      return fail(BERTC_BAD_ARTIFACT, "%s: name too long", path);
    path = local;
  }
  model.library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!model.library) {
    const char *reason = dlerror();
    return fail(BERTC_BAD_ARTIFACT, "%s: cannot be loaded: %s", path,
                reason ? reason : "no reason given");
  }
  model.artifact = static_cast<const bertc_artifact *>(
      dlsym(model.library, BERTC_ARTIFACT_SYMBOL));
  if (!model.artifact)
    return fail(BERTC_BAD_ARTIFACT,
                "%s: not a bertc artifact: a shared library without %s", path,
                BERTC_ARTIFACT_SYMBOL);
  return BERTC_OK;
}

bertc_status open(bertc_model &model, const char *path) {
  if (path) {
    if (bertc_status status = load(model, path))
      return status;
  } else {
    model.artifact = linkedArtifact();
    if (!model.artifact)
      return fail(BERTC_BAD_ARTIFACT,
                  "no model is linked into this program: give a file to open");
  }
  const char *name = path ? path : "the linked model";
  if (bertc_status status = checkArtifact(*model.artifact, name))
    return status;
  int64_t chosen = 0;
  if (bertc_status status = chooseVariant(*model.artifact, name, chosen))
    return status;
  if (!fill(model, chosen))
    return fail(BERTC_NO_RESOURCES, "out of memory");
  return BERTC_OK;
}

template <typename T>
const T *element(const Array<T> &array, int64_t index, int64_t count) {
  return index >= 0 && index < count ? &array[index] : nullptr;
}

} // namespace

bertc_model::~bertc_model() {
  if (library)
    dlclose(library);
}

bertc_model *bertc_open(const char *path) {
  Owned<bertc_model> model = makeOwned<bertc_model>();
  if (!model) {
    fail(BERTC_NO_RESOURCES, "out of memory");
    return nullptr;
  }
  return open(*model, path) == BERTC_OK ? model.release() : nullptr;
}

void bertc_close(bertc_model *model) { Owned<bertc_model> owner(model); }

const bertc_model_info *bertc_info(const bertc_model *model) {
  return model ? &model->info : nullptr;
}

const bertc_tensor_info *bertc_input_info(const bertc_model *model,
                                          int64_t index) {
  return model ? element(model->inputs, index, model->info.num_inputs)
               : nullptr;
}

const bertc_tensor_info *bertc_output_info(const bertc_model *model,
                                           int64_t index) {
  return model ? element(model->outputs, index, model->info.num_outputs)
               : nullptr;
}

const bertc_parameter_info *bertc_parameter(const bertc_model *model,
                                            int64_t index) {
  return model ? element(model->parameters, index, model->info.num_parameters)
               : nullptr;
}

const bertc_variant_info *bertc_variant(const bertc_model *model,
                                        int64_t index) {
  return model ? element(model->variants, index, model->info.num_variants)
               : nullptr;
}

int64_t bertc_find_output(const bertc_model *model, const char *name) {
  if (model && name)
    for (int64_t i = 0; i < model->info.num_outputs; ++i)
      if (std::strcmp(model->outputs[i].name, name) == 0)
        return i;
  return -1;
}

int64_t bertc_workspace_bytes(const bertc_model *model, int64_t tokens,
                              int64_t sequences, int64_t threads) {
  if (!model || tokens < 0 || tokens > mostTokens || sequences < 0 ||
      sequences > mostTokens || threads < 1 || threads > mostThreads)
    return -1;
  return evaluate(model->variant->workspace,
                  {tokens, sequences, threads, tokens});
}
