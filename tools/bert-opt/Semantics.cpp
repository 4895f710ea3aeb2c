//===- Semantics.cpp ------------------------------------------------------===//

#include "tools/bert-opt/Semantics.h"

#include "tools/bert-opt/Gradients.h"
#include "tools/bert-opt/Place.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/FileUtilities.h"
#include "mlir/Support/ToolUtilities.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/ToolOutputFile.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace bertc;
using namespace mlir;

namespace {

/// The results of a function, in words and in numbers.
struct Outcome {
  std::string function;
  std::vector<std::string> names; ///< "pooler_output", or else "result 1"
  std::vector<ReferenceTensor> tensors;
  std::vector<bool> isGradient; ///< a result that bert-differentiate adds
};

llvm::Expected<std::vector<func::FuncOp>> choose(ModuleOp module,
                                                 llvm::StringRef name) {
  std::vector<func::FuncOp> entries, publics;
  for (auto function : module.getOps<func::FuncOp>()) {
    if (!name.empty() && function.getSymName() == name)
      return std::vector{function};
    if (function.isExternal() || function.isPrivate())
      continue;
    publics.push_back(function);
    if (function->hasAttr("bert.entry"))
      entries.push_back(function);
  }
  if (!name.empty())
    return llvm::createStringError("no function @" + name);
  if (publics.empty())
    return llvm::createStringError("no public function to interpret");
  return entries.empty() ? publics : entries;
}

std::string resultName(func::FuncOp function, unsigned i) {
  if (auto name = function.getResultAttrOfType<StringAttr>(i, "bert.name"))
    return name.str();
  return "result " + std::to_string(i);
}

/// Interprets a module, and again after its passes.
class Session {
public:
  Session(ModuleOp module, const SemanticsOptions &options)
      : module(module), options(options) {}

  /// Fixes the functions and their inputs before passes change them.
  llvm::Error prepare() {
    llvm::Expected<std::vector<func::FuncOp>> functions =
        choose(module, options.function);
    if (!functions)
      return functions.takeError();
    for (func::FuncOp function : *functions) {
      llvm::Expected<std::vector<ReferenceTensor>> inputs =
          makeInputs(function);
      if (!inputs)
        return inputs.takeError();
      runs.emplace_back(function.getSymName().str(), std::move(*inputs));
    }
    return llvm::Error::success();
  }

  llvm::Expected<std::vector<Outcome>> interpretAll() {
    std::vector<Outcome> outcomes;
    for (const auto &[name, inputs] : runs) {
      llvm::Expected<std::vector<ReferenceTensor>> tensors = interpret(
          module, name, inputs, randomParameters(options.random.seed));
      if (!tensors)
        return tensors.takeError();
      Outcome outcome{name, {}, std::move(*tensors), {}};
      auto function = module.lookupSymbol<func::FuncOp>(name);
      for (unsigned i = 0; i < outcome.tensors.size(); ++i) {
        outcome.names.push_back(resultName(function, i));
        outcome.isGradient.push_back(
            bool(function.getResultAttr(i, "bert.gradient_of")));
      }
      outcomes.push_back(std::move(outcome));
    }
    return outcomes;
  }

  /// Holds gradients against finite differences, after the passes.
  llvm::Error verifyAllGradients() {
    for (const auto &[name, drawn] : runs) {
      auto function = module.lookupSymbol<func::FuncOp>(name);
      // Sums over the runs of a step (bert-add-accumulation) begin with this.
      std::vector<ReferenceTensor> inputs = drawn;
      for (unsigned i = 0; i < inputs.size(); ++i)
        if (auto attribute =
                function.getArgAttrOfType<StringAttr>(i, "bert.name");
            attribute && attribute.getValue() == "accumulate")
          llvm::fill(inputs[i].values, 0);
      llvm::Expected<double> most = verifyGradients(
          function, inputs, randomParameters(options.random.seed),
          options.tolerance);
      if (!most)
        return most.takeError();
      llvm::errs() << "verified the gradients of @" << name
                   << llvm::format(": largest difference %.2g\n", *most);
    }
    return llvm::Error::success();
  }

private:
  llvm::Expected<std::vector<ReferenceTensor>>
  makeInputs(func::FuncOp function) {
    if (options.inputs.empty()) {
      for (Type type : function.getArgumentTypes())
        if (!isa<RankedTensorType>(type))
          return llvm::createStringError("@" + function.getSymName() +
                                         " takes more than tensors");
      return randomInputs(function, options.random);
    }
    auto source =
        parseSourceFile<ModuleOp>(options.inputs, module.getContext());
    if (!source)
      return llvm::createStringError(options.inputs + ": no module");
    return interpret(*source, "inputs", {}, inlineParameters());
  }

  ModuleOp module;
  const SemanticsOptions &options;
  std::vector<std::pair<std::string, std::vector<ReferenceTensor>>> runs;
};

void print(const Outcome &outcome, raw_ostream &out) {
  for (const auto &[name, tensor] : llvm::zip(outcome.names, outcome.tensors)) {
    out << "@" << outcome.function << ", " << name << ": [";
    llvm::interleaveComma(tensor.shape, out);
    out << "]\n";
    size_t columns = tensor.shape.empty() ? 1 : tensor.shape.back();
    for (size_t i = 0; i < tensor.values.size(); ++i)
      out << llvm::format(" %.9g", tensor.values[i])
          << ((i + 1) % columns == 0 ? "\n" : "");
  }
}

/// The number in `before` of result `r` after the passes, which may drop
/// results and so renumber them: by its bert.name, or else by its number.
llvm::Expected<size_t> counterpart(const Outcome &before, const Outcome &after,
                                   size_t r) {
  auto match = llvm::find(before.names, after.names[r]);
  if (match == before.names.end())
    return llvm::createStringError("@" + before.function + " has no result \"" +
                                   after.names[r] + "\" before the passes");
  return match - before.names.begin();
}

/// An error when a result after the passes is further than `tolerance` from
/// the one before, NaN counting as infinitely far. `most` is the largest
/// absolute difference.
llvm::Error compare(const Outcome &before, const Outcome &after,
                    double tolerance, double &most) {
  for (size_t r = 0; r < after.names.size(); ++r) {
    if (after.isGradient[r] &&
        !llvm::is_contained(before.names, after.names[r]))
      continue;
    llvm::Expected<size_t> match = counterpart(before, after, r);
    if (!match)
      return match.takeError();
    const ReferenceTensor &x = before.tensors[*match], &y = after.tensors[r];
    std::string name = "@" + before.function + ", " + after.names[r];
    if (x.shape != y.shape)
      return llvm::createStringError(name +
                                     " has another shape after the passes");
    for (size_t i = 0; i < x.values.size(); ++i) {
      double difference = std::abs(x.values[i] - y.values[i]);
      if (!(difference <= tolerance))
        return llvm::createStringError(
            "%s differs at %s: %.9g before the passes, %.9g after, tolerance "
            "%g",
            name.c_str(), place(x, i).c_str(), x.values[i], y.values[i],
            tolerance);
      most = std::max(most, difference);
    }
  }
  return llvm::Error::success();
}

llvm::Error process(ModuleOp module, const SemanticsOptions &options,
                    raw_ostream &out) {
  Session session(module, options);
  if (llvm::Error error = session.prepare())
    return error;
  std::vector<Outcome> before;
  if (options.verify) {
    llvm::Expected<std::vector<Outcome>> outcomes = session.interpretAll();
    if (!outcomes)
      return outcomes.takeError();
    before = std::move(*outcomes);
  }

  PassManager passes(module.getContext());
  if (failed(applyPassManagerCLOptions(passes)) ||
      failed(
          MlirOptMainConfig::createFromCLOptions().setupPassPipeline(passes)) ||
      failed(passes.run(module)))
    return llvm::createStringError("the passes failed");

  llvm::Expected<std::vector<Outcome>> after = session.interpretAll();
  if (!after)
    return after.takeError();
  for (size_t i = 0; i < before.size(); ++i) {
    double most = 0;
    if (llvm::Error error =
            compare(before[i], (*after)[i], options.tolerance, most))
      return error;
    llvm::errs() << "verified @" << before[i].function
                 << llvm::format(": largest difference %.2g", most);
    for (const std::string &name : before[i].names)
      if (!llvm::is_contained((*after)[i].names, name))
        llvm::errs() << ", no " << name << " after the passes";
    llvm::errs() << "\n";
  }
  if (options.verifyGradients)
    if (llvm::Error error = session.verifyAllGradients())
      return error;
  if (!options.interpret) {
    out << *module << "\n";
    return llvm::Error::success();
  }
  for (const Outcome &outcome : *after)
    print(outcome, out);
  return llvm::Error::success();
}

} // namespace

LogicalResult bertc::runSemantics(StringRef input, StringRef output,
                                  DialectRegistry &registry,
                                  const SemanticsOptions &options) {
  std::string message;
  std::unique_ptr<llvm::MemoryBuffer> file = openInputFile(input, &message);
  if (!file) {
    llvm::errs() << "bert-opt: " << message << "\n";
    return failure();
  }
  std::unique_ptr<llvm::ToolOutputFile> out = openOutputFile(output, &message);
  if (!out) {
    llvm::errs() << "bert-opt: " << message << "\n";
    return failure();
  }

  auto processChunk = [&](std::unique_ptr<llvm::MemoryBuffer> chunk,
                          raw_ostream &stream) -> LogicalResult {
    MLIRContext context(registry);
    auto sources = std::make_shared<llvm::SourceMgr>();
    sources->AddNewSourceBuffer(std::move(chunk), llvm::SMLoc());
    SourceMgrDiagnosticHandler handler(*sources, &context);
    auto module = parseSourceFile<ModuleOp>(sources, &context);
    if (!module)
      return failure();
    if (llvm::Error error = process(*module, options, stream)) {
      llvm::errs() << "bert-opt: " << toString(std::move(error)) << "\n";
      return failure();
    }
    return success();
  };
  // The marker is the configuration's own text.
  const MlirOptMainConfig config = MlirOptMainConfig::createFromCLOptions();
  StringRef marker = config.inputSplitMarker();
  if (failed(splitAndProcessBuffer(std::move(file), processChunk, out->os(),
                                   marker, marker)))
    return failure();
  out->keep();
  return success();
}
