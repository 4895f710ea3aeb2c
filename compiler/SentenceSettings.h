//===- SentenceSettings.h - how token vectors become a sentence's ---------===//

#ifndef BERTC_COMPILER_SENTENCESETTINGS_H
#define BERTC_COMPILER_SENTENCESETTINGS_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace bertc {

/// What the task `embed` does after the encoder.
struct SentenceSettings {
  enum Pooling { mean, firstToken };

  Pooling pooling = mean;
  bool normalize = false;
  /// What `encode` puts before each text that comes without a prompt.
  std::string defaultPrompt;
};

/// Reads modules.json, the pooling's config.json and
/// config_sentence_transformers.json of a sentence-transformers folder. A
/// folder without modules.json gets what sentence-transformers gives a plain
/// BERT: the mean, not normalised.
llvm::Expected<SentenceSettings> readSentenceSettings(llvm::StringRef folder);

} // namespace bertc

#endif // BERTC_COMPILER_SENTENCESETTINGS_H
