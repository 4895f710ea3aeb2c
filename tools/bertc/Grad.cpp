//===- Grad.cpp - bertc grad ----------------------------------------------===//

#include "compiler/Errors.h"
#include "compiler/Gradients.h"
#include "compiler/Labels.h"
#include "compiler/Model.h"
#include "runtime/include/bertc_train.h"
#include "runtime/io/AsideFile.h"
#include "runtime/io/Safetensors.h"
#include "runtime/run/Execute.h"
#include "tools/bertc/Commands.h"
#include "tools/bertc/Errors.h"
#include "tools/bertc/RecomputeOption.h"

#include "llvm/Support/FileSystem.h"

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <optional>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

using namespace bertc;
namespace po = boost::program_options;

namespace {

/// Results in f32, under their names.
io::MaybeFailure write(const std::string &path,
                       const std::vector<NamedReference> &results) {
  std::vector<std::vector<float>> values;
  std::vector<io::Tensor> tensors;
  for (const NamedReference &result : results) {
    const std::vector<double> &from = result.values.values;
    values.emplace_back(from.begin(), from.end());
    io::Tensor tensor;
    tensor.name = result.name;
    tensor.shape = result.values.shape;
    tensor.data = reinterpret_cast<const uint8_t *>(values.back().data());
    tensor.bytes = from.size() * sizeof(float);
    tensors.push_back(std::move(tensor));
  }
  return io::writeSafetensors(path, tensors);
}

llvm::Expected<std::vector<NamedReference>>
interpretModel(const std::string &path, const std::string &task,
               run::Batch batch, const Labels &labels,
               const GradientOptions &options,
               std::optional<uint64_t> dropoutKey) {
  auto context = makeContext();
  llvm::Expected<Model> model = Model::open(
      *context, path, {task, {}, TokenizerUse::none, dropoutKey.has_value()});
  if (!model)
    return model.takeError();
  return computeGradients(*model, std::move(batch), labels, options,
                          dropoutKey);
}

llvm::Expected<std::vector<NamedReference>>
runArtifact(const std::string &path, run::Batch batch, const Labels &labels,
            int64_t threads, std::optional<uint64_t> dropoutKey) {
  run::Result<run::Model> model = run::openModel(path);
  if (!model)
    return llvm::createStringError(model.error());
  if (bertc_find_state(model->get(), BERTC_NUMBER, "loss") < 0)
    return fileError(path, "has no loss; compile the model with --train");
  return computeGradients(model->get(), std::move(batch), labels, threads,
                          dropoutKey);
}

} // namespace

int bertc::gradCommand(const Arguments &arguments) {
  CommandLine line(
      "grad", {"model"},
      "Computes the loss of MODEL on a batch with labels, and its gradient by "
      "each parameter,\nas transformers in training mode without dropout. The "
      "batch is a safetensors file with\ninput_ids and the labels of the task "
      "under transformers' names: labels,\nnext_sentence_label, "
      "sentence_order_label, start_positions, end_positions. Of --task embed "
      "the\nsequences 2p and 2p+1 are pair p, and labels say which pair's "
      "second "
      "one is the first\none's (MultipleNegativesRankingLoss) or, as floats, "
      "what their cosines are. Written are\nloss and a tensor for each "
      "parameter "
      "under its name in the checkpoint. Padding counts\nnothing, neither in "
      "the "
      "softmax over an answer's tokens. Computed in f64, by the\nreference "
      "interpreter; or, where MODEL is an artifact of bertc compile --train, "
      "natively\nin f32.\n",
      "examples:\n"
      "  bertc grad sentiment --inputs labelled.safetensors --outputs "
      "grads.safetensors\n"
      "  bertc grad bert-base-uncased --task mlm --inputs words.safetensors "
      "--outputs mlm.safetensors\n");
  std::string task, inputs, outputs;
  ThreadCount threads = ThreadCount::all();
  GradientOptions options;
  Seed key;
  line.options.add_options()("task", po::value(&task)->value_name("TASK"),
                             "what the checkpoint was made for by default")(
      "inputs", po::value(&inputs)->value_name("FILE")->required(),
      "safetensors with input_ids and labels")(
      "outputs", po::value(&outputs)->value_name("FILE")->required(),
      "safetensors with the loss and the gradients")(
      "freeze", po::value(&options.freeze)->value_name("PATTERN"),
      "parameters without gradients, by a glob over their names; may be "
      "repeated")(
      "recompute", po::value(&options.recompute)->value_name("POLICY"),
      "keep-all, recompute-cheap or recompute-layer: what the backward pass "
      "computes again instead of keeping it; recompute-cheap by default")(
      "dropout-key", po::value(&key)->value_name("N"),
      "with dropout at config.json's rates, by the random numbers of this key; "
      "an artifact's, compiled with --dropout, is 0 by default")(
      "threads", po::value(&threads)->value_name("N"),
      "threads of an artifact's run; all of the machine by default");
  if (std::optional<int> code = line.parse(arguments))
    return *code;
  const std::string path = line.get("model");
  if (std::optional<int> code = checkRecompute(line, options.recompute))
    return *code;
  if (outputs == "-")
    return line.usageError("--outputs - is no name of a file; /dev/stdout is");
  const bool isArtifact = !llvm::sys::fs::is_directory(path) &&
                          !llvm::StringRef(path).ends_with(".mlir");
  for (const char *option : {"task", "freeze", "recompute"})
    if (isArtifact && line.has(option))
      return line.usageError(std::string("--") + option +
                             " is decided when an artifact is compiled");
  if (!isArtifact && line.has("threads"))
    return line.usageError("--threads goes with an artifact");
  if (io::MaybeFailure failure = io::checkNotRead(outputs, {path, inputs}))
    return fail(failure->message);

  run::Result<run::Batch> batch = run::readBatch(inputs);
  if (!batch)
    return fail(batch.error());
  llvm::Expected<Labels> labels = Labels::read(inputs);
  if (!labels)
    return fail(labels.takeError());
  std::optional<uint64_t> dropoutKey;
  if (line.has("dropout-key"))
    dropoutKey = key;
  llvm::Expected<std::vector<NamedReference>> results =
      isArtifact
          ? runArtifact(path, std::move(*batch), *labels, threads, dropoutKey)
          : interpretModel(path, task, std::move(*batch), *labels, options,
                           dropoutKey);
  if (!results)
    return fail(results.takeError());
  const double loss = results->front().values.values.front();
  for (const NamedReference &result : *results)
    for (double value : result.values.values)
      if (!(std::abs(value) <= std::numeric_limits<float>::max()))
        return fail(path + ": " +
                    (&result == &results->front()
                         ? "the loss"
                         : "the gradient of " + result.name) +
                    " on " + inputs + " is not finite in f32");
  if (io::MaybeFailure failure = write(outputs, *results))
    return fail(failure->message);
  // Where the gradients went there, they are not followed by a text.
  if (io::descriptorNamed(outputs) != STDOUT_FILENO)
    std::printf("loss %.9g, %zu gradients\n", loss, results->size() - 1);
  return exitOk;
}
