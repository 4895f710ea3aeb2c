//===- Inspect.cpp - bertc inspect ----------------------------------------===//

#include "compiler/Facts.h"
#include "compiler/Model.h"
#include "compiler/StepMemory.h"
#include "dialect/BertOps.h"
#include "runtime/include/bertc_train.h"
#include "runtime/run/Execute.h"
#include "tools/bertc/Commands.h"
#include "tools/bertc/Errors.h"
#include "tools/bertc/StepOptions.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>

using namespace bertc;
namespace po = boost::program_options;

namespace {

void printLine(const char *title, const std::string &text) {
  std::printf("%-16s %s\n", title, text.c_str());
}

std::string flopText(int64_t perToken, int64_t perPair) {
  return scaled(double(perToken), "FLOP") + " a token and " +
         scaled(double(perPair), "FLOP") +
         " a pair of tokens of one sequence, in products";
}

void printConfiguration(const std::string &json) {
  auto object = nlohmann::ordered_json::parse(json, nullptr, false);
  if (!object.is_object())
    return;
  for (const auto &[key, value] : object.items())
    printLine(("  " + key).c_str(),
              value.is_string() ? value.get<std::string>() : value.dump());
}

const char *rowsText(bertc_rows_kind rows) {
  switch (rows) {
  case BERTC_PER_TOKEN:
    return "tokens";
  case BERTC_PER_SEQUENCE:
    return "sequences";
  case BERTC_OFFSETS:
    return "sequences + 1";
  case BERTC_PER_SELECTED:
    return "chosen tokens";
  case BERTC_PER_TOKEN_PAIR:
    return "pairs of tokens";
  case BERTC_PER_QUESTION:
    return "questions";
  case BERTC_QUESTION_OFFSETS:
    return "questions + 1";
  case BERTC_PER_PAIR:
    return "pairs";
  }
  return "rows";
}

std::string tensorText(const bertc_tensor_info &tensor) {
  return std::string(tensor.name) + " " +
         (tensor.element == BERTC_F32 ? "f32" : "i32") + " [" +
         rowsText(tensor.rows) +
         (tensor.columns == 1 && tensor.element == BERTC_I32
              ? "]"
              : ", " + std::to_string(tensor.columns) + "]");
}

/// What steps of training keep in memory, and how much that is for one of
/// `size` where it is given.
void printStepMemory(const bertc_model *model,
                     const std::optional<StepSize> &size) {
  bertc_step_memory memory;
  if (bertc_describe_step_memory(model, &memory) != BERTC_OK)
    return;
  auto bytes = [](int64_t count) { return scaled(double(count), "B"); };
  printLine("step's memory", "parameters " + bytes(memory.parameters) +
                                 ", gradients " + bytes(memory.gradients) +
                                 ", moments " + bytes(memory.moments) +
                                 ", numbers " + bytes(memory.numbers));
  printLine("", "weights not learned " + bytes(int64_t(memory.weights)) +
                    ", temporaries " + bytes(memory.constant));
  printLine("", bytes(memory.per_token) + " a token, " +
                    bytes(memory.per_sequence) + " a sequence, " +
                    bytes(memory.per_selected) + " a selected token, " +
                    bytes(memory.per_thread) + " a thread");
  if (size)
    printLine("", sizeText(*size) + ": " + bytes(stepBytes(memory, *size)));
}

/// The same in bytes, as an object.
int printStepMemoryAsJson(const bertc_model *model,
                          const std::optional<StepSize> &size) {
  bertc_step_memory memory;
  if (bertc_describe_step_memory(model, &memory) != BERTC_OK)
    return fail(bertc_last_error());
  nlohmann::ordered_json object = {{"parameters", memory.parameters},
                                   {"gradients", memory.gradients},
                                   {"moments", memory.moments},
                                   {"numbers", memory.numbers},
                                   {"weights", memory.weights},
                                   {"constant", memory.constant},
                                   {"per_token", memory.per_token},
                                   {"per_sequence", memory.per_sequence},
                                   {"per_selected", memory.per_selected},
                                   {"per_thread", memory.per_thread}};
  if (size) {
    object["tokens"] = size->tokens;
    object["sequences"] = size->sequences;
    object["selected"] = size->selected;
    object["threads"] = size->threads;
    object["bytes"] = stepBytes(memory, *size);
  }
  std::printf("%s\n", object.dump().c_str());
  return exitOk;
}

std::string workspaceText(const bertc_model_info &info) {
  return std::to_string(info.workspace_constant) + " + " +
         std::to_string(info.workspace_per_token) + " x tokens + " +
         std::to_string(info.workspace_per_sequence) + " x (sequences + 1) + " +
         std::to_string(info.workspace_per_thread) +
         " x threads bytes; tokens and sequences + 1 in steps of 16";
}

/// "AVX2 (x86-64-v3)"
std::string cpuText(const char *isa, const char *targetCpu) {
  return std::string(isa) + " (" + targetCpu + ")";
}

std::string codeText(const bertc_variant_info &variant) {
  return variant.code_bytes ? scaled(double(variant.code_bytes), "B")
                            : "of unknown size";
}

/// What the code for each CPU asks and takes, in the order of preference.
void printVariants(const bertc_model *model) {
  const bertc_model_info &info = *bertc_info(model);
  if (info.num_variants == 1)
    return printLine("code", codeText(*bertc_variant(model, 0)));
  for (int64_t i = 0; i < info.num_variants; ++i) {
    const bertc_variant_info &variant = *bertc_variant(model, i);
    printLine(i ? "" : "variants",
              cpuText(variant.isa, variant.target_cpu) + ": code " +
                  codeText(variant) + ", weights " +
                  scaled(double(variant.weights_bytes), "B") +
                  ", only its own " +
                  scaled(double(variant.own_weights_bytes), "B") +
                  (i == info.variant   ? "; runs here"
                   : variant.runs_here ? "; could run here"
                                       : ""));
    printLine("", std::string("  needs ") + variant.cpu_features);
  }
}

int inspectArtifact(const std::string &path,
                    const std::optional<StepSize> &step, bool asJson) {
  run::Result<run::Model> opened = run::openModel(path);
  if (!opened)
    return fail(opened.error());
  const bertc_model *model = opened->get();
  const bertc_model_info &info = *bertc_info(model);
  const bool learns = bertc_num_states(model) > 0;
  if (!learns && (step || asJson))
    return fail(path + ": has no loss, and takes no steps of training; compile "
                       "the model with --train");
  if (asJson)
    return printStepMemoryAsJson(model, step);
  printLine("artifact", path);
  printLine("model", std::string(info.family) + ", task " + info.task);
  printConfiguration(info.model_json);
  printLine("compiled for",
            cpuText(info.isa, info.target_cpu) + ", " + info.dtype);
  printLine("needs", info.cpu_features);
  printLine("build", info.build);
  printVariants(model);
  for (int64_t i = 0; i < info.num_inputs; ++i)
    printLine(i ? "" : "inputs", tensorText(*bertc_input_info(model, i)));
  for (int64_t i = 0; i < info.num_outputs; ++i)
    printLine(i ? "" : "outputs", tensorText(*bertc_output_info(model, i)));
  printLine("tokenizer", info.tokenizer
                             ? scaled(double(info.tokenizer_bytes), "B")
                             : "none");
  printLine("work", flopText(info.flops_per_token, info.flops_per_token_pair));
  printLine("phases", std::to_string(info.num_phases) +
                          " of a run; bertc bench --profile times them");
  printLine("workspace", workspaceText(info));
  for (int64_t tokens : {int64_t(16), info.max_positions})
    printLine("", "1x" + std::to_string(tokens) + " on 2 threads: " +
                      scaled(double(bertc_workspace_bytes(model, tokens, 1, 2)),
                             "B"));
  if (learns)
    printStepMemory(model, step);
  printLine("weights", scaled(double(info.weights_bytes), "B") + " in " +
                           std::to_string(info.num_parameters) + " arrays");
  std::printf("\n%12s %12s  %-28s %s\n", "offset", "bytes", "layout", "name");
  for (int64_t i = 0; i < info.num_parameters; ++i) {
    const bertc_parameter_info &parameter = *bertc_parameter(model, i);
    std::printf("%12llu %12llu  %-28s %s\n",
                static_cast<unsigned long long>(parameter.offset),
                static_cast<unsigned long long>(parameter.bytes),
                parameter.layout, parameter.name);
  }
  return exitOk;
}

int inspectModel(const std::string &path, const std::string &task) {
  auto context = makeContext();
  llvm::Expected<Model> model =
      Model::open(*context, path, {task, /*outputs=*/{}});
  if (!model)
    return fail(model.takeError());
  ModelFacts facts = readFacts(*model->module);
  FlopCount flops = countFlops(*model->module);
  printLine("model", path + ": " + facts.family + ", task " + facts.task);
  printConfiguration(facts.json);
  printLine("tokenizer", model->tokenizer.empty()
                             ? "none"
                             : scaled(double(model->tokenizer.size()), "B"));
  printLine("work", flopText(flops.perToken, flops.perTokenPair));
  printLine("parameters",
            std::to_string(model->parameters->count()) + ", " +
                scaled(4.0 * double(model->parameters->count()), "B") +
                " as f32");
  std::printf("\n%-20s %s\n", "shape", "name");
  for (auto op : model->module->getOps<bert::ParameterOp>()) {
    llvm::Expected<llvm::ArrayRef<int64_t>> shape =
        model->parameters->shape(op.getSymName());
    if (!shape)
      return fail(shape.takeError());
    std::printf("%-20s %s\n", io::shapeText(shape->vec()).c_str(),
                op.getSymName().str().c_str());
  }
  return exitOk;
}

} // namespace

int bertc::inspectCommand(const Arguments &arguments) {
  CommandLine line(
      "inspect", {"artifact"},
      "Prints what an artifact, or a model before it is compiled, is made of: "
      "configuration,\nparameters and their layouts, operations a token, "
      "bytes, "
      "the memory a run takes and\nthe CPUs that it has code for. ARTIFACT is "
      "a shared "
      "library, a checkpoint's folder or a .mlir file.\n",
      "examples:\n"
      "  bertc inspect minilm.so\n"
      "  bertc inspect learning.so --tokens 1024 --sequences 8 --threads 2\n"
      "  bertc inspect all-MiniLM-L6-v2 --task embed\n");
  std::string task;
  line.options.add_options()("task", po::value(&task)->value_name("TASK"),
                             "of a folder: see bertc compile --help");
  bool asJson = false;
  line.options.add_options()("json", po::bool_switch(&asJson),
                             "what a step of training keeps in memory, in "
                             "bytes, as one object");
  StepOptions step;
  addStepOptions(line, step);
  if (std::optional<int> code = line.parse(arguments))
    return *code;
  if (std::optional<int> code = checkStepOptions(line, step))
    return *code;
  std::string path = line.get("artifact");
  std::error_code code;
  if (std::filesystem::is_directory(path, code) ||
      std::filesystem::path(path).extension() == ".mlir") {
    if (hasStepOptions(line) || asJson)
      return line.usageError("--tokens, --sequences, --selected, --threads and "
                             "--json are of artifacts that learn");
    return inspectModel(path, task);
  }
  if (line.has("task"))
    return line.usageError("--task is of folders; an artifact has the task "
                           "that it was compiled for");
  return inspectArtifact(
      path, hasStepOptions(line) ? std::optional(step.size()) : std::nullopt,
      asJson);
}
