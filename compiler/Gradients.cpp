//===- Gradients.cpp ------------------------------------------------------===//

#include "compiler/Gradients.h"

#include "compiler/BatchCheck.h"
#include "compiler/Diagnostics.h"
#include "compiler/Errors.h"
#include "compiler/Facts.h"
#include "models/Dropout.h"
#include "models/Losses.h"
#include "passes/Passes.h"
#include "passes/Symbols.h"
#include "runtime/include/bertc_train.h"
#include "runtime/run/Execute.h"

#include "mlir/Pass/PassManager.h"

#include "llvm/ADT/STLExtras.h"

#include <list>
#include <memory>
#include <string>
#include <utility>

using namespace bertc;

namespace {

/// Runs passes whose options are the command's, "freeze" is --freeze.
llvm::Error runPasses(mlir::ModuleOp module, mlir::PassManager &manager,
                      FirstDiagnostic &diagnostics) {
  if (mlir::succeeded(manager.run(module)))
    return llvm::Error::success();
  const std::string line = diagnostics.line();
  const llvm::StringRef options[] = {"freeze ",  "no-decay ", "max-norm ",
                                     "momentum", "nesterov ", "optimizer ",
                                     "epsilon "};
  const bool namesOption = llvm::any_of(options, [&](llvm::StringRef one) {
    return llvm::StringRef(line).starts_with(one);
  });
  return llvm::createStringError((namesOption ? "--" : "") + line);
}

/// As bertc_set_dropout_key: the lower word first.
ReferenceTensor keyTensor(uint64_t key) {
  ReferenceTensor tensor({2});
  tensor.values = {double(int32_t(key)), double(int32_t(key >> 32))};
  return tensor;
}

} // namespace

llvm::Error bertc::addGradients(mlir::ModuleOp module,
                                const GradientOptions &options, bool realLabels,
                                bool inSeveralRuns) {
  if (llvm::Error error = addLoss(module, {realLabels}))
    return error;
  FirstDiagnostic diagnostics(*module.getContext());
  mlir::PassManager manager(module.getContext());
  BertDropDeadOutputsOptions dead;
  dead.outputs = {"loss"};
  manager.addPass(createBertDropDeadOutputs(dead));
  if (inSeveralRuns)
    manager.addPass(createBertWeighLosses());
  BertDifferentiateOptions differentiate;
  differentiate.freeze.assign(options.freeze.begin(), options.freeze.end());
  differentiate.recompute = options.recompute;
  manager.addPass(createBertDifferentiate(differentiate));
  return runPasses(module, manager, diagnostics);
}

llvm::Error bertc::addEvaluation(mlir::ModuleOp module) {
  FirstDiagnostic diagnostics(*module.getContext());
  mlir::PassManager manager(module.getContext());
  manager.addPass(createBertAddEvaluation());
  return runPasses(module, manager, diagnostics);
}

llvm::Error bertc::addUpdate(mlir::ModuleOp module,
                             const UpdateOptions &options) {
  FirstDiagnostic diagnostics(*module.getContext());
  mlir::PassManager manager(module.getContext());
  BertAddUpdateOptions update;
  update.optimizer = options.optimizer;
  update.firstDecay = options.beta1;
  update.secondDecay = options.beta2;
  update.epsilon = options.epsilon;
  update.momentum = options.momentum;
  update.maxNorm = options.maxNorm;
  update.nesterov = options.nesterov;
  update.noDecay.assign(options.noDecay.begin(), options.noDecay.end());
  manager.addPass(createBertAddAccumulation());
  manager.addPass(createBertAddUpdate(update));
  return runPasses(module, manager, diagnostics);
}

llvm::Expected<std::vector<NamedReference>>
bertc::computeGradients(Model &model, run::Batch batch, const Labels &labels,
                        const GradientOptions &options,
                        std::optional<uint64_t> dropoutKey) {
  mlir::ModuleOp module = model.module.get();
  const ModelFacts facts = readFacts(module);
  if (llvm::Error error = checkBatch(labels.path(), batch, facts))
    return std::move(error);
  if (llvm::Error error = addGradients(module, options, labels.areReal(),
                                       /*inSeveralRuns=*/false))
    return std::move(error);
  mlir::func::FuncOp entry = findEntry(module);
  if (findArgument(entry, "mlm_positions"))
    labels.select(batch);
  PackedInputs inputs(batch, facts);
  if (llvm::Error error = labels.pack(batch, labelInputs(entry), inputs))
    return std::move(error);
  if (dropoutKey) {
    if (!findArgument(entry, dropoutKeyName))
      return llvm::createStringError("--dropout-key: the model drops nothing");
    inputs.add(dropoutKeyName, keyTensor(*dropoutKey));
  }
  return runReference(module, *model.parameters, inputs);
}

namespace {

/// What packing a batch depends on.
ModelFacts factsOf(const bertc_model_info &info) {
  ModelFacts facts;
  facts.vocabSize = info.vocab_size;
  facts.typeVocabSize = info.type_vocab_size;
  facts.maxPositions = info.max_positions;
  facts.positionOffset = info.position_offset;
  facts.padTokenId = info.pad_token_id;
  return facts;
}

llvm::Error inRun(const Labels &labels) {
  return fileError(labels.path(), bertc_last_error());
}

/// Labels as the runtime takes them, which last until its run has ended.
class GivenLabels {
public:
  llvm::Error give(bertc_session *session, const LabelInput &input,
                   const ReferenceTensor &packed, const Labels &labels) {
    const std::vector<double> &values = packed.values;
    const void *data;
    if (input.isReal)
      data = reals.emplace_back(values.begin(), values.end()).data();
    else
      data = integers.emplace_back(values.begin(), values.end()).data();
    if (bertc_give_labels(session, input.name.c_str(), data, packed.dim(0)))
      return inRun(labels);
    return llvm::Error::success();
  }

private:
  std::list<std::vector<float>> reals;
  std::list<std::vector<int32_t>> integers;
};

/// Whether a run with labels computes the state: the loss or a gradient.
bool isResult(const bertc_model *model, int64_t index) {
  bertc_state_info info;
  if (bertc_describe_state(model, index, &info))
    return false;
  return info.role == BERTC_GRADIENT ||
         (info.role == BERTC_NUMBER && llvm::StringRef(info.name) == "loss");
}

llvm::Expected<NamedReference> readState(const bertc_model *model,
                                         const bertc_session *session,
                                         int64_t index, const Labels &labels) {
  bertc_state_info info;
  if (bertc_describe_state(model, index, &info))
    return inRun(labels);
  std::vector<float> values(info.shape[0] * info.shape[1]);
  if (bertc_read_state(session, index, values.data(), int64_t(values.size())))
    return inRun(labels);
  ReferenceTensor tensor;
  tensor.shape.assign(info.shape, info.shape + info.rank);
  tensor.values.assign(values.begin(), values.end());
  return NamedReference{info.name, std::move(tensor)};
}

} // namespace

llvm::Expected<std::vector<NamedReference>>
bertc::computeGradients(const bertc_model *model, run::Batch batch,
                        const Labels &labels, int64_t threads,
                        std::optional<uint64_t> dropoutKey) {
  const ModelFacts facts = factsOf(*bertc_info(model));
  if (llvm::Error error = checkBatch(labels.path(), batch, facts))
    return std::move(error);
  const std::vector<LabelInput> wanted = labelInputs(model);
  if (llvm::any_of(wanted, [](const LabelInput &input) {
        return input.rows == LabelInput::Rows::selected;
      }))
    labels.select(batch);
  PackedInputs inputs(batch, facts);
  if (llvm::Error error = labels.pack(batch, wanted, inputs))
    return std::move(error);

  const auto tokens = int64_t(inputs.find("input_ids")->values.size());
  std::unique_ptr<bertc_session, decltype(&bertc_session_destroy)> session(
      bertc_session_create(model, tokens, batch.batch, threads, nullptr),
      bertc_session_destroy);
  if (!session)
    return inRun(labels);
  if (dropoutKey && bertc_set_dropout_key(session.get(), *dropoutKey))
    return llvm::createStringError(std::string("--dropout-key: ") +
                                   bertc_last_error());
  GivenLabels given;
  for (const LabelInput &input : wanted)
    if (llvm::Error error =
            given.give(session.get(), input, *inputs.find(input.name), labels))
      return std::move(error);
  if (run::MaybeFailure failure = run::execute(session.get(), batch))
    return fileError(labels.path(), failure->message);
  std::vector<NamedReference> results;
  for (int64_t i = 0; i < bertc_num_states(model); ++i) {
    if (!isResult(model, i))
      continue;
    llvm::Expected<NamedReference> state =
        readState(model, session.get(), i, labels);
    if (!state)
      return state.takeError();
    results.push_back(std::move(*state));
  }
  return results;
}
