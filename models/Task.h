//===- Task.h - what a model is compiled for ------------------------------===//

#ifndef BERTC_MODELS_TASK_H
#define BERTC_MODELS_TASK_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>

namespace bertc {

enum class Task {
  encode,                 ///< last_hidden_state, pooler_output
  embed,                  ///< embedding
  mlm,                    ///< logits over the vocabulary
  pretrain,               ///< MLM with next-sentence or sentence-order logits
  sequenceClassification, ///< logits [B, labels]
  tokenClassification,    ///< logits [B, S, labels]
  questionAnswering,      ///< start_logits and end_logits [B, S]
  multipleChoice          ///< logits [B, 1], a sequence a choice
};

/// The names on the command line: "encode", "sequence-classification", ...
llvm::StringRef nameOf(Task task);
std::optional<Task> taskFromName(llvm::StringRef name);
/// All names, separated by ", ".
std::string taskNames();

/// How the names of its classes of transformers end: "ForMaskedLM" for mlm,
/// "Model" for encode; "" for embed, which has none.
llvm::StringRef architectureEnding(Task task);

/// The task of a class of transformers, as `architectures` in config.json
/// names it: BertForMaskedLM is made for mlm, RobertaModel for encode. Nullopt
/// for a head that bertc does not have.
std::optional<Task> taskOfArchitecture(llvm::StringRef name);

} // namespace bertc

#endif // BERTC_MODELS_TASK_H
