//===- Model.h - what turns words into tokens -----------------------------===//

#ifndef BERTC_RUNTIME_TEXT_MODEL_H
#define BERTC_RUNTIME_TEXT_MODEL_H

#include "runtime/text/Vocabulary.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace bertc::text {

/// A token, and the bytes of its word that it stands for.
struct Piece {
  int32_t id;
  uint32_t begin, end;
};

/// Cuts words into pieces, one after the other; holds what that takes, so it
/// belongs to one thread.
class WordEncoder {
public:
  virtual ~WordEncoder();
  /// Appends the pieces of `word`, which is not empty, UTF-8 and shorter than 4
  /// GiB.
  virtual void append(std::string_view word, std::vector<Piece> &pieces) = 0;
};

/// A tokenizer's model: WordPiece, byte-level BPE or Unigram. It never changes
/// after it was made.
class Model {
public:
  explicit Model(Vocabulary vocabulary) : vocabulary(std::move(vocabulary)) {}
  virtual ~Model();

  virtual std::unique_ptr<WordEncoder> encoder() const = 0;
  /// What follows from the vocabulary but takes long to find, for a blob: the
  /// model is made faster with it, and the same without.
  virtual std::string prepared() const { return {}; }
  /// The longest word in bytes that an encoder takes.
  virtual size_t longestWord() const { return UINT32_MAX; }

  const Vocabulary vocabulary;
};

} // namespace bertc::text

#endif // BERTC_RUNTIME_TEXT_MODEL_H
