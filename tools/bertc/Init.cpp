//===- Init.cpp - bertc init ----------------------------------------------===//

#include "compiler/StartingFolder.h"
#include "models/Task.h"
#include "tools/bertc/Commands.h"
#include "tools/bertc/Errors.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdio>
#include <optional>
#include <string>

using namespace bertc;
namespace po = boost::program_options;

int bertc::initCommand(const Arguments &arguments) {
  CommandLine line(
      "init", {"model"},
      "Writes a checkpoint of MODEL for a task, as training begins with: a "
      "Hugging Face folder\nwith config.json, model.safetensors in f32 and the "
      "tokenizer's files, which transformers'\nclass for the task and bertc "
      "compile load. MODEL is the folder of a checkpoint, whose\ntensors are "
      "taken where they fit and whose head is replaced where it was for "
      "another task\nor other labels; or a config.json, of which all weights "
      "are fresh, as transformers makes\nthem. Fresh numbers depend on the "
      "seed alone, not on the machine. DIR is new, empty, or a\nfolder that "
      "this made, which is then replaced.\n",
      "examples:\n"
      "  bertc init bert-base-uncased -o rated --task sequence-classification "
      "--labels bad,good\n"
      "  bertc init bert-base-uncased -o scored --task sequence-classification "
      "--problem-type regression\n"
      "  bertc init bert-base-uncased/config.json -o untrained --task mlm "
      "--seed 7\n");
  std::string output, task, labels;
  StartingOptions options;
  Seed seed;
  line.options.add_options()("output,o",
                             po::value(&output)->value_name("DIR")->required(),
                             "folder to write")(
      "task", po::value(&task)->value_name("TASK")->required(),
      ("one of " + taskNames() + ", but for embed").c_str())(
      "labels", po::value(&labels)->value_name("NAMES"),
      "of sequence-classification and token-classification: the names of the "
      "classes, separated by commas; those in config.json by default")(
      "problem-type", po::value(&options.task.problemType)->value_name("TYPE"),
      "of sequence-classification: regression, single_label_classification or "
      "multi_label_classification; by default single where --labels are given, "
      "else what config.json says")("seed", po::value(&seed)->value_name("N"),
                                    "of fresh weights; 0 by default");
  if (std::optional<int> code = line.parse(arguments))
    return *code;
  if (output == "-")
    return line.usageError("--output - is no folder");
  const std::optional<Task> known = taskFromName(task);
  if (!known)
    return line.usageError("--task " + task + " is none of " + taskNames());
  options.task.task = *known;
  options.seed = seed;
  llvm::SmallVector<llvm::StringRef> names;
  if (line.has("labels"))
    llvm::StringRef(labels).split(names, ',');
  for (llvm::StringRef name : names)
    options.task.labels.push_back(name.trim().str());
  if (llvm::Error error = checkTask(options.task))
    return line.usageError(llvm::toString(std::move(error)));

  llvm::Expected<StartingFolder> made =
      makeStartingFolder(line.get("model"), output, options);
  if (!made)
    return fail(made.takeError());
  std::printf("%s: %s, %lld parameters\n", output.c_str(),
              made->architecture.c_str(),
              static_cast<long long>(made->parameters));
  for (const std::string &remark : made->remarks())
    std::printf("%s\n", remark.c_str());
  return exitOk;
}
