//===- WordPiece.h - BERT's model: the longest match first ----------------===//

#ifndef BERTC_RUNTIME_TEXT_WORDPIECE_H
#define BERTC_RUNTIME_TEXT_WORDPIECE_H

#include "runtime/text/Model.h"

#include <cstdint>
#include <memory>
#include <string>

namespace bertc::text {

struct WordPieceOptions {
  std::string prefix = "##";  ///< marks the parts that continue a word
  int64_t maxWordChars = 100; ///< a longer word is unknown
};

/// models/wordpiece/mod.rs in the crate. A word with a part that is not in the
/// vocabulary is `unknown` as a whole.
std::unique_ptr<Model> makeWordPiece(Vocabulary vocabulary, int32_t unknown,
                                     const WordPieceOptions &options);

} // namespace bertc::text

#endif // BERTC_RUNTIME_TEXT_WORDPIECE_H
