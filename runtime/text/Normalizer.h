//===- Normalizer.h - the cleaning step before the words ------------------===//

#ifndef BERTC_RUNTIME_TEXT_NORMALIZER_H
#define BERTC_RUNTIME_TEXT_NORMALIZER_H

#include <string>
#include <string_view>

namespace bertc::text {

/// The options of the crate's BertNormalizer (normalizers/bert.rs).
struct NormalizerOptions {
  bool cleanText = true;
  bool handleChineseChars = true;
  bool stripAccents = true; ///< follows `lowercase` where a model says nothing
  bool lowercase = true;
};

/// Appends the normalised form of `text` to `out`, as valid UTF-8. Time is
/// linear in the text but for runs of combining marks, which are sorted.
void normalize(std::string_view text, const NormalizerOptions &options,
               std::string &out);

} // namespace bertc::text

#endif // BERTC_RUNTIME_TEXT_NORMALIZER_H
