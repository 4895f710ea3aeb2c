//===- TokenizerUse.h -----------------------------------------------------===//

#ifndef BERTC_COMPILER_TOKENIZERUSE_H
#define BERTC_COMPILER_TOKENIZERUSE_H

namespace bertc {

/// Whether a folder's tokenizer becomes a part of the artifact.
enum class TokenizerUse {
  ifPresent, ///< where the folder has one
  required,  ///< an error where it has none
  none
};

} // namespace bertc

#endif // BERTC_COMPILER_TOKENIZERUSE_H
