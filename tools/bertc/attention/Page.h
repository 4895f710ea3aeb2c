//===- Page.h - attention maps as a web page ------------------------------===//

#ifndef BERTC_TOOLS_BERTC_ATTENTION_PAGE_H
#define BERTC_TOOLS_BERTC_ATTENTION_PAGE_H

#include "runtime/run/Examples.h"
#include "runtime/run/Execute.h"
#include "runtime/text/Tokenizer.h"

#include <string>
#include <vector>

namespace bertc {

/// What a page shows. All of it is of one sequence.
struct AttentionPage {
  std::string facts; ///< "bert, task encode"
  const run::Example &example;
  const text::Encoding &encoding;
  const text::Tokenizer &tokenizer;
  /// `attentions.N`, [1, heads, S, S]; others are left out.
  const std::vector<run::Output> &outputs;
};

/// HTML that loads nothing: style, script and data are in it. Weights are
/// rounded to 1/65535, in texts of more than 256 tokens to 1/255.
std::string writePage(const AttentionPage &page);

} // namespace bertc

#endif // BERTC_TOOLS_BERTC_ATTENTION_PAGE_H
