//===- StartingFolder.h - a checkpoint that training begins with ----------===//
//
// A Hugging Face folder: config.json, model.safetensors, the tokenizer's files.
// transformers' class for the task loads it without a word about tensors, and
// so does `bertc compile`.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_COMPILER_STARTINGFOLDER_H
#define BERTC_COMPILER_STARTINGFOLDER_H

#include "compiler/TaskConfig.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace bertc {

struct StartingOptions {
  CheckpointTask task;
  uint64_t seed = 0; ///< of fresh weights (FreshWeights.h)
};

struct StartingFolder {
  std::string architecture; ///< "BertForSequenceClassification"
  size_t tensors = 0;
  int64_t parameters = 0; ///< numbers in its tensors
  /// Its tensors that the model did not have.
  std::vector<std::string> fresh;
  /// Those that the model had for another task or for other labels, and which
  /// are fresh as well.
  std::vector<std::string> replaced;
  /// The model's tensors that the task has no use for.
  std::vector<std::string> leftOut;

  /// A line for each of these lists that is not empty.
  std::vector<std::string> remarks() const;
};

/// Writes a checkpoint for a task, in f32, to the folder `output`. `model` is
/// the folder of a checkpoint, bare or with a head, whose tensors are taken
/// where they fit: the encoder's, with the prefix that they have below a head;
/// a head's where it was made for the same task. What gives a label's logit is
/// taken where the labels are the same, upper and lower case aside, or had none
/// but transformers' names (LABEL_0). All else is fresh. Or `model` is a
/// config.json, and all weights are fresh. The tokenizer's files are copied
/// from the folder that config.json lies in.
///
/// `output` is a folder that is not there yet, in one that is; an empty one; or
/// one whose model.safetensors says that bertc made it ("made_by" of its
/// metadata, which saveWeights keeps): then its files are replaced and others
/// stay as they are. It is not the model's own. It appears whole or stays as it
/// was: only while files get their names, after all are on the disk, can a kill
/// leave it without weights.
///
/// Errors are one line, and the input's fault.
/// An error unless `output` is new, empty or a folder that makeStartingFolder
/// made, and not the model's own.
llvm::Error checkStartingOutput(llvm::StringRef modelFolder,
                                llvm::StringRef output);

llvm::Expected<StartingFolder>
makeStartingFolder(llvm::StringRef model, llvm::StringRef output,
                   const StartingOptions &options);

} // namespace bertc

#endif // BERTC_COMPILER_STARTINGFOLDER_H
