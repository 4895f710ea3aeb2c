//===- BatchCheck.cpp -----------------------------------------------------===//

#include "compiler/BatchCheck.h"

#include "compiler/Errors.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cstdint>
#include <vector>

using namespace bertc;

namespace {

/// The values of a matrix lie in [0, bound), where the mask lets them through.
llvm::Error checkRange(llvm::StringRef file, llvm::StringRef name,
                       const run::Batch &batch,
                       const std::vector<int64_t> &values, int64_t bound) {
  for (auto [i, value] : llvm::enumerate(values))
    if ((value < 0 || value >= bound) &&
        (batch.attentionMask.empty() || batch.attentionMask[i] != 0))
      return fileError(file, name + "[" + llvm::Twine(i / batch.seqLen) + ", " +
                                 llvm::Twine(i % batch.seqLen) + "] is " +
                                 llvm::Twine(value) + ", expected 0 to " +
                                 llvm::Twine(bound - 1));
  return llvm::Error::success();
}

} // namespace

llvm::Error bertc::checkBatch(llvm::StringRef file, const run::Batch &batch,
                              const ModelFacts &facts) {
  if (llvm::Error error =
          checkRange(file, "input_ids", batch, batch.ids, facts.vocabSize))
    return error;
  if (llvm::Error error =
          checkRange(file, "token_type_ids", batch, batch.tokenTypes,
                     std::max<int64_t>(facts.typeVocabSize, 1)))
    return error;
  for (auto [i, length] : llvm::enumerate(batch.lengths())) {
    if (length == 0)
      return fileError(file, "sequence " + llvm::Twine(i) + " has no tokens");
    if (length > facts.maxPositions)
      return fileError(file, "sequence " + llvm::Twine(i) + " has " +
                                 llvm::Twine(length) +
                                 " tokens, the model takes " +
                                 llvm::Twine(facts.maxPositions));
  }
  return llvm::Error::success();
}
