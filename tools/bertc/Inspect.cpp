//===- Inspect.cpp - bertc inspect ----------------------------------------===//

#include "compiler/Facts.h"
#include "compiler/Model.h"
#include "dialect/BertOps.h"
#include "runtime/include/bertc_train.h"
#include "runtime/run/Execute.h"
#include "tools/bertc/Commands.h"
#include "tools/bertc/Errors.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iterator>

using namespace bertc;

namespace {

void printLine(const char *title, const std::string &text) {
  std::printf("%-16s %s\n", title, text.c_str());
}

/// "22.7 M": three digits and what they count.
std::string scaled(double value, const char *unit) {
  const char *prefixes[] = {"", "k", "M", "G", "T"};
  int step = 0;
  while (value >= 999.5 && step < 4) {
    value /= 1000;
    ++step;
  }
  char text[64];
  std::snprintf(text, sizeof(text),
                step || value != int64_t(value) ? "%.3g %s%s" : "%.0f %s%s",
                value, prefixes[step], unit);
  return text;
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

/// "parameters 438 MB, gradients 438 MB, moments 876 MB of the workspace"
std::string statesText(const bertc_model *model) {
  struct Kind {
    const char *name;
    double bytes = 0;
  };
  Kind kinds[] = {{"numbers"}, {"parameters"}, {"gradients"}, {"moments"}};
  for (int64_t i = 0; i < bertc_num_states(model); ++i) {
    bertc_state_info state;
    if (bertc_describe_state(model, i, &state) != BERTC_OK)
      continue;
    const auto kind = std::min<size_t>(state.role, std::size(kinds) - 1);
    kinds[kind].bytes +=
        double(sizeof(float)) * double(state.shape[0] * state.shape[1]);
  }
  std::string text;
  for (const Kind &kind : kinds)
    if (kind.bytes > 0)
      text += (text.empty() ? "" : ", ") + std::string(kind.name) + " " +
              scaled(kind.bytes, "B");
  return text + " of the workspace";
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

int inspectArtifact(const std::string &path) {
  run::Result<run::Model> opened = run::openModel(path);
  if (!opened)
    return fail(opened.error());
  const bertc_model *model = opened->get();
  const bertc_model_info &info = *bertc_info(model);
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
  if (bertc_num_states(model) > 0)
    printLine("states", statesText(model));
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
      "  bertc inspect all-MiniLM-L6-v2 --task embed\n");
  std::string task;
  line.options.add_options()(
      "task", boost::program_options::value(&task)->value_name("TASK"),
      "of a folder: see bertc compile --help");
  if (std::optional<int> code = line.parse(arguments))
    return *code;
  std::string path = line.get("artifact");
  std::error_code code;
  if (std::filesystem::is_directory(path, code) ||
      std::filesystem::path(path).extension() == ".mlir")
    return inspectModel(path, task);
  if (line.has("task"))
    return line.usageError("--task is of folders; an artifact has the task "
                           "that it was compiled for");
  return inspectArtifact(path);
}
