//===- Bench.cpp - bertc bench --------------------------------------------===//

#include "runtime/io/AsideFile.h"
#include "runtime/run/Execute.h"
#include "tools/bertc/Commands.h"
#include "tools/bertc/Shapes.h"
#include "tools/bertc/profile/Profile.h"
#include "tools/bertc/profile/RooflineSvg.h"
#include "tools/bertc/profile/Tables.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <optional>
#include <unistd.h>

using namespace bertc;
namespace po = boost::program_options;

namespace {

/// One line of the result.
struct Shape {
  int64_t batch = 0, seqLen = 0; ///< seqLen 0: ragged
  std::vector<int64_t> lengths;

  int64_t tokens() const {
    return std::accumulate(lengths.begin(), lengths.end(), int64_t(0));
  }
  /// "8x128", "4 ragged"
  std::string label() const {
    return std::to_string(batch) +
           (seqLen ? "x" + std::to_string(seqLen) : " ragged");
  }
};

struct Times {
  double minMs = 0, medianMs = 0;
  std::vector<bertc_phase> phases; ///< of the fastest run, where asked for
};

run::Result<Times> timeRuns(const bertc_model *model, const Shape &shape,
                            int64_t threads, int64_t repeat, bool profile) {
  run::Batch batch = randomBatch(*bertc_info(model), shape.lengths);
  const MadeUpLabels labels(model, batch);
  // All of it at once, whatever a command would run in parts.
  const bertc_session_options options = {sizeof(options), nullptr, profile};
  const run::Session session(bertc_session_create(
      model, shape.tokens(), shape.batch, threads, &options));
  if (!session)
    return run::Failure{bertc_last_error()};
  using Clock = std::chrono::steady_clock;
  Times result;
  std::vector<double> times;
  // The first runs touch the weights' pages and wake the cores.
  const int64_t warmUp = 2;
  for (int64_t i = 0; i < warmUp + repeat; ++i) {
    if (labels.give(session.get()) != BERTC_OK)
      return run::Failure{bertc_last_error()};
    Clock::time_point start = Clock::now();
    run::MaybeFailure failure = run::execute(session.get(), batch);
    std::chrono::duration<double, std::milli> elapsed = Clock::now() - start;
    if (failure)
      return *failure;
    if (i < warmUp)
      continue;
    const bool isFastest = times.empty() || elapsed.count() < result.minMs;
    times.push_back(elapsed.count());
    if (!isFastest)
      continue;
    result.minMs = elapsed.count();
    if (!profile)
      continue;
    io::Result<std::vector<bertc_phase>> phases =
        phasesOf(session.get(), *bertc_info(model));
    if (!phases)
      return run::Failure{phases.error()};
    result.phases = std::move(*phases);
  }
  std::sort(times.begin(), times.end());
  size_t half = times.size() / 2;
  result.medianMs =
      times.size() % 2 ? times[half] : (times[half - 1] + times[half]) / 2;
  return result;
}

std::string processorName() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.rfind("model name", 0) == 0)
      return line.substr(line.find(':') + 2);
  return "unknown processor";
}

/// What is printed and drawn besides a line for each shape.
struct ProfileOptions {
  bool isAsked = false, eachPhase = false;
  std::optional<io::AsideFile> roofline; ///< the picture
};

class Report {
public:
  Report(std::string name, const bertc_model_info &info, int64_t threads,
         Roofs &roofs, bool json)
      : name(std::move(name)), info(info), threads(threads), roofs(roofs),
        peak(roofs.peak(info.dtype)), json(json) {
    if (!json)
      std::printf("%s\n%s, both measured now\n", runs().c_str(),
                  machine().c_str());
  }

  void printTitles() const {
    if (!json)
      std::printf("\n%12s %8s %10s %10s %12s %10s %9s\n", "shape", "tokens",
                  "min ms", "median ms", "tokens/s", "GFLOP/s", "of peak");
  }

  void add(const Shape &shape, const Times &times) const {
    double tokensPerSecond = shape.tokens() / times.minMs * 1e3;
    double gflops = flopsOf(info, shape.lengths) / times.minMs * 1e-6;
    double ratio = peak.gflops > 0 ? gflops / peak.gflops : 0;
    if (json)
      return addJson(shape, times, tokensPerSecond, gflops, ratio);
    std::printf("%12s %8lld %10.3f %10.3f %12.0f %10.1f %8.1f%%\n",
                shape.label().c_str(), static_cast<long long>(shape.tokens()),
                times.minMs, times.medianMs, tokensPerSecond, gflops,
                100 * ratio);
    std::fflush(stdout);
  }

  io::MaybeFailure addProfile(const Shape &shape, const Times &times,
                              ProfileOptions &options) const {
    const std::vector<KernelTime> phases = timesByPhase(times.phases, threads);
    const std::vector<KernelTime> kernels =
        timesByKernel(times.phases, threads);
    if (json) {
      printPhasesJson(phases, roofs);
    } else {
      printTimes(options.eachPhase ? phases : kernels, options.eachPhase,
                 times.minMs, roofs);
      printRoofline(kernels, roofs);
    }
    std::fflush(stdout);
    if (!options.roofline)
      return std::nullopt;
    char fastest[64];
    std::snprintf(fastest, sizeof(fastest), ", %s in %.4g ms",
                  shape.label().c_str(), times.minMs);
    const std::string picture = drawRoofline({runs() + fastest, machine()},
                                             kernels, times.minMs, roofs);
    if (io::MaybeFailure failure =
            options.roofline->write(picture.data(), picture.size()))
      return failure;
    return options.roofline->keep();
  }

private:
  /// "minilm: bert embed f32, AVX2, 2 threads"
  std::string runs() const {
    return name + ": " + info.family + " " + info.task + " " + info.dtype +
           ", " + info.isa + ", " + std::to_string(threads) + " threads";
  }

  std::string machine() const {
    char limits[128];
    std::snprintf(limits, sizeof(limits),
                  ": peak %.1f GFLOP/s %s, reads %.1f GB/s", peak.gflops,
                  peak.what, roofs.readGigabytes());
    return processorName() + limits;
  }

  void addJson(const Shape &shape, const Times &times, double tokensPerSecond,
               double gflops, double ratio) const {
    nlohmann::ordered_json object;
    object["model"] = name;
    object["task"] = info.task;
    object["dtype"] = info.dtype;
    object["isa"] = info.isa;
    object["threads"] = threads;
    object["batch"] = shape.batch;
    if (shape.seqLen)
      object["seq_len"] = shape.seqLen;
    else
      object["lengths"] = shape.lengths;
    object["tokens"] = shape.tokens();
    object["min_ms"] = rounded(times.minMs);
    object["median_ms"] = rounded(times.medianMs);
    object["tokens_per_s"] = rounded(tokensPerSecond);
    object["gflops"] = rounded(gflops);
    object["peak_gflops"] = rounded(peak.gflops);
    object["peak_of"] = peak.what;
    object["peak_ratio"] = rounded(ratio);
    object["read_gb_s"] = rounded(roofs.readGigabytes());
    std::puts(object.dump().c_str());
    std::fflush(stdout);
  }

  std::string name;
  const bertc_model_info &info;
  int64_t threads;
  Roofs &roofs;
  const Peak peak;
  bool json;
};

/// Of a sequence, where --seq-len does not say.
int64_t usualLength(const bertc_model *model) {
  return std::min<int64_t>(128, bertc_info(model)->max_positions);
}

/// Why a batch of --batch and --seq-len does not fit into this machine, said
/// before anything is made.
std::optional<std::string> tooLarge(const CommandLine &line,
                                    const bertc_model *model) {
  auto most = [&](const char *name, int64_t otherwise) {
    if (!line.has(name))
      return otherwise;
    const std::vector<int64_t> &values = line.get<Counts>(name).values;
    return *std::max_element(values.begin(), values.end());
  };
  int64_t batch = most("batch", 1),
          seqLen = most("seq-len", usualLength(model)), tokens;
  int64_t bytes = __builtin_mul_overflow(batch, seqLen, &tokens)
                      ? -1
                      : bertc_workspace_bytes(model, tokens, batch, 1);
  int64_t memory = int64_t(sysconf(_SC_PHYS_PAGES)) * sysconf(_SC_PAGESIZE);
  if (bytes >= 0 && bytes < memory)
    return std::nullopt;
  return std::to_string(batch) + " sequences of " + std::to_string(seqLen) +
         " tokens take more memory than there is";
}

std::vector<Shape> shapesOf(const CommandLine &line, const bertc_model *model) {
  if (line.has("lengths")) {
    std::vector<int64_t> lengths = line.get<Counts>("lengths").values;
    return {{int64_t(lengths.size()), 0, lengths}};
  }
  auto list = [&](const char *name, int64_t otherwise) {
    return line.has(name) ? line.get<Counts>(name).values
                          : std::vector<int64_t>{otherwise};
  };
  std::vector<Shape> shapes;
  for (int64_t batch : list("batch", 1))
    for (int64_t seqLen : list("seq-len", usualLength(model)))
      shapes.push_back({batch, seqLen, std::vector<int64_t>(batch, seqLen)});
  return shapes;
}

} // namespace

int bertc::benchCommand(const Arguments &arguments) {
  CommandLine line(
      "bench", {"artifact"},
      "Times ARTIFACT on made-up tokens and sets the figures beside what this "
      "machine can do:\nthe peak of multiply-adds of the dtype and the "
      "bandwidth "
      "of memory, measured in the same\nprocess on as many threads. Rates are "
      "those of the fastest run.\n",
      "examples:\n"
      "  bertc bench minilm.so --batch 1,8 --seq-len 16,128 --threads 2\n"
      "  bertc bench bert.so --lengths 12,40,7,96 --repeat 50 --json\n"
      "  bertc bench minilm.so --profile --roofline minilm.svg\n"
      "  bertc bench minilm.so --batch 8 --profile --phases\n");
  ThreadCount threads = ThreadCount::all();
  Count repeat{20};
  bool json = false;
  ProfileOptions profile;
  std::string picture;
  line.options.add_options()("batch", po::value<Counts>()->value_name("B,..."),
                             "sequences at a time; 1 by default")(
      "seq-len", po::value<Counts>()->value_name("S,..."),
      "tokens of each sequence; 128 by default, or the most that the model "
      "takes")("lengths", po::value<Counts>()->value_name("L,..."),
               "one batch of sequences of these lengths instead")(
      "threads", po::value(&threads)->value_name("N"),
      "threads to compute with, at most 1024; all of the machine by default")(
      "repeat", po::value(&repeat)->value_name("R"),
      "timed runs of each shape; 20 by default")(
      "profile", po::bool_switch(&profile.isAsked),
      "where the time of the fastest run goes: each kernel's share, rates, how "
      "long threads wait for others, and its place under the roofs of peak and "
      "memory")("phases", po::bool_switch(&profile.eachPhase),
                "with --profile: each phase of the run by itself, with its "
                "place in the model")(
      "roofline", po::value(&picture)->value_name("FILE.svg"),
      "with --profile of one shape: the kernels under their roofs as a "
      "picture")("json", po::bool_switch(&json),
                 "one JSON object a shape; with --profile, behind it one a "
                 "phase");
  if (std::optional<int> code = line.parse(arguments))
    return *code;
  if (line.has("lengths") && (line.has("batch") || line.has("seq-len")))
    return line.usageError("--lengths goes without --batch and --seq-len");
  if (!profile.isAsked && (profile.eachPhase || line.has("roofline")))
    return line.usageError("--phases and --roofline go with --profile");

  std::string artifact = line.get("artifact");
  run::Result<run::Model> model = run::openModel(artifact);
  if (!model)
    return fail(model.error());
  const bertc_model_info &info = *bertc_info(model->get());
  if (std::optional<std::string> problem = tooLarge(line, model->get()))
    return fail(artifact + ": " + *problem);
  std::vector<Shape> shapes = shapesOf(line, model->get());
  for (const Shape &shape : shapes)
    for (int64_t length : shape.lengths)
      if (length > info.max_positions)
        return fail(artifact + ": takes sequences of at most " +
                    std::to_string(info.max_positions) + " tokens, not " +
                    std::to_string(length));
  if (line.has("roofline")) {
    if (shapes.size() > 1)
      return line.usageError("--roofline is of one shape, not of " +
                             std::to_string(shapes.size()));
    if (io::MaybeFailure failure = io::checkNotRead(picture, {artifact}))
      return fail(failure->message);
    io::Result<io::AsideFile> file = io::AsideFile::create(picture);
    if (!file)
      return fail(file.error());
    profile.roofline.emplace(std::move(*file));
  }

  Roofs roofs(int64_t{threads});
  Report report(std::filesystem::path(artifact).stem(), info, threads, roofs,
                json);
  report.printTitles();
  for (const Shape &shape : shapes) {
    run::Result<Times> times =
        timeRuns(model->get(), shape, threads, repeat, profile.isAsked);
    if (!times)
      return fail(artifact + ": " + times.error());
    report.add(shape, *times);
    if (!profile.isAsked)
      continue;
    if (io::MaybeFailure failure = report.addProfile(shape, *times, profile))
      return fail(failure->message);
    if (&shape != &shapes.back())
      report.printTitles();
  }
  return exitOk;
}
