//===- Losses.cpp ---------------------------------------------------------===//

#include "models/Losses.h"

#include "dialect/BertOps.h"
#include "models/Task.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

#include <optional>

using namespace bertc;
using namespace mlir;

namespace {

/// Builds the loss at the end of an entry function.
class LossBuilder {
public:
  LossBuilder(func::FuncOp entry, const LossOptions &options)
      : entry(entry), options(options),
        b(entry.getLoc(), entry.front().getTerminator()) {}

  /// Null where the entry lacks an output or an argument of the task.
  Value build(Task task, StringRef problem);
  void finish(Value loss);

private:
  /// An output of the entry by its name, null where there is none.
  Value output(StringRef name);
  Value input(StringRef name);
  /// A new argument; `classes` is 0 where it holds none.
  Value label(StringRef name, Type type, StringRef rows, int64_t classes = 0);
  Value ids(StringRef name, StringRef rows, int64_t classes = 0) {
    return label(name,
                 RankedTensorType::get({ShapedType::kDynamic}, b.getI32Type()),
                 rows, classes);
  }

  Value crossEntropy(Value logits, StringRef labels, StringRef rows) {
    const int64_t classes =
        cast<RankedTensorType>(logits.getType()).getDimSize(1);
    return bert::CrossEntropyOp::create(b, logits, ids(labels, rows, classes));
  }
  Value sequenceCrossEntropy(Value logits, Value offsets, StringRef labels,
                             StringRef rows) {
    return bert::SequenceCrossEntropyOp::create(b, logits, offsets,
                                                ids(labels, rows));
  }
  Value ofSequences(Value logits, StringRef problem);
  Value ofPretraining();
  Value ofAnswers();
  Value ofPairs(Value vectors);

  func::FuncOp entry;
  const LossOptions &options;
  ImplicitLocOpBuilder b;
};

StringRef nameIn(DictionaryAttr attributes) {
  auto name =
      attributes ? attributes.getAs<StringAttr>("bert.name") : StringAttr();
  return name ? name.getValue() : StringRef();
}

} // namespace

Value LossBuilder::output(StringRef name) {
  for (unsigned i = 0; i < entry.getNumResults(); ++i)
    if (nameIn(entry.getResultAttrDict(i)) == name)
      return entry.front().getTerminator()->getOperand(i);
  return {};
}

Value LossBuilder::input(StringRef name) {
  for (unsigned i = 0; i < entry.getNumArguments(); ++i)
    if (nameIn(entry.getArgAttrDict(i)) == name)
      return entry.getArgument(i);
  return {};
}

Value LossBuilder::label(StringRef name, Type type, StringRef rows,
                         int64_t classes) {
  NamedAttrList attributes;
  attributes.set("bert.name", b.getStringAttr(name));
  attributes.set("bert.rows", b.getStringAttr(rows));
  if (classes > 0)
    attributes.set("bert.classes", b.getI64IntegerAttr(classes));
  const unsigned number = entry.getNumArguments();
  // Fails only where an attribute refuses the function's new type.
  (void)entry.insertArgument(
      number, type, attributes.getDictionary(b.getContext()), entry.getLoc());
  return entry.getArgument(number);
}

Value LossBuilder::ofSequences(Value logits, StringRef problem) {
  const bool isRegression = problem == "regression";
  // What transformers concludes from the labels' type where no problem is
  // stated.
  if (!isRegression && problem != "multi_label_classification" &&
      !options.realLabels)
    return crossEntropy(logits, "labels", "sequences");
  Value labels = label("labels", logits.getType(), "sequences");
  if (isRegression)
    return bert::MeanSquaredErrorOp::create(b, logits, labels);
  return bert::BinaryCrossEntropyOp::create(b, logits, labels);
}

Value LossBuilder::ofPretraining() {
  Value words = output("prediction_logits");
  Value next = output("seq_relationship_logits"), order = output("sop_logits");
  if (!words || (!next && !order))
    return {};
  Value first = crossEntropy(words, "labels", "selected");
  Value second = next
                     ? crossEntropy(next, "next_sentence_label", "sequences")
                     : crossEntropy(order, "sentence_order_label", "sequences");
  return bert::AddOp::create(b, first, second);
}

Value LossBuilder::ofAnswers() {
  Value start = output("start_logits"), end = output("end_logits");
  Value offsets = input("offsets");
  if (!start || !end || !offsets)
    return {};
  Value first =
      sequenceCrossEntropy(start, offsets, "start_positions", "sequences");
  Value second =
      sequenceCrossEntropy(end, offsets, "end_positions", "sequences");
  return bert::ScaleOp::create(b, bert::AddOp::create(b, first, second),
                               b.getF64FloatAttr(0.5));
}

Value LossBuilder::ofPairs(Value vectors) {
  // The least norm of torch.nn.functional.normalize, which
  // sentence-transformers calls.
  Value unit = bert::L2NormalizeOp::create(b, vectors.getType(), vectors,
                                           b.getF64FloatAttr(1e-12));
  if (!options.realLabels)
    return bert::PairRankingOp::create(b, unit, ids("labels", "pairs"),
                                       b.getF64FloatAttr(20));
  auto type = RankedTensorType::get({ShapedType::kDynamic, 1}, b.getF32Type());
  return bert::PairSimilarityOp::create(b, unit,
                                        label("labels", type, "pairs"));
}

Value LossBuilder::build(Task task, StringRef problem) {
  if (task == Task::pretrain)
    return ofPretraining();
  if (task == Task::questionAnswering)
    return ofAnswers();
  if (task == Task::embed) {
    Value vectors = output("embedding");
    return vectors ? ofPairs(vectors) : Value();
  }
  Value logits = output("logits");
  if (!logits)
    return {};
  switch (task) {
  case Task::mlm:
    return crossEntropy(logits, "labels", "selected");
  case Task::tokenClassification:
    return crossEntropy(logits, "labels", "tokens");
  case Task::sequenceClassification:
    return ofSequences(logits, problem);
  case Task::multipleChoice: {
    Value offsets = ids("choice_offsets", "question_offsets");
    return sequenceCrossEntropy(logits, offsets, "labels", "questions");
  }
  default:
    return {};
  }
}

void LossBuilder::finish(Value loss) {
  auto attributes =
      b.getDictionaryAttr(b.getNamedAttr("bert.name", b.getStringAttr("loss")));
  entry.front().getTerminator()->insertOperands(0, loss);
  (void)entry.insertResult(0, loss.getType(), attributes);
}

llvm::Error bertc::addLoss(ModuleOp module, const LossOptions &options) {
  func::FuncOp entry;
  for (auto function : module.getOps<func::FuncOp>())
    if (function->hasAttr("bert.entry"))
      entry = function;
  auto facts = module->getAttrOfType<DictionaryAttr>("bert.model");
  auto text = [&](StringRef name) {
    auto value = facts ? facts.getAs<StringAttr>(name) : StringAttr();
    return value ? value.getValue() : StringRef();
  };
  std::optional<Task> task = taskFromName(text("task"));
  if (!entry || !task || *task == Task::encode)
    return llvm::createStringError("task " + text("task") +
                                   " has no loss: it has no labels to compare "
                                   "with; --task chooses another");
  LossBuilder builder(entry, options);
  if (options.realLabels && facts.get("problem_stated") &&
      text("problem_type") == "single_label_classification")
    return llvm::createStringError("labels are floats, where config.json's "
                                   "problem_type is "
                                   "single_label_classification");
  Value loss = builder.build(*task, text("problem_type"));
  if (!loss)
    return llvm::createStringError("the entry function lacks what the loss of "
                                   "task " +
                                   text("task") + " is computed from");
  builder.finish(loss);
  return llvm::Error::success();
}
