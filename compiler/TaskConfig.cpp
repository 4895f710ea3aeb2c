//===- TaskConfig.cpp -----------------------------------------------------===//

#include "compiler/TaskConfig.h"

#include "compiler/Errors.h"
#include "models/Family.h"
#include "runtime/io/Result.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/JSON.h"

#include <map>
#include <nlohmann/json.hpp>
#include <utility>

using namespace bertc;
using nlohmann::ordered_json;

namespace {

constexpr llvm::StringLiteral regression = "regression";
constexpr llvm::StringLiteral singleLabel = "single_label_classification";
constexpr llvm::StringLiteral multiLabel = "multi_label_classification";

bool hasLabels(Task task) {
  return task == Task::sequenceClassification ||
         task == Task::tokenClassification;
}

/// Whether the head has as many rows as transformers counts labels, and needs
/// two.
bool hasTwoLogits(Task task) {
  return task == Task::questionAnswering || task == Task::pretrain;
}

llvm::Error checkNames(const std::vector<std::string> &labels) {
  llvm::StringSet<> known;
  for (auto [i, label] : llvm::enumerate(labels)) {
    if (label.empty())
      return llvm::createStringError("label " + llvm::Twine(i) + " is empty");
    if (!llvm::json::isUTF8(label))
      return llvm::createStringError("label " + llvm::Twine(i) + ", \"" +
                                     io::oneLine(label) + "\", is not UTF-8");
    if (!known.insert(label).second)
      return llvm::createStringError("label \"" + io::oneLine(label) +
                                     "\" stands there twice");
  }
  return llvm::Error::success();
}

/// One class is the answer to everything; one of several that may hold at once
/// is a question of its own.
bool isPointless(Task task, llvm::StringRef problemType, size_t numLabels) {
  return numLabels == 1 &&
         (task == Task::tokenClassification || problemType == singleLabel);
}

const char *const tooFew = "; at least two were expected";
const char *const orRegression = ", or problem_type regression";

struct Labels {
  std::vector<std::string> names;
  std::string problemType; ///< "" for tagging
};

llvm::Expected<Labels> labelsFor(const ModelConfig &config,
                                 const CheckpointTask &wanted) {
  Labels labels = {wanted.labels, wanted.problemType};
  const bool tags = wanted.task == Task::tokenClassification;
  // As transformers concludes it without labels to look at.
  const std::string before = !config.problemType.empty() ? config.problemType
                             : config.labels.size() == 1 ? regression.str()
                                                         : singleLabel.str();
  if (labels.names.empty()) {
    const bool becomesRegression =
        wanted.problemType == regression && before != regression;
    labels.names =
        becomesRegression ? std::vector<std::string>{"LABEL_0"} : config.labels;
    if (labels.problemType.empty() && !tags)
      labels.problemType = before;
  } else if (labels.problemType.empty() && !tags) {
    labels.problemType = singleLabel.str();
  }
  if (isPointless(wanted.task, labels.problemType, labels.names.size()))
    return fileError(config.path, "names a single label, \"" +
                                      io::oneLine(labels.names.front()) + "\"" +
                                      tooFew + (tags ? "" : orRegression));
  return labels;
}

/// In the order of their names, as transformers writes them; labels in their
/// own order.
using Fields = std::map<std::string, ordered_json>;

void setLabels(const Labels &labels, Fields &fields) {
  ordered_json names = ordered_json::object(), ids = ordered_json::object();
  for (auto [i, label] : llvm::enumerate(labels.names)) {
    names[std::to_string(i)] = label;
    ids[label] = i;
  }
  fields["id2label"] = std::move(names);
  fields["label2id"] = std::move(ids);
  if (!labels.problemType.empty())
    fields["problem_type"] = labels.problemType;
}

} // namespace

llvm::Error bertc::checkTask(const CheckpointTask &wanted) {
  const std::string task = ("task " + nameOf(wanted.task)).str();
  const bool isSequence = wanted.task == Task::sequenceClassification;
  if (architectureEnding(wanted.task).empty())
    return llvm::createStringError(task +
                                   " is no class of transformers; its "
                                   "checkpoints are made for task " +
                                   nameOf(Task::encode));
  if (!wanted.labels.empty() && !hasLabels(wanted.task))
    return llvm::createStringError(task + " has no labels");
  if (!wanted.problemType.empty()) {
    if (!isSequence)
      return llvm::createStringError(task + " has no problem_type");
    if (!llvm::is_contained({regression, singleLabel, multiLabel},
                            llvm::StringRef(wanted.problemType)))
      return llvm::createStringError(
          "problem_type " + io::oneLine(wanted.problemType) + " is none of " +
          regression + ", " + singleLabel + ", " + multiLabel);
  }
  if (llvm::Error error = checkNames(wanted.labels))
    return error;
  const std::string problemType =
      wanted.problemType.empty() ? singleLabel.str() : wanted.problemType;
  if (isPointless(wanted.task, problemType, wanted.labels.size()))
    return llvm::createStringError("a single label, \"" +
                                   io::oneLine(wanted.labels.front()) + "\"" +
                                   tooFew + (isSequence ? orRegression : ""));
  return llvm::Error::success();
}

llvm::Expected<std::string> bertc::configFor(const nlohmann::json &source,
                                             const ModelConfig &config,
                                             const CheckpointTask &wanted) {
  Fields fields;
  for (const auto &[name, value] : source.items())
    fields[name] = value;
  fields["architectures"] =
      ordered_json::array({architectureOf(config.family, wanted.task)});
  fields.erase("problem_type");
  if (hasLabels(wanted.task) ||
      (hasTwoLogits(wanted.task) && config.labels.size() != 2)) {
    // Older files have _num_labels.
    for (const char *name :
         {"id2label", "label2id", "num_labels", "_num_labels"})
      fields.erase(name);
  }
  if (hasLabels(wanted.task)) {
    llvm::Expected<Labels> labels = labelsFor(config, wanted);
    if (!labels)
      return labels.takeError();
    setLabels(*labels, fields);
  }
  bool isNamed = false;
  for (const char *name : {"dtype", "torch_dtype"})
    if (fields.count(name)) {
      fields[name] = "float32";
      isNamed = true;
    }
  if (!isNamed)
    fields["dtype"] = "float32";
  return ordered_json(fields).dump(2) + "\n";
}
