//===- Normalizer.h - the steps that rewrite a text before the words ------===//

#ifndef BERTC_RUNTIME_TEXT_NORMALIZER_H
#define BERTC_RUNTIME_TEXT_NORMALIZER_H

#include "runtime/text/AlignedText.h"
#include "runtime/text/Charsmap.h"

#include <string>
#include <string_view>
#include <vector>

namespace bertc::text {

/// The options of the crate's BertNormalizer (normalizers/bert.rs).
struct BertOptions {
  bool cleanText = true;
  bool handleChineseChars = true;
  bool stripAccents = true; ///< follows `lowercase` where a model says nothing
  bool lowercase = true;
};

/// One of the crate's normalizers (normalizers/*.rs).
struct NormalizerStep {
  enum Kind {
    Bert,
    Decompose,           ///< NFD
    DecomposeCompatible, ///< NFKD
    StripAccents,
    Lowercase,
    Precompiled,    ///< the charsmap of a SentencePiece model
    Replace,        ///< each `pattern` by `content`
    CollapseSpaces, ///< two spaces and more by `content`
    Strip,          ///< white space at the ends
    Prepend         ///< `content` in front of a text that is not empty
  };
  Kind kind = Bert;
  BertOptions bert;
  std::string pattern, content;
  bool stripLeft = true, stripRight = true;
};

class Normalizer {
public:
  Normalizer() = default;
  Normalizer(std::vector<NormalizerStep> steps, Charsmap charsmap)
      : steps(std::move(steps)), charsmap(std::move(charsmap)) {}

  bool empty() const { return steps.empty(); }
  /// Time is linear in the text but for runs of combining marks, which are
  /// sorted.
  void apply(AlignedText &text) const;
  /// The normalised form of a text alone, which must be UTF-8.
  std::string apply(std::string_view text) const;

private:
  std::vector<NormalizerStep> steps;
  Charsmap charsmap;
};

/// The step of this name, for tests and for `Normalizer`.
void normalizeBert(AlignedText &text, const BertOptions &options);

} // namespace bertc::text

#endif // BERTC_RUNTIME_TEXT_NORMALIZER_H
