//===- Assembly.h - the tokens of texts, and what surrounds them ----------===//

#ifndef BERTC_RUNTIME_TEXT_ASSEMBLY_H
#define BERTC_RUNTIME_TEXT_ASSEMBLY_H

#include "runtime/text/Encoding.h"
#include "runtime/text/Settings.h"
#include "runtime/text/TextEncoder.h"
#include "runtime/text/Truncation.h"

#include <string_view>

namespace bertc::text {

/// A text, its tokens, and those of them that are shown.
struct Part {
  std::string_view text;
  const Tokens *tokens = nullptr;
  Window window{0, 0};
  bool isFirst = true; ///< the first of its text's windows
};

/// Puts special tokens around the windows of a text, or of a pair, and trims
/// offsets where the model does (processors/*.rs). Windows behind the first
/// have types 0 and 1 where a template says otherwise, as in the crate.
Encoding assemble(const Settings &settings, const Part &first,
                  const Part *second, bool addSpecialTokens);

} // namespace bertc::text

#endif // BERTC_RUNTIME_TEXT_ASSEMBLY_H
