//===- Task.cpp -----------------------------------------------------------===//

#include "models/Task.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace bertc;

namespace {

struct TaskName {
  Task task;
  llvm::StringLiteral name;
  llvm::StringLiteral architecture; ///< end of transformers' class
};
constexpr TaskName tasks[] = {
    {Task::encode, "encode", "Model"},
    {Task::embed, "embed", ""},
    {Task::mlm, "mlm", "ForMaskedLM"},
    {Task::pretrain, "pretrain", "ForPreTraining"},
    {Task::sequenceClassification, "sequence-classification",
     "ForSequenceClassification"},
    {Task::tokenClassification, "token-classification",
     "ForTokenClassification"},
    {Task::questionAnswering, "question-answering", "ForQuestionAnswering"},
    {Task::multipleChoice, "multiple-choice", "ForMultipleChoice"},
};

} // namespace

llvm::StringRef bertc::nameOf(Task task) {
  for (const TaskName &entry : tasks)
    if (entry.task == task)
      return entry.name;
  llvm_unreachable("every task has a name");
}

llvm::StringRef bertc::architectureEnding(Task task) {
  for (const TaskName &entry : tasks)
    if (entry.task == task)
      return entry.architecture;
  llvm_unreachable("every task has an ending");
}

std::optional<Task> bertc::taskFromName(llvm::StringRef name) {
  for (const TaskName &entry : tasks)
    if (entry.name == name)
      return entry.task;
  return std::nullopt;
}

std::string bertc::taskNames() {
  return llvm::join(
      llvm::map_range(tasks,
                      [](const TaskName &entry) { return entry.name.str(); }),
      ", ");
}

std::optional<Task> bertc::taskOfArchitecture(llvm::StringRef name) {
  // A decoder's head, which reads from left to right.
  if (name.ends_with("LMHeadModel"))
    return std::nullopt;
  for (const TaskName &entry : tasks)
    if (!entry.architecture.empty() && name.ends_with(entry.architecture))
      return entry.task;
  return std::nullopt;
}
