//===- Compile.cpp - bertc compile ----------------------------------------===//

#include "compiler/Compiler.h"
#include "models/Task.h"
#include "passes/TargetDescription.h"
#include "tools/bertc/Commands.h"
#include "tools/bertc/Errors.h"
#include "tools/bertc/RecomputeOption.h"
#include "tools/bertc/StepOptions.h"
#include "tools/bertc/UpdateOptions.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/TargetParser/Triple.h"

#include <chrono>
#include <cstdio>
#include <functional>
#include <iostream>
#include <optional>
#include <unistd.h>

using namespace bertc;
namespace po = boost::program_options;

namespace {

/// The step at work, on a line that the next one overwrites; on a terminal
/// only: a log wants results.
class Progress {
public:
  void operator()(llvm::StringRef step) {
    if (!terminal)
      return;
    std::cerr << "\r\033[K" << step.str() << " ..." << std::flush;
  }
  /// A line that stays.
  void warn(llvm::StringRef line) {
    clear();
    std::cerr << "bertc: warning: " << line.str() << '\n';
  }
  ~Progress() { clear(); }

private:
  void clear() {
    if (terminal)
      std::cerr << "\r\033[K" << std::flush;
  }

  bool terminal = ::isatty(STDERR_FILENO);
};

} // namespace

int bertc::compileCommand(const Arguments &arguments) {
  CommandLine line(
      "compile", {"model"},
      "Compiles MODEL, a Hugging Face folder (config.json, model.safetensors) "
      "or a .mlir\nfile in the bert dialect, to native code for x86-64 Linux. "
      "Weights and tokenizer\nbecome part of OUT; nothing else is needed to "
      "run it.\n",
      "examples:\n"
      "  bertc compile all-MiniLM-L6-v2 -o minilm.so --task embed\n"
      "  bertc compile bert-base-uncased -o libbert.a --emit static "
      "--target-cpu x86-64-v3\n"
      "  bertc compile all-MiniLM-L6-v2 -o anywhere.so "
      "--target-cpu x86-64-v3,x86-64-v4\n"
      "  bertc compile bert-base-uncased -o - --emit bert\n");
  CompileOptions options;
  std::string emit, targetCpus, target, outputs;
  bool withTokenizer = false, noTokenizer = false, train = false;
  GradientOptions gradients;
  ByteCount memoryLimit;
  StepOptions step;
  line.options.add_options()(
      "output,o", po::value(&options.output)->value_name("OUT")->required(),
      "file to write; - is stdout, for IR")(
      "task", po::value(&options.task)->value_name("TASK"),
      ("one of " + taskNames() +
       "; what the checkpoint was made for by default (architectures in "
       "config.json)\nencode: last_hidden_state, pooler_output\nembed: one "
       "vector a text, pooled as modules.json says\nmlm: logits over the "
       "vocabulary")
          .c_str())(
      "emit", po::value(&emit)->value_name("KIND")->default_value("shared"),
      ("one of " + emitNames()).c_str())(
      "target-cpu",
      po::value(&targetCpus)->value_name("CPUS")->default_value("native"),
      "a CPU of LLVM's, such as x86-64-v3 or znver4, or native; features that "
      "it has besides may follow, as in x86-64-v3+avxvnni. Or several, "
      "separated by commas: OUT has code for each, weights once where it reads "
      "them alike, and runs what the machine can that opens it")(
      "target", po::value(&target)->value_name("TRIPLE"),
      "x86_64-unknown-linux-gnu, and no other")(
      "dtype", po::value(&options.dtype)->default_value("f32"),
      "what products of weights round their factors to: f32; bf16, half the "
      "memory and, where the CPU has AVX512_BF16, half the time; int8, a "
      "quarter of both with VNNI, two thirds of the time without, scaled for "
      "each row of a weight and each token")(
      "f32-products", po::value(&options.f32Products)->value_name("KIND"),
      "how products of f32 are made: fma; bf16x6, of factors split into three "
      "terms of bf16 for AMX, as exact as fma and the default there; bf16x3, "
      "of "
      "two terms: half the work, and off by up to 2^-15 of a product. Of "
      "several CPUs those that can")(
      "keep-f32", po::value(&options.keepF32)->value_name("GLOB"),
      "weights whose products stay f32, such as encoder.layer.11.*; may be "
      "given several times")(
      "calibration", po::value(&options.calibration)->value_name("FILE"),
      "with --dtype int8: texts such as the model will see, a line each, or "
      "input_ids in a .safetensors file; of their first 1,024 tokens each "
      "product learns which columns of its input are large, and loses less in "
      "rounding them")(
      "outputs", po::value(&outputs)->value_name("NAMES"),
      "outputs to keep, separated by commas; all of the task by default. "
      "attentions means the attention maps of every layer, attentions.0 and so "
      "on; hidden_states the embeddings, hidden_states.0, and what each layer "
      "makes. To answer texts too, name logits beside them")(
      "train", po::bool_switch(&train),
      "OUT computes the task's loss and its gradient by each parameter, for "
      "bertc grad and bertc_train.h, instead of outputs")(
      "real-labels", po::bool_switch(&options.realLabels),
      "with --train: labels are floats, one for each class of a text, where "
      "config.json does not say that it is a multi-label classification, or "
      "the cosine of each pair of texts")(
      "dropout", po::bool_switch(&options.dropout),
      "with --train: the model drops at config.json's rates, by random numbers "
      "of dropout_key")(
      "freeze", po::value(&gradients.freeze)->value_name("PATTERN"),
      "with --train: parameters without gradients, by a glob over their names; "
      "may be repeated")(
      "recompute", po::value(&gradients.recompute)->value_name("POLICY"),
      "with --train: keep-all, recompute-cheap or recompute-layer, what the "
      "backward pass computes again instead of keeping it; recompute-cheap by "
      "default")(
      "memory-limit", po::value(&memoryLimit)->value_name("BYTES"),
      "with --train, instead of --recompute: the fastest policy by which a "
      "step of --tokens, --sequences and --threads, with parameters, gradients "
      "and moments, takes no more, as bertc inspect counts; M and G are 10^6 "
      "and 10^9, Mi and Gi 2^20 and 2^30")(
      "with-tokenizer", po::bool_switch(&withTokenizer),
      "the folder's tokenizer becomes a part of OUT, or compiling fails; by "
      "default it does where the folder has one")(
      "no-tokenizer", po::bool_switch(&noTokenizer),
      "leave the folder's tokenizer out of OUT, which then takes ids only");
  addStepOptions(line, step);
  addUpdateOptions(line, options.update);
  if (std::optional<int> code = line.parse(arguments))
    return *code;

  options.model = line.get("model");
  if (llvm::StringRef(options.model).ends_with(".mlir") &&
      (line.has("task") || withTokenizer || noTokenizer))
    return line.usageError("--task, --with-tokenizer and --no-tokenizer are of "
                           "folders; a .mlir file is what it is");
  if (withTokenizer && noTokenizer)
    return line.usageError("--with-tokenizer and --no-tokenizer are opposites");
  options.tokenizer = noTokenizer     ? TokenizerUse::none
                      : withTokenizer ? TokenizerUse::required
                                      : TokenizerUse::ifPresent;
  if (std::optional<int> code = checkRecompute(line, gradients.recompute))
    return *code;
  if (!train && (line.has("freeze") || line.has("recompute") ||
                 options.realLabels || options.dropout))
    return line.usageError("--freeze, --recompute, --real-labels and --dropout "
                           "go with --train");
  if (line.has("memory-limit") && line.has("recompute"))
    return line.usageError("--memory-limit chooses what --recompute would say");
  if (!train && line.has("memory-limit"))
    return line.usageError("--memory-limit goes with --train");
  if (!line.has("memory-limit") && hasStepOptions(line))
    return line.usageError("--tokens, --sequences, --selected and --threads go "
                           "with --memory-limit");
  if (std::optional<int> code = checkStepOptions(line, step))
    return *code;
  if (line.has("memory-limit"))
    options.memoryLimit = {memoryLimit, step.size()};
  if (!train && line.has("optimizer"))
    return line.usageError("--optimizer goes with --train");
  if (std::optional<int> code = checkUpdateOptions(line, options.update))
    return *code;
  if (train && line.has("outputs"))
    return line.usageError("--outputs goes without --train, which leaves a "
                           "loss and gradients");
  if (train && options.dtype == "int8")
    return line.usageError("--train goes with --dtype f32 or bf16");
  if (train && !options.keepF32.empty())
    return line.usageError("--keep-f32 goes without --train");
  if (train)
    options.train = gradients;
  std::optional<Emit> kind = emitFromName(emit);
  if (!kind)
    return line.usageError("--emit " + emit + " is none of " + emitNames());
  options.emit = *kind;
  const std::optional<Emit> promised = emitFromEnding(options.output);
  if (promised && *promised != options.emit)
    return line.usageError("--output " + options.output + " is a name for " +
                           "--emit " + emitName(*promised).str() +
                           ", not --emit " + emit);
  if (!options.task.empty() && !taskFromName(options.task))
    return line.usageError("--task " + options.task + " is none of " +
                           taskNames());
  if (options.dtype != "f32" && options.dtype != "bf16" &&
      options.dtype != "int8")
    return line.usageError("--dtype " + options.dtype +
                           " is none of f32, bf16, int8");
  if (line.has("f32-products") && !f32TermsFromName(options.f32Products))
    return line.usageError("--f32-products " + options.f32Products +
                           " is none of " + f32ProductNames.str());
  if (line.has("f32-products") && options.dtype != "f32" &&
      options.keepF32.empty())
    return line.usageError(
        "--f32-products goes with --dtype f32, or --keep-f32");
  if (options.dtype == "f32" && !options.keepF32.empty())
    return line.usageError("--keep-f32 goes with another --dtype than f32");
  if (line.has("calibration") && options.dtype != "int8")
    return line.usageError("--calibration goes with --dtype int8");
  if (line.has("calibration") && options.calibration.empty())
    return line.usageError("--calibration is empty");
  llvm::Triple triple(llvm::Triple::normalize(target));
  if (!target.empty() &&
      !(triple.getArch() == llvm::Triple::x86_64 && triple.isOSLinux()))
    return line.usageError("--target " + target +
                           " is not x86_64-unknown-linux-gnu");
  if (options.output == "-" && artifactKind(options.emit))
    return line.usageError("--emit " + emit + " needs a file to write to");
  llvm::SmallVector<llvm::StringRef> cpus;
  llvm::StringRef(targetCpus).split(cpus, ',');
  for (llvm::StringRef &cpu : cpus)
    cpu = cpu.trim();
  if (llvm::is_contained(cpus, ""))
    return line.usageError("--target-cpu \"" + targetCpus +
                           "\" has an empty name in it");
  if (cpus.size() > 1 && !artifactKind(options.emit) &&
      options.emit != Emit::bert)
    return line.usageError("--emit " + emit +
                           " shows code for one CPU, --target-cpu names " +
                           std::to_string(cpus.size()));
  options.targetCpus.clear();
  for (llvm::StringRef cpu : cpus)
    options.targetCpus.push_back(cpu.str());
  llvm::SmallVector<llvm::StringRef> names;
  if (line.has("outputs"))
    llvm::StringRef(outputs).split(names, ',');
  for (llvm::StringRef &name : names) {
    name = name.trim();
    if (name.empty())
      return line.usageError("--outputs " + outputs + " has an empty name");
    options.outputs.push_back(name.str());
  }

  std::string remarks; // after the progress, which ends with the work
  options.remark = [&](llvm::StringRef remark) {
    remarks += "bertc: compile: " + remark.str() + "\n";
  };
  auto start = std::chrono::steady_clock::now();
  llvm::Error error = [&] {
    Progress progress;
    options.progress = std::ref(progress);
    options.warn = [&](llvm::StringRef line) { progress.warn(line); };
    return compile(options);
  }();
  if (error)
    return fail(std::move(error));
  std::cerr << remarks;
  uint64_t bytes = 0;
  if (artifactKind(options.emit) &&
      !llvm::sys::fs::file_size(options.output, bytes)) {
    double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
            .count();
    std::printf("%s: %.1f MB in %.1f s\n", options.output.c_str(), bytes * 1e-6,
                seconds);
  }
  return exitOk;
}
