//===- Main.cpp - bert-opt ------------------------------------------------===//

#include "tools/bert-opt/Semantics.h"

#include "dialect/BertDialect.h"
#include "passes/Passes.h"
#include "passes/Pipelines.h"

#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"

#include <string>

using namespace bertc;
namespace cl = llvm::cl;

namespace {

struct Options {
  cl::OptionCategory category{"Meaning of a program"};
  cl::opt<std::string> interpret{
      "interpret", cl::ValueOptional, cl::value_desc("function"),
      cl::desc("After the passes, run a function in f64 and print its results; "
               "without a name, the entry or else every public function"),
      cl::cat(category)};
  cl::opt<bool> verify{
      "verify-semantics",
      cl::desc("Run the same functions before and after the passes, and fail "
               "when their results differ"),
      cl::cat(category)};
  cl::opt<bool> verifyGradients{
      "verify-gradients",
      cl::desc("After the passes, hold the gradients that bert-differentiate "
               "made against finite differences"),
      cl::cat(category)};
  // Reordered f64 sums of a small model differ by about 1e-14; a wrong formula,
  // even an epsilon of 1e-5 in place of 1e-12, by far more than 1e-9.
  cl::opt<double> tolerance{
      "tolerance", cl::init(1e-9), cl::value_desc("difference"),
      cl::desc("Largest absolute difference that --verify-semantics and "
               "--verify-gradients allow"),
      cl::cat(category)};
  cl::opt<std::string> inputs{
      "inputs", cl::value_desc("file.mlir"),
      cl::desc("Inputs of the function, by position: the results of the "
               "function @inputs of that module; random ones otherwise"),
      cl::cat(category)};
  cl::opt<unsigned> tokens{"tokens", cl::init(11),
                           cl::desc("Rows of random inputs"),
                           cl::cat(category)};
  cl::opt<unsigned> sequences{
      "sequences", cl::init(3),
      cl::desc("Sequences of random inputs, of random lengths"),
      cl::cat(category)};
  cl::opt<unsigned> seed{
      "seed", cl::init(1),
      cl::desc("Of random inputs, and of parameters without a value"),
      cl::cat(category)};
};

constexpr llvm::StringLiteral toolName = R"(bert-opt: passes on the bert dialect

  bert-opt model.mlir --bert-fuse-qkv                        IR after a pass
  bert-opt model.mlir --bert-fuse-qkv --verify-semantics     and its meaning kept?
  bert-opt program.mlir --interpret=main                     results in f64
)";

} // namespace

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  registry.insert<bert::BertDialect>();
  mlir::registerAllPasses();
  registerBertcPasses();
  registerPipelines();

  Options options;
  // LLVM's own options would bury ours in --help.
  cl::HideUnrelatedOptions(options.category);
  auto [input, output] =
      mlir::registerAndParseCLIOptions(argc, argv, toolName, registry);
  bool interprets = options.interpret.getNumOccurrences() > 0;
  if (!interprets && !options.verify && !options.verifyGradients)
    return mlir::asMainReturnCode(
        mlir::MlirOptMain(argc, argv, input, output, registry));
  if (options.tokens < options.sequences) {
    llvm::errs() << "bert-opt: " << options.sequences
                 << " sequences need as many tokens\n";
    return 2;
  }

  SemanticsOptions semantics;
  semantics.verify = options.verify;
  semantics.verifyGradients = options.verifyGradients;
  semantics.interpret = interprets;
  semantics.function = options.interpret;
  semantics.inputs = options.inputs;
  semantics.tolerance = options.tolerance;
  semantics.random = {options.tokens, options.sequences, options.seed};
  return mlir::asMainReturnCode(
      runSemantics(input, output, registry, semantics));
}
