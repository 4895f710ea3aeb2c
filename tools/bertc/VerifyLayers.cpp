//===- VerifyLayers.cpp ---------------------------------------------------===//

#include "tools/bertc/VerifyLayers.h"

#include "compiler/EntryCheck.h"
#include "compiler/Errors.h"
#include "passes/Symbols.h"
#include "tools/bertc/Difference.h"
#include "tools/bertc/Recompile.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <utility>

using namespace bertc;

namespace {

/// Of what a layer makes.
struct LayerError {
  Difference whole; ///< from the reference
  Difference own;   ///< from the reference's layer, given what this one read
};

template <typename List> auto *findNamed(List &list, const std::string &name) {
  auto found = std::find_if(list.begin(), list.end(),
                            [&](const auto &one) { return one.name == name; });
  return found == list.end() ? nullptr : &*found;
}

bool sameBits(const run::Output &a, const run::Output &b) {
  return a.shape == b.shape &&
         std::memcmp(a.values.data(), b.values.data(),
                     a.values.size() * sizeof(float)) == 0;
}

/// The rows that are the model's, one after the other.
ReferenceTensor packedRows(const run::Batch &batch, const run::Output &output) {
  const int64_t places = batch.batch * batch.seqLen;
  const int64_t columns = output.shape.size() > 2 ? output.shape[2] : 1;
  ReferenceTensor packed({0, columns});
  for (int64_t place = 0; place < places; ++place) {
    if (!run::isRow(batch, output, place))
      continue;
    const float *row = output.values.data() + place * columns;
    packed.values.insert(packed.values.end(), row, row + columns);
    ++packed.shape[0];
  }
  return packed;
}

class LayerReport {
public:
  explicit LayerReport(const VerifiedRun &run) : run(run) {}

  llvm::Error make() {
    for (const std::string &name : run.model.outputs)
      if (namesOutput(hiddenStates, name))
        names.push_back(name);
    if (llvm::Error error = readStates())
      return error;
    errors.resize(states.size());
    if (llvm::Error error = compareWhole())
      return error;
    if (llvm::Error error = compareOwn())
      return error;
    print();
    return llvm::Error::success();
  }

private:
  llvm::Error readStates();
  llvm::Expected<std::vector<run::Output>> runAgain();
  llvm::Error compareWhole();
  llvm::Error compareOwn();
  llvm::Error compareState(size_t i, const ReferenceTensor &wanted,
                           Difference &result);
  void print() const;

  const VerifiedRun &run;
  std::vector<std::string> names;
  std::vector<run::Output> states; ///< of these names
  std::vector<LayerError> errors;
};

/// The artifact's hidden states, from another one where it does not give them.
llvm::Error LayerReport::readStates() {
  std::vector<run::Output> again;
  const std::vector<run::Output> *source = &run.outputs;
  if (!llvm::all_of(names, [&](const std::string &name) {
        return findNamed(run.outputs, name);
      })) {
    llvm::Expected<std::vector<run::Output>> outputs = runAgain();
    if (!outputs)
      return outputs.takeError();
    again = std::move(*outputs);
    source = &again;
  }
  for (const std::string &name : names) {
    const run::Output *state = findNamed(*source, name);
    if (!state)
      return defect(run.modelPath + ": compiled without " + name);
    if (state->rows != BERTC_PER_TOKEN)
      return fileError(run.modelPath, "output \"" + name +
                                          "\" is no hidden state: it has no "
                                          "row for each token");
    states.push_back(*state);
  }
  return llvm::Error::success();
}

llvm::Expected<std::vector<run::Output>> LayerReport::runAgain() {
  std::vector<std::string> wanted = {hiddenStates};
  for (const run::Output &output : run.outputs)
    wanted.push_back(output.name);
  llvm::Expected<run::Model> again = compileAgain(
      run.artifact, run.artifactPath, run.modelPath, std::move(wanted));
  if (!again)
    return again.takeError();
  run::Result<run::Session> session =
      run::makeSession(again->get(), run.batch, run.threads);
  if (!session)
    return llvm::createStringError(session.error());
  run::Result<std::vector<run::Output>> outputs =
      run::runBatch(session->get(), again->get(), run.batch);
  if (!outputs)
    return llvm::createStringError(outputs.error());
  // More outputs change no others: this is the artifact's program, or its
  // states say nothing of it.
  for (const run::Output &output : run.outputs) {
    const run::Output *other = findNamed(*outputs, output.name);
    if (!other || !sameBits(output, *other))
      return fileError(run.artifactPath,
                       "gives other numbers as \"" + output.name + "\" than " +
                           run.modelPath +
                           " compiled again in the same way: is it of another "
                           "model, or of another bertc?");
  }
  return std::move(*outputs);
}

llvm::Error LayerReport::compareState(size_t i, const ReferenceTensor &wanted,
                                      Difference &result) {
  llvm::Expected<Difference> difference =
      compare({run.artifactPath, run.modelPath}, run.batch, states[i], wanted);
  if (!difference)
    return difference.takeError();
  result = *difference;
  return llvm::Error::success();
}

llvm::Error LayerReport::compareWhole() {
  for (size_t i = 0; i < states.size(); ++i) {
    const NamedReference *wanted = findNamed(run.expected, names[i]);
    if (!wanted)
      return defect(run.modelPath + ": the reference has no " + names[i]);
    if (llvm::Error error = compareState(i, wanted->values, errors[i].whole))
      return error;
  }
  return llvm::Error::success();
}

/// Runs the reference once more, each layer on the artifact's states.
llvm::Error LayerReport::compareOwn() {
  mlir::func::FuncOp entry = findEntry(run.model.module.get());
  auto results = entry.getBody().front().getTerminator()->getOperands();
  std::vector<mlir::Value> values;
  for (const std::string &name : names)
    for (unsigned i = 0; i < entry.getNumResults(); ++i)
      if (nameOf(entry.getResultAttrDict(i)) == name)
        values.push_back(results[i]);
  llvm::Error failure = llvm::Error::success();
  auto replace = [&](mlir::Value value, const ReferenceTensor &made) {
    std::optional<ReferenceTensor> given;
    for (size_t i = 0; i < values.size(); ++i) {
      if (values[i] != value)
        continue;
      if (!failure)
        failure = compareState(i, made, errors[i].own);
      given = packedRows(run.batch, states[i]);
    }
    return given;
  };
  llvm::Expected<std::vector<NamedReference>> finished =
      runReference(run.model, run.batch, replace);
  if (finished)
    return failure;
  if (!failure)
    return inFile(run.modelPath, finished.takeError());
  llvm::consumeError(finished.takeError());
  return failure;
}

/// Who makes hidden_states.`i`.
std::string makerOf(size_t i) {
  return i == 0 ? "embeddings" : "layer " + std::to_string(i - 1);
}

void LayerReport::print() const {
  std::printf("\n%-11s %-20s %14s %9s %9s %9s\n", "made by", "output",
              "max abs diff", "relative", "cosine", "own");
  size_t most = 0;
  for (size_t i = 0; i < errors.size(); ++i) {
    const auto &[whole, own] = errors[i];
    std::printf("%-11s %-20s %14.3g %9.2g %9s %9.2g\n", makerOf(i).c_str(),
                names[i].c_str(), whole.most, whole.relative(),
                whole.cosine().c_str(), own.relative());
    if (own.relative() > errors[most].own.relative())
      most = i;
  }
  std::printf("most is added by: %s\n", makerOf(most).c_str());
}

} // namespace

llvm::Error bertc::reportLayers(const VerifiedRun &run) {
  return LayerReport(run).make();
}
