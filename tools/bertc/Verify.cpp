//===- Verify.cpp - bertc verify ------------------------------------------===//

#include "compiler/Errors.h"
#include "compiler/Model.h"
#include "runtime/run/Execute.h"
#include "tools/bertc/Commands.h"
#include "tools/bertc/Errors.h"
#include "tools/bertc/Reference.h"
#include "tools/bertc/Shapes.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <optional>
#include <string>

using namespace bertc;
namespace po = boost::program_options;

namespace {

/// The angle between what is given and what is wanted.
struct Angle {
  double dot = 0, given = 0, wanted = 0; ///< products, squares

  void add(double x, double y) {
    dot += x * y;
    given += x * x;
    wanted += y * y;
  }
  /// Nothing where one of both is zero.
  std::optional<double> cosine() const {
    if (given > 0 && wanted > 0)
      return dot / std::sqrt(given * wanted);
    return std::nullopt;
  }
};

/// How far an output of the artifact is from the reference.
struct Difference {
  int64_t rows = 0, columns = 0;
  double most = 0, sum = 0;
  double squares = 0, wantedSquares = 0;
  int64_t count = 0;

  void addRow(const float *given, const double *wanted, int64_t size) {
    Angle angle;
    for (int64_t i = 0; i < size; ++i) {
      add(given[i], wanted[i]);
      angle.add(given[i], wanted[i]);
      all.add(given[i], wanted[i]);
    }
    if (std::optional<double> cosine = angle.cosine())
      least = std::min(least.value_or(*cosine), *cosine);
  }
  /// The least of any row; of an output with one number a row, whose rows have
  /// no direction but their sign, that of the column. "-" of nothing.
  std::string cosine() const {
    const std::optional<double> value = columns == 1 ? all.cosine() : least;
    if (!value)
      return "-";
    char text[32];
    std::snprintf(text, sizeof(text), "%.6f", *value);
    return text;
  }
  double mean() const { return count ? sum / double(count) : 0; }
  /// |given - wanted| / |wanted| over the whole output.
  double relative() const {
    return squares > 0 ? std::sqrt(squares / wantedSquares) : 0;
  }

private:
  void add(double given, double wanted) {
    double difference = std::fabs(given - wanted);
    if (std::isnan(difference))
      difference = std::numeric_limits<double>::infinity();
    most = std::max(most, difference);
    sum += difference;
    squares += difference * difference;
    wantedSquares += wanted * wanted;
    ++count;
  }

  std::optional<double> least;
  Angle all;
};

run::Failure otherShape(const run::Output &output, int64_t columns) {
  return {"output \"" + output.name + "\" has " + std::to_string(columns) +
          " columns, in the model it has another shape: is it the model it was "
          "compiled from?"};
}

/// Attention maps: [B, heads, S, S] against a row of all heads a token.
run::Result<Difference> compareMaps(const run::Batch &batch,
                                    const run::Output &output,
                                    const ReferenceTensor &expected) {
  Difference result;
  const int64_t heads = result.columns = output.shape[1];
  const int64_t seqLen = output.shape[2];
  for (int64_t length : batch.lengths())
    result.rows += length;
  if (expected.shape.size() != 2 || expected.dim(0) != result.rows ||
      expected.dim(1) % heads != 0)
    return otherShape(output, heads);
  const int64_t positions = expected.dim(1) / heads;
  int64_t first = 0; // token of the sequence
  for (int64_t b = 0; b < batch.batch; ++b) {
    std::vector<int64_t> columns; // of its tokens
    for (int64_t s = 0; s < seqLen; ++s)
      if (batch.attentionMask.empty() || batch.attentionMask[b * seqLen + s])
        columns.push_back(s);
    const auto size = int64_t(columns.size());
    if (size > positions)
      return otherShape(output, heads);
    std::vector<float> given(columns.size());
    for (int64_t head = 0; head < heads; ++head) {
      const float *map =
          output.values.data() + (b * heads + head) * seqLen * seqLen;
      for (int64_t i = 0; i < size; ++i) {
        for (int64_t j = 0; j < size; ++j)
          given[j] = map[columns[i] * seqLen + columns[j]];
        result.addRow(given.data(), expected.row(first + i) + head * positions,
                      size);
      }
    }
    first += size;
  }
  return result;
}

/// Compares the rows that are the model's; the artifact gives padded rows where
/// the reference has packed ones.
run::Result<Difference> compare(const run::Batch &batch,
                                const run::Output &output,
                                const ReferenceTensor &expected) {
  if (output.rows == BERTC_PER_TOKEN_PAIR)
    return compareMaps(batch, output, expected);
  Difference result;
  // [B, columns] or [B, S, columns]; one column is no dimension.
  const size_t dimensions = output.rows == BERTC_PER_SEQUENCE ? 1 : 2;
  const int64_t places =
      dimensions == 1 ? batch.batch : batch.batch * output.shape[1];
  result.columns =
      output.shape.size() > dimensions ? output.shape[dimensions] : 1;
  for (int64_t place = 0; place < places; ++place)
    result.rows += run::isRow(batch, output, place);
  if (expected.shape.size() != 2 || expected.dim(0) != result.rows ||
      expected.dim(1) != result.columns)
    return otherShape(output, result.columns);
  int64_t row = 0;
  for (int64_t place = 0; place < places; ++place) {
    if (!run::isRow(batch, output, place))
      continue;
    result.addRow(output.values.data() + place * result.columns,
                  expected.row(row++), result.columns);
  }
  return result;
}

std::vector<std::string> outputNames(const bertc_model *model) {
  const int64_t count = bertc_info(model)->num_outputs;
  std::vector<std::string> names;
  names.reserve(count);
  for (int64_t i = 0; i < count; ++i)
    names.push_back(bertc_output_info(model, i)->name);
  return names;
}

/// Lengths that meet full and partial tiles, and a single token.
std::vector<int64_t> someLengths(int64_t most) {
  std::vector<int64_t> lengths{5, 1, 16, 33, 2, 19};
  for (int64_t &length : lengths)
    length = std::min(length, most);
  return lengths;
}

} // namespace

int bertc::verifyCommand(const Arguments &arguments) {
  CommandLine line(
      "verify", {"artifact", "model"},
      "Runs ARTIFACT and, in f64 with the reference interpreter, the MODEL it "
      "was compiled\nfrom, on the same tokens, and compares every output. Exit "
      "code 1 when one differs\nby more than the tolerance: of each number in "
      "f32, of an output as a whole (the norm of\nthe difference over that of "
      "the reference) in narrower types.\n",
      "examples:\n"
      "  bertc verify minilm.so all-MiniLM-L6-v2\n"
      "  bertc verify bert.so bert-base-uncased --inputs batch.safetensors\n");
  std::string inputs;
  double tolerance = 0;
  ThreadCount threads = ThreadCount::all();
  line.options.add_options()(
      "inputs", po::value(&inputs)->value_name("FILE"),
      "safetensors with input_ids; a made-up ragged batch by default")(
      "lengths", po::value<Counts>()->value_name("L,..."),
      "lengths of the made-up sequences")(
      "tolerance", po::value(&tolerance)->value_name("X"),
      "largest absolute difference; 2e-5 by default for f32, for narrower "
      "types a relative one: 0.03 for bf16, 0.15 for int8")(
      "threads", po::value(&threads)->value_name("N"),
      "threads of the artifact's run; all of the machine by default");
  if (std::optional<int> code = line.parse(arguments))
    return *code;
  if (!(tolerance >= 0))
    return line.usageError("--tolerance is a number from 0 up");
  if (!inputs.empty() && line.has("lengths"))
    return line.usageError("--lengths goes without --inputs");

  std::string artifact = line.get("artifact");
  run::Result<run::Model> opened = run::openModel(artifact);
  if (!opened)
    return fail(opened.error());
  const bertc_model *compiled = opened->get();
  const bertc_model_info &info = *bertc_info(compiled);

  auto context = makeContext();
  llvm::Expected<Model> model =
      Model::open(*context, line.get("model"),
                  {info.task, outputNames(compiled), TokenizerUse::none});
  if (!model)
    return fail(model.takeError());

  run::Result<run::Batch> batch =
      !inputs.empty()
          ? run::readBatch(inputs)
          : run::Result<run::Batch>(randomBatch(
                info, line.has("lengths") ? line.get<Counts>("lengths").values
                                          : someLengths(info.max_positions)));
  if (!batch)
    return fail(batch.error());
  run::Result<run::Session> session =
      run::makeSession(compiled, *batch, threads);
  if (!session)
    return fail(artifact + ": " + session.error());
  run::Result<std::vector<run::Output>> outputs =
      run::runBatch(session->get(), compiled, *batch);
  if (!outputs)
    return fail(artifact + ": " + outputs.error());
  llvm::Expected<std::vector<NamedReference>> expected =
      runReference(*model, *batch);
  if (!expected)
    return fail(inFile(line.get("model"), expected.takeError()));

  const bool isRelative =
      !line.has("tolerance") && llvm::StringRef(info.dtype) != "f32";
  if (!line.has("tolerance"))
    tolerance = !isRelative                             ? 2e-5
                : llvm::StringRef(info.dtype) == "int8" ? 0.15
                                                        : 0.03;
  std::printf("%-20s %8s %8s %14s %14s %9s %9s %10s\n", "output", "rows",
              "columns", "max abs diff", "mean abs diff", "relative", "cosine",
              "tolerance");
  bool ok = true;
  for (const run::Output &output : *outputs) {
    auto found = std::find_if(
        expected->begin(), expected->end(),
        [&](const NamedReference &r) { return r.name == output.name; });
    if (found == expected->end())
      return fail(line.get("model") + ": has no output \"" + output.name +
                  "\", which " + artifact + " has");
    run::Result<Difference> difference = compare(*batch, output, found->values);
    if (!difference)
      return fail(artifact + ": " + difference.error());
    if (!std::isfinite(difference->most))
      return fail(artifact + ": output \"" + output.name +
                  "\" has numbers that are not finite, here or in " +
                  line.get("model"));
    bool good =
        (isRelative ? difference->relative() : difference->most) <= tolerance;
    ok &= good;
    std::printf("%-20s %8lld %8lld %14.3g %14.3g %9.2g %9s %10.3g  %s\n",
                output.name.c_str(), static_cast<long long>(difference->rows),
                static_cast<long long>(difference->columns), difference->most,
                difference->mean(), difference->relative(),
                difference->cosine().c_str(), tolerance,
                good ? "ok" : "DIFFERS");
  }
  return ok ? exitOk
            : fail(artifact + ": differs from " + line.get("model") +
                   " by more than the tolerance");
}
