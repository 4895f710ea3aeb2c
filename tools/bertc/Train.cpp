//===- Train.cpp - bertc train --------------------------------------------===//

#include "compiler/Checkpoint.h"
#include "compiler/CheckpointWriter.h"
#include "compiler/Compiler.h"
#include "compiler/Facts.h"
#include "compiler/Model.h"
#include "compiler/StartingFolder.h"
#include "models/Task.h"
#include "runtime/run/Execute.h"
#include "runtime/text/Tokenizer.h"
#include "runtime/train/FineTuning.h"
#include "runtime/train/Fingerprint.h"
#include "runtime/train/LabelledTexts.h"
#include "tools/bertc/Commands.h"
#include "tools/bertc/Errors.h"
#include "tools/bertc/RecomputeOption.h"
#include "tools/bertc/UpdateOptions.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

using namespace bertc;
namespace po = boost::program_options;

namespace {

struct TrainOptions {
  std::string model, data, output;
  std::string text = "text", pair, label = "label", labels, dev;
  int64_t holdout = 0;
  bool isRegression = false, noDropout = false, resume = false, json = false;
  double warmup = 0.1;
  int64_t maxLength = 0, microBatchTokens = 0;
  ThreadCount threads = ThreadCount::all();
  int64_t memoryLimit = 0; ///< bytes; 0: none
  std::string metric, schedule = "linear", dtype = "f32";
  GradientOptions gradients;
  UpdateOptions update;
  train::FineTuningOptions tuning;

  /// What a training needs until it ends lies beside the output, which is not
  /// touched before there is something to put there.
  std::string workFolder() const { return output + ".training"; }
  std::string statePath() const { return workFolder() + "/state.safetensors"; }
  /// Says that the folder is ours.
  std::string markPath() const { return workFolder() + "/made-by-bertc-train"; }
};

llvm::Error errorOf(const io::Failure &failure) {
  return llvm::createStringError(failure.message);
}

/// Steps on a terminal's line, elsewhere one from time to time; epochs as lines
/// that stay, or as JSON.
class TrainingLog {
public:
  TrainingLog(const TrainOptions &options) : options(options) {}
  ~TrainingLog() { clear(); }

  void step(const train::StepReport &report) {
    const auto now = std::chrono::steady_clock::now();
    if (now < next)
      return;
    next = now + pause;
    std::fprintf(stderr,
                 "%sstep %lld of %lld, loss %.4f, %.0f tokens/s, %s left%s",
                 isTerminal ? "\r\033[K" : "", (long long)report.step,
                 (long long)report.steps, report.loss, report.tokensPerSecond,
                 duration(report.secondsLeft).c_str(), isTerminal ? "" : "\n");
  }
  void epoch(const train::EpochReport &r) {
    clear();
    const char *name = train::nameOf(options.tuning.metric);
    if (options.json) {
      nlohmann::json line = {
          {"epoch", r.epoch}, {"step", r.step}, {"train_loss", r.trainLoss},
          {"loss", r.loss},   {name, r.metric}, {"best", r.isBest}};
      if (options.isRegression)
        line["spearman"] = r.spearman;
      else
        line.update({{"f1", r.f1}, {"matthews", r.matthews}});
      std::printf("%s\n", line.dump().c_str());
    } else {
      std::printf("epoch %u, step %lld: loss %.4f, held out %.4f; %s %.4f%s\n",
                  r.epoch, (long long)r.step, r.trainLoss, r.loss, name,
                  r.metric, r.isBest ? ", the best" : "");
    }
    std::fflush(stdout);
  }

private:
  static std::string duration(double seconds) {
    const auto whole = int64_t(seconds + 0.5);
    char text[32];
    std::snprintf(text, sizeof(text), "%lld:%02lld:%02lld",
                  (long long)(whole / 3600), (long long)(whole / 60 % 60),
                  (long long)(whole % 60));
    return text;
  }
  void clear() {
    if (isTerminal)
      std::fprintf(stderr, "\r\033[K");
  }

  const TrainOptions &options;
  const bool isTerminal = ::isatty(STDERR_FILENO);
  const std::chrono::milliseconds pause{isTerminal ? 200 : 10000};
  /// Short work says nothing.
  std::chrono::steady_clock::time_point next =
      std::chrono::steady_clock::now() + pause;
};

struct Data {
  train::LabelledTexts training;
  std::vector<train::LabelledText> held;
};

llvm::Expected<Data> readData(const TrainOptions &options) {
  train::LabelledTextOptions columns;
  columns.text = options.text;
  if (!options.pair.empty())
    columns.pair = options.pair;
  columns.label = options.label;
  if (options.isRegression)
    columns.kind = train::LabelKind::numbers;
  llvm::SmallVector<llvm::StringRef> names;
  if (!options.labels.empty())
    llvm::StringRef(options.labels).split(names, ',');
  for (llvm::StringRef name : names)
    columns.classes.push_back(name.trim().str());
  io::Result<train::LabelledTexts> training =
      train::readLabelledTexts(options.data, columns);
  if (!training)
    return errorOf(training.failure());
  Data data{std::move(*training), {}};
  if (!options.dev.empty()) {
    columns.classes = data.training.classes;
    io::Result<train::LabelledTexts> held =
        train::readLabelledTexts(options.dev, columns);
    if (!held)
      return errorOf(held.failure());
    data.held = std::move(held->examples);
    return data;
  }
  std::vector<train::LabelledText> &all = data.training.examples;
  if (options.holdout >= int64_t(all.size()))
    return llvm::createStringError(
        options.data + ": has " + std::to_string(all.size()) +
        " examples, --holdout leaves none to learn from");
  data.held.assign(std::make_move_iterator(all.end() - options.holdout),
                   std::make_move_iterator(all.end()));
  all.resize(all.size() - size_t(options.holdout));
  return data;
}

/// The checkpoint's files, or the config.json that is all there is.
llvm::Expected<std::vector<std::string>> filesOf(const std::string &model) {
  std::error_code code;
  if (!std::filesystem::is_directory(model, code))
    return std::vector<std::string>{model};
  std::vector<std::string> files;
  for (std::filesystem::directory_iterator file(model, code), end;
       !code && file != end; file.increment(code)) {
    const std::string ending = file->path().extension().string();
    if (ending == ".safetensors" || ending == ".json" || ending == ".txt" ||
        ending == ".model")
      files.push_back(file->path().string());
  }
  if (code)
    return llvm::createStringError(model + ": cannot read: " + code.message());
  std::sort(files.begin(), files.end());
  return files;
}

/// What a state must have been made of, to be gone on from.
llvm::Expected<std::string> identityOf(const TrainOptions &options,
                                       const bertc_model *model) {
  nlohmann::json identity;
  llvm::Expected<std::vector<std::string>> files = filesOf(options.model);
  if (!files)
    return files.takeError();
  // Other code has other sums.
  identity["compiler"] = BERTC_VERSION;
  identity["isa"] = bertc_info(model)->isa;
  struct File {
    std::string name, path;
  };
  std::vector<File> all = {{"data", options.data}, {"dev", options.dev}};
  for (const std::string &path : *files)
    all.push_back(
        {"model." + std::filesystem::path(path).filename().string(), path});
  for (const File &file : all) {
    if (file.path.empty())
      continue;
    io::Result<std::string> sum = train::fingerprintOfFile(file.path);
    if (!sum)
      return errorOf(sum.failure());
    identity[file.name] = *sum;
  }
  const train::FineTuningOptions &tuning = options.tuning;
  identity["text"] = options.text;
  identity["pair"] = options.pair;
  identity["label"] = options.label;
  identity["labels"] = options.labels;
  identity["holdout"] = options.holdout;
  identity["regression"] = options.isRegression;
  identity["max_length"] = options.maxLength;
  identity["epochs"] = tuning.epochs;
  identity["batch_size"] = tuning.limits.examples;
  identity["batch_tokens"] = tuning.limits.tokens;
  identity["micro_batch_tokens"] = options.microBatchTokens;
  identity["seed"] = tuning.seed;
  identity["learning_rate"] = tuning.schedule.peakRate;
  identity["schedule"] = options.schedule;
  identity["warmup"] = options.warmup;
  identity["weight_decay"] = tuning.weightDecay;
  identity["metric"] = train::nameOf(tuning.metric);
  identity["dropout"] = !options.noDropout;
  identity["dtype"] = options.dtype;
  identity["freeze"] = options.gradients.freeze;
  identity["optimizer"] = options.update.optimizer;
  identity["no_decay"] = options.update.noDecay;
  identity["nesterov"] = options.update.nesterov;
  auto number = [&](const char *name, double value) {
    if (!std::isnan(value))
      identity[name] = value;
  };
  number("beta1", options.update.beta1);
  number("beta2", options.update.beta2);
  number("epsilon", options.update.epsilon);
  number("momentum", options.update.momentum);
  number("max_norm", options.update.maxNorm);
  return identity.dump();
}

StartingOptions startingOptions(const TrainOptions &options,
                                const std::vector<std::string> &classes) {
  StartingOptions starting;
  starting.task.task = Task::sequenceClassification;
  starting.task.labels = classes;
  if (options.isRegression)
    starting.task.problemType = "regression";
  starting.seed = options.tuning.seed;
  return starting;
}

/// The folder of the training, with the checkpoint that it begins with.
llvm::Error makeWorkFolder(const TrainOptions &options,
                           const std::vector<std::string> &classes) {
  std::error_code code;
  const std::string work = options.workFolder();
  const bool isBegun = std::filesystem::exists(options.statePath(), code);
  if (options.resume && !isBegun)
    return llvm::createStringError(options.output +
                                   ": no training to go on with: " + work +
                                   " holds no state");
  if (options.resume)
    return llvm::Error::success();
  if (isBegun)
    return llvm::createStringError(
        work + ": holds a training that has not ended; --resume goes on with "
               "it");
  // Left by one that was killed before its first step.
  if (std::filesystem::exists(options.markPath(), code))
    std::filesystem::remove_all(work, code);
  llvm::Expected<StartingFolder> made = makeStartingFolder(
      options.model, work, startingOptions(options, classes));
  if (!made)
    return made.takeError();
  std::FILE *mark = std::fopen(options.markPath().c_str(), "w");
  if (!mark || std::fclose(mark))
    return llvm::createStringError(options.markPath() + ": cannot write");
  // With --json the standard output is for objects.
  for (const std::string &remark : made->remarks())
    std::fprintf(options.json ? stderr : stdout, "%s\n", remark.c_str());
  return llvm::Error::success();
}

/// Compiles the folder for steps of `size` at most and opens what that gives,
/// which no file is left of.
llvm::Expected<run::Model> openTrainable(const TrainOptions &options,
                                         const StepSize &size) {
  CompileOptions compiling;
  compiling.model = options.workFolder();
  compiling.output = options.workFolder() + "/training.so";
  compiling.task = "sequence-classification";
  compiling.train = options.gradients;
  if (options.memoryLimit > 0)
    compiling.memoryLimit = {options.memoryLimit, size};
  compiling.update = options.update;
  compiling.dropout = !options.noDropout;
  compiling.dtype = options.dtype;
  compiling.tokenizer = TokenizerUse::required;
  compiling.warn = [](llvm::StringRef line) {
    std::fprintf(stderr, "bertc: warning: %s\n", line.str().c_str());
  };
  compiling.remark = [](llvm::StringRef line) {
    std::fprintf(stderr, "bertc: train: %s\n", line.str().c_str());
  };
  llvm::scope_exit remove([&] { ::unlink(compiling.output.c_str()); });
  if (llvm::Error error = compile(compiling))
    return std::move(error);
  io::Result<run::Model> model = run::openModel(compiling.output);
  if (!model)
    return errorOf(model.failure());
  return std::move(*model);
}

llvm::Expected<std::vector<train::EncodedExample>>
encode(const std::vector<train::LabelledText> &texts,
       const text::Tokenizer &tokenizer, bool hasTypes, int64_t maxLength) {
  text::EncodeOptions options;
  options.maxLength = maxLength;
  std::vector<train::EncodedExample> examples;
  for (const train::LabelledText &one : texts) {
    auto encoding = one.pair
                        ? tokenizer.encodePair(one.text, *one.pair, options)
                        : tokenizer.encode(one.text, options);
    if (!encoding)
      return llvm::createStringError("line " + std::to_string(one.line) + ": " +
                                     encoding.error());
    examples.push_back(
        {std::move(encoding->ids),
         hasTypes ? std::move(encoding->typeIds) : std::vector<int32_t>(),
         one.label, one.value});
  }
  return examples;
}

struct Encoded {
  std::vector<train::EncodedExample> training, held;
  int64_t longest = 0; ///< tokens of one example
};

/// By the tokenizer of the folder, whose model says how long texts may be.
llvm::Expected<Encoded> encode(const TrainOptions &options, const Data &data) {
  auto context = makeContext();
  llvm::Expected<Model> model = Model::open(
      *context, options.workFolder(),
      {"sequence-classification", /*outputs=*/{}, TokenizerUse::required});
  if (!model)
    return model.takeError();
  const ModelFacts facts = readFacts(*model->module);
  text::Result<text::Tokenizer> tokenizer =
      text::Tokenizer::fromBlob(model->tokenizer);
  if (!tokenizer)
    return llvm::createStringError(tokenizer.error());
  int64_t maxLength = facts.maxPositions;
  if (options.maxLength > 0)
    maxLength = std::min(maxLength, options.maxLength);
  else if (tokenizer->maxLength() > 0)
    maxLength = std::min(maxLength, tokenizer->maxLength());
  const bool hasTypes = facts.typeVocabSize > 0;
  Encoded encoded;
  llvm::Expected<std::vector<train::EncodedExample>> training =
      encode(data.training.examples, *tokenizer, hasTypes, maxLength);
  if (!training)
    return llvm::createStringError(options.data + ": " +
                                   llvm::toString(training.takeError()));
  llvm::Expected<std::vector<train::EncodedExample>> held =
      encode(data.held, *tokenizer, hasTypes, maxLength);
  if (!held)
    return llvm::createStringError(
        (options.dev.empty() ? options.data : options.dev) + ": " +
        llvm::toString(held.takeError()));
  encoded.training = std::move(*training);
  encoded.held = std::move(*held);
  for (const auto *examples : {&encoded.training, &encoded.held})
    for (const train::EncodedExample &example : *examples)
      encoded.longest = std::max(encoded.longest, int64_t(example.ids.size()));
  return encoded;
}

/// Of the largest run.
StepSize stepSize(const TrainOptions &options, int64_t longest) {
  const train::BatchLimits &limits = options.tuning.runLimits;
  StepSize size;
  size.sequences = limits.examples > 0 ? limits.examples : limits.tokens;
  size.tokens = limits.tokens > 0 ? std::max(limits.tokens, longest)
                                  : limits.examples * longest;
  if (limits.examples > 0)
    size.tokens = std::min(size.tokens, limits.examples * longest);
  size.selected = size.tokens;
  size.threads = options.threads;
  return size;
}

/// The parameters of the moment into the folder: what is not learned stays.
llvm::Error saveParameters(const std::string &folder,
                           const train::Learner &learner,
                           const Checkpoint &before) {
  std::string current;
  std::vector<float> values;
  bool isLearned = false;
  return saveWeights(folder,
                     [&](llvm::StringRef name, int64_t first,
                         llvm::MutableArrayRef<float> out) -> llvm::Error {
                       if (name != current) {
                         current = name.str();
                         isLearned = learner.read(current, values);
                       }
                       if (!isLearned)
                         return before.read(name, first, out);
                       std::copy_n(values.begin() + first, out.size(),
                                   out.begin());
                       return llvm::Error::success();
                     });
}

llvm::Error trainModel(TrainOptions &options) {
  llvm::Expected<Data> data = readData(options);
  if (!data)
    return data.takeError();
  if (llvm::Error error = checkStartingOutput(options.model, options.output))
    return error;
  const std::vector<std::string> &classes = data->training.classes;
  if (llvm::Error error = makeWorkFolder(options, classes))
    return error;
  llvm::Expected<Encoded> encoded = encode(options, *data);
  if (!encoded)
    return encoded.takeError();
  const StepSize size = stepSize(options, encoded->longest);
  llvm::Expected<run::Model> model = openTrainable(options, size);
  if (!model)
    return model.takeError();
  llvm::Expected<std::string> identity = identityOf(options, model->get());
  if (!identity)
    return identity.takeError();
  train::FineTuningOptions &tuning = options.tuning;
  tuning.identity = std::move(*identity);
  std::vector<int64_t> lengths;
  for (const train::EncodedExample &example : encoded->training)
    lengths.push_back(int64_t(example.ids.size()));
  const train::Sampling sampling(lengths, tuning.limits, tuning.seed);
  tuning.schedule.steps = sampling.steps(tuning.epochs);
  tuning.schedule.warmupSteps =
      train::warmupOf(options.warmup, tuning.schedule.steps);
  io::Result<train::Learner> learner = train::Learner::create(
      model->get(), size.tokens, size.sequences, size.threads);
  if (!learner)
    return errorOf(learner.failure());
  llvm::Expected<Checkpoint> before = Checkpoint::open(options.workFolder());
  if (!before)
    return before.takeError();

  TrainingLog log(options);
  train::FineTuningHooks hooks;
  hooks.onStep = [&](const train::StepReport &report) { log.step(report); };
  hooks.onEpoch = [&](const train::EpochReport &report) { log.epoch(report); };
  hooks.saveBest = [&](const train::Learner &now,
                       bool isFirst) -> io::MaybeFailure {
    if (isFirst) {
      llvm::Expected<StartingFolder> made =
          makeStartingFolder(options.workFolder(), options.output,
                             startingOptions(options, classes));
      if (!made)
        return io::Failure{llvm::toString(made.takeError())};
    }
    if (llvm::Error error = saveParameters(options.output, now, *before))
      return io::Failure{llvm::toString(std::move(error))};
    return std::nullopt;
  };
  if (io::MaybeFailure failure =
          train::fineTune(*learner, encoded->training, encoded->held, tuning,
                          options.resume, hooks))
    return errorOf(*failure);
  std::error_code code;
  std::filesystem::remove_all(options.workFolder(), code);
  return llvm::Error::success();
}

} // namespace

int bertc::trainCommand(const Arguments &arguments) {
  CommandLine line(
      "train", {},
      "Fine-tunes a checkpoint on labelled texts, natively: the model is "
      "compiled with its\nbackward pass and optimiser, and learns in packed "
      "batches. DIR becomes a Hugging Face\nfolder that transformers and bertc "
      "compile load, with the parameters of the best epoch.\nA training that "
      "was interrupted goes on with --resume, and ends with the same bits.\n",
      "examples:\n"
      "  bertc train --task sequence-classification --model all-MiniLM-L6-v2 "
      "--data reviews.csv --text review --label stars --holdout 4 -o rated\n"
      "  bertc train --task sequence-classification --model bert-base-uncased "
      "--data pairs.tsv --text a --pair b --label score --regression "
      "--holdout 4 -o scored\n");
  TrainOptions options;
  std::string task;
  Count epochs{3}, batchSize{32}, batchTokens{0}, holdout{0}, maxLength{0},
      saveSteps{0}, microBatchTokens{0};
  ByteCount memoryLimit;
  double learningRate = 5e-5, weightDecay = 0.01;
  Seed seed;
  options.update.optimizer = "adamw";
  line.options.add_options()("task",
                             po::value(&task)->value_name("TASK")->required(),
                             "sequence-classification")(
      "model", po::value(&options.model)->value_name("MODEL")->required(),
      "folder of the checkpoint to begin with; a head that it lacks is fresh")(
      "data", po::value(&options.data)->value_name("FILE")->required(),
      "labelled texts: .tsv, .csv or .jsonl")(
      "output,o", po::value(&options.output)->value_name("DIR")->required(),
      "folder to write")("text", po::value(&options.text)->value_name("COLUMN"),
                         "of the texts, by name or by number from 1; text")(
      "pair", po::value(&options.pair)->value_name("COLUMN"),
      "of second texts")("label",
                         po::value(&options.label)->value_name("COLUMN"),
                         "of the labels; label")(
      "labels", po::value(&options.labels)->value_name("NAMES"),
      "the classes, separated by commas; labels are their names or numbers "
      "from 0. By default all that occur")(
      "regression", po::bool_switch(&options.isRegression),
      "labels are numbers")("dev", po::value(&options.dev)->value_name("FILE"),
                            "labelled texts that are held out")(
      "holdout", po::value(&holdout)->value_name("N"),
      "the last N examples of --data are held out")(
      "epochs", po::value(&epochs)->value_name("N"),
      "3")("batch-size", po::value(&batchSize)->value_name("N"),
           "sequences of a step; 32")(
      "batch-tokens", po::value(&batchTokens)->value_name("N"),
      "tokens of a step at most, without padding: what more memory allows")(
      "micro-batch-tokens", po::value(&microBatchTokens)->value_name("N"),
      "computes a step in parts of at most so many tokens, or of one sequence "
      "that is longer: the same step in less memory")(
      "max-length", po::value(&maxLength)->value_name("N"),
      "tokens that a text is cut to; what the model takes")(
      "learning-rate", po::value(&learningRate)->value_name("X"),
      "at its peak; 5e-5")(
      "schedule", po::value(&options.schedule)->value_name("CURVE"),
      "constant, linear, cosine, polynomial or inverse_sqrt, as transformers; "
      "linear")("warmup", po::value(&options.warmup)->value_name("X"),
                "part of all steps that the rate rises in; 0.1")(
      "weight-decay", po::value(&weightDecay)->value_name("X"), "0.01")(
      "metric", po::value(&options.metric)->value_name("NAME"),
      "what says which epoch is best: accuracy, f1 or matthews; of numbers "
      "pearson or spearman. accuracy, or pearson")(
      "dtype", po::value(&options.dtype)->value_name("TYPE"),
      "what products of weights round their factors to, forward and backward: "
      "f32 or bf16; sums, parameters, gradients and the optimiser's moments "
      "are "
      "f32 in both. f32")("no-dropout", po::bool_switch(&options.noDropout),
                          "drop nothing; by default as config.json says")(
      "freeze", po::value(&options.gradients.freeze)->value_name("PATTERN"),
      "parameters that stay as they are, by a glob over their names; may be "
      "repeated")(
      "recompute",
      po::value(&options.gradients.recompute)->value_name("POLICY"),
      "keep-all, recompute-cheap or recompute-layer, what the backward pass "
      "computes again instead of keeping it; recompute-cheap")(
      "memory-limit", po::value(&memoryLimit)->value_name("BYTES"),
      "instead of --recompute: the fastest policy by which parameters, "
      "gradients, moments and what the largest step needs take no more; M and "
      "G are 10^6 and 10^9, Mi and Gi 2^20 and 2^30. The compiler and the "
      "texts "
      "are not counted")(
      "seed", po::value(&seed)->value_name("N"),
      "of fresh weights, the order of examples and dropout; 0")(
      "threads", po::value(&options.threads)->value_name("N"),
      "all CPUs by default; results do not depend on it")(
      "save-steps", po::value(&saveSteps)->value_name("N"),
      "saves the state so often, besides at each epoch's end")(
      "resume", po::bool_switch(&options.resume),
      "go on with the training whose state DIR holds")(
      "json", po::bool_switch(&options.json), "an object for each epoch");
  addUpdateOptions(line, options.update);
  if (std::optional<int> code = line.parse(arguments))
    return *code;
  // What lies beside it has its name.
  while (options.output.size() > 1 && options.output.back() == '/')
    options.output.pop_back();
  if (task != "sequence-classification")
    return line.usageError("--task " + task +
                           " is not sequence-classification, the one that "
                           "train knows");
  if (line.has("dev") == line.has("holdout"))
    return line.usageError("one of --dev and --holdout says what is held out");
  if (options.isRegression && line.has("labels"))
    return line.usageError("--regression has no --labels");
  if (options.dtype != "f32" && options.dtype != "bf16")
    return line.usageError("--dtype " + options.dtype +
                           " is none of f32, bf16");
  if (std::optional<int> code =
          checkRecompute(line, options.gradients.recompute))
    return *code;
  if (line.has("memory-limit") && line.has("recompute"))
    return line.usageError("--memory-limit chooses what --recompute would say");
  options.memoryLimit = memoryLimit;
  if (std::optional<int> code = checkUpdateOptions(line, options.update))
    return *code;
  // As transformers' trainer has it.
  if (!line.has("max-norm"))
    options.update.maxNorm = 1;
  if (!(options.warmup >= 0 && options.warmup <= 1))
    return line.usageError("--warmup is a part of all steps, 0 to 1");
  train::FineTuningOptions &tuning = options.tuning;
  if (!(weightDecay >= 0) || !std::isfinite(weightDecay))
    return line.usageError("--weight-decay must not be negative");
  io::Result<train::Curve> curve = train::curveNamed(options.schedule);
  if (!curve)
    return line.usageError("--schedule: " + curve.error());
  tuning.schedule.curve = *curve;
  tuning.schedule.peakRate = learningRate;
  if (io::MaybeFailure failure = tuning.schedule.check())
    return line.usageError("--learning-rate: " + failure->message);
  io::Result<train::Metric> metric =
      train::metricNamed(!options.metric.empty() ? options.metric
                         : options.isRegression  ? "pearson"
                                                 : "accuracy");
  if (!metric)
    return line.usageError("--metric: " + metric.error());
  const bool isOfNumbers =
      *metric == train::Metric::pearson || *metric == train::Metric::spearman;
  if (isOfNumbers != options.isRegression)
    return line.usageError(
        "--metric " + options.metric +
        (isOfNumbers ? " is of --regression" : " is of classes"));
  tuning.metric = *metric;
  tuning.isRegression = options.isRegression;
  tuning.epochs = uint32_t(std::min<int64_t>(epochs, UINT32_MAX));
  tuning.limits = tuning.runLimits = {batchSize, batchTokens};
  if (microBatchTokens > 0 &&
      (tuning.limits.tokens == 0 || microBatchTokens < tuning.limits.tokens))
    tuning.runLimits.tokens = microBatchTokens;
  tuning.seed = seed;
  tuning.weightDecay = weightDecay;
  tuning.saveSteps = saveSteps;
  tuning.statePath = options.statePath();
  options.holdout = holdout;
  options.maxLength = maxLength;
  options.microBatchTokens = microBatchTokens;
  if (llvm::Error error = trainModel(options))
    return fail(std::move(error));
  return exitOk;
}
