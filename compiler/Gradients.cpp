//===- Gradients.cpp ------------------------------------------------------===//

#include "compiler/Gradients.h"

#include "compiler/BatchCheck.h"
#include "compiler/Diagnostics.h"
#include "compiler/Facts.h"
#include "models/Losses.h"
#include "passes/Passes.h"
#include "passes/Symbols.h"

#include "mlir/Pass/PassManager.h"

#include <utility>

using namespace bertc;

llvm::Expected<std::vector<NamedReference>>
bertc::computeGradients(Model &model, run::Batch batch, const Labels &labels,
                        const GradientOptions &options) {
  mlir::ModuleOp module = model.module.get();
  const ModelFacts facts = readFacts(module);
  if (llvm::Error error = checkBatch(labels.path(), batch, facts))
    return std::move(error);
  if (llvm::Error error = addLoss(module, {labels.areReal()}))
    return std::move(error);

  FirstDiagnostic diagnostics(*module.getContext());
  mlir::PassManager manager(module.getContext());
  BertDropDeadOutputsOptions dead;
  dead.outputs = {"loss"};
  manager.addPass(createBertDropDeadOutputs(dead));
  BertDifferentiateOptions differentiate;
  differentiate.freeze.assign(options.freeze.begin(), options.freeze.end());
  differentiate.recompute = options.recompute;
  manager.addPass(createBertDifferentiate(differentiate));
  if (mlir::failed(manager.run(module))) {
    // An option of the pass is one of the command.
    return llvm::createStringError(
        (llvm::StringRef(diagnostics.line()).starts_with("freeze") ? "--"
                                                                   : "") +
        diagnostics.line());
  }

  mlir::func::FuncOp entry = findEntry(module);
  if (findArgument(entry, "mlm_positions"))
    labels.select(batch);
  PackedInputs inputs(batch, facts);
  if (llvm::Error error = labels.pack(batch, entry, inputs))
    return std::move(error);
  return runReference(module, *model.parameters, inputs);
}
