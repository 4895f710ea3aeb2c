//===- Verify.cpp - bertc verify ------------------------------------------===//

#include "compiler/Errors.h"
#include "compiler/Labels.h"
#include "compiler/Model.h"
#include "compiler/Reference.h"
#include "runtime/run/Execute.h"
#include "tools/bertc/Commands.h"
#include "tools/bertc/Difference.h"
#include "tools/bertc/Errors.h"
#include "tools/bertc/Shapes.h"
#include "tools/bertc/VerifyLayers.h"

#include <algorithm>
#include <cstdio>
#include <string>

using namespace bertc;
namespace po = boost::program_options;

namespace {

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

void report(const std::string &name, const Difference &difference,
            double tolerance, bool good) {
  std::printf("%-20s %8lld %8lld %14.3g %14.3g %9.2g %9s %10.3g  %s\n",
              name.c_str(), static_cast<long long>(difference.rows),
              static_cast<long long>(difference.columns), difference.most,
              difference.mean(), difference.relative(),
              difference.cosine().c_str(), tolerance, good ? "ok" : "DIFFERS");
}

} // namespace

int bertc::verifyCommand(const Arguments &arguments) {
  CommandLine line(
      "verify", {"artifact", "model"},
      "Runs ARTIFACT and, in f64 with the reference interpreter, the MODEL it "
      "was compiled\nfrom, on the same tokens, and compares every output. Exit "
      "code 1 when one differs\nby more than the tolerance: of each number in "
      "f32, of an output as a whole (the norm of\nthe difference over that of "
      "the reference) in narrower types, and of a gradient (1e-5 by default). "
      "--layers says where the\nerror comes "
      "from: how far each layer's hidden states are from the reference's, and\n"
      "how far from what the reference's layer makes of the same input (own). "
      "An artifact\nwithout hidden_states is compiled again for them, into a "
      "file in TMPDIR that is gone\nat once.\n",
      "examples:\n"
      "  bertc verify minilm.so all-MiniLM-L6-v2\n"
      "  bertc verify bert.so bert-base-uncased --inputs batch.safetensors\n"
      "  bertc verify minilm.so all-MiniLM-L6-v2 --layers\n");
  std::string inputs;
  double tolerance = 0;
  bool layers = false;
  ThreadCount threads = ThreadCount::all();
  line.options.add_options()(
      "inputs", po::value(&inputs)->value_name("FILE"),
      "safetensors with input_ids; a made-up ragged batch by default")(
      "lengths", po::value<Counts>()->value_name("L,..."),
      "lengths of the made-up sequences")(
      "tolerance", po::value(&tolerance)->value_name("X"),
      "largest absolute difference; by default for f32 2e-5, or as much of the "
      "output's largest number where that is above 1, for narrower types a "
      "relative one: 0.03 for bf16, 0.15 for int8")(
      "layers", po::bool_switch(&layers), "the error of each layer as well")(
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
  if (!labelInputs(compiled).empty())
    return fail(artifact + ": learns from labels; bertc grad computes its "
                           "gradients, and those of the model");

  auto context = makeContext();
  std::vector<std::string> wanted = outputNames(compiled);
  if (layers)
    wanted.emplace_back(hiddenStates);
  llvm::Expected<Model> model = Model::open(
      *context, line.get("model"), {info.task, wanted, TokenizerUse::none});
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
  // What a batch made up here does wrong is the artifact's fault.
  const std::string asked = inputs.empty() ? artifact : inputs;
  if (!session)
    return fail(asked + ": " + session.error());
  run::Result<std::vector<run::Output>> outputs =
      run::runBatch(session->get(), compiled, *batch);
  if (!outputs)
    return fail(asked + ": " + outputs.error());
  llvm::Expected<std::vector<NamedReference>> expected =
      runReference(*model, *batch);
  if (!expected)
    return fail(line.get("model") + ": " +
                llvm::toString(expected.takeError()) +
                "; is it the model that " + artifact + " was compiled from?");

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
    llvm::Expected<Difference> difference =
        compare({artifact, line.get("model")}, *batch, output, found->values);
    if (!difference)
      return fail(difference.takeError());
    // Digits are those of f32: of an output above 1 fewer lie behind the point.
    const double scale =
        line.has("tolerance") ? 1 : std::max(1.0, difference->largest);
    const bool good = isRelative ? difference->relative() <= tolerance
                                 : difference->most <= tolerance * scale;
    ok &= good;
    report(output.name, *difference, tolerance, good);
  }
  for (int64_t i = 0; i < bertc_num_states(compiled); ++i) {
    bertc_state_info state;
    bertc_describe_state(compiled, i, &state);
    if (state.role != BERTC_NUMBER && state.role != BERTC_GRADIENT)
      continue;
    auto found = std::find_if(
        expected->begin(), expected->end(),
        [&](const NamedReference &r) { return r.name == state.name; });
    // Rates and keys are the host's.
    if (found == expected->end() && state.role == BERTC_NUMBER)
      continue;
    if (found == expected->end())
      return fail(line.get("model") + ": has no output \"" + state.name +
                  "\", which " + artifact + " has");
    std::vector<float> values(state.shape[0] * state.shape[1]);
    if (bertc_read_state(session->get(), i, values.data(),
                         int64_t(values.size())) != BERTC_OK)
      return fail(artifact + ": " + bertc_last_error());
    llvm::Expected<Difference> difference =
        compare({artifact, line.get("model")}, state, values, found->values);
    if (!difference)
      return fail(difference.takeError());
    const double most = line.has("tolerance") ? tolerance : 1e-5;
    const bool good = difference->relative() <= most;
    ok &= good;
    report(state.name, *difference, most, good);
  }
  if (layers)
    if (llvm::Error error =
            reportLayers({artifact, line.get("model"), compiled, *model, *batch,
                          threads, *outputs, *expected}))
      return fail(std::move(error));
  return ok ? exitOk
            : fail(artifact + ": differs from " + line.get("model") +
                   " by more than the tolerance");
}
