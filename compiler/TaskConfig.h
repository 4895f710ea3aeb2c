//===- TaskConfig.h - config.json of a checkpoint for a task --------------===//

#ifndef BERTC_COMPILER_TASKCONFIG_H
#define BERTC_COMPILER_TASKCONFIG_H

#include "models/Config.h"
#include "models/Task.h"

#include "llvm/Support/Error.h"

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace bertc {

/// What a checkpoint is to be made for.
struct CheckpointTask {
  Task task = Task::encode;
  /// Of sequence and token classification: the names of the classes, or of the
  /// numbers of a regression. Empty: those that config.json has; for what is no
  /// regression yet and is to be one, LABEL_0.
  std::vector<std::string> labels;
  /// Of sequence classification, as transformers calls it: "regression",
  /// "single_label_classification", "multi_label_classification". Empty: single
  /// where there are `labels`, else what config.json says.
  std::string problemType;
};

/// An error that names no file, for what no config.json can make good: a task
/// that is no class of transformers, labels or a problem type of a task that
/// has none, a label that is empty, no UTF-8 or there twice, a single class.
llvm::Error checkTask(const CheckpointTask &wanted);

/// The text of config.json for `wanted`, from `source`, which `config` was read
/// from. Every field is kept but these, which are set as transformers does:
///
///   architectures       the one class
///   id2label, label2id  the labels; for question-answering and pretrain, whose
///                       logits are two, absent unless they name two
///   num_labels          absent: id2label implies it
///   problem_type        of sequence classification; else absent
///   dtype, torch_dtype  float32, under the name that `source` has; dtype where
///                       it has none
///
/// An error where config.json names a single class and `wanted` none.
llvm::Expected<std::string> configFor(const nlohmann::json &source,
                                      const ModelConfig &config,
                                      const CheckpointTask &wanted);

} // namespace bertc

#endif // BERTC_COMPILER_TASKCONFIG_H
