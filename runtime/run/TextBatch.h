//===- TextBatch.h - texts as a model sees them ---------------------------===//

#ifndef BERTC_RUNTIME_RUN_TEXTBATCH_H
#define BERTC_RUNTIME_RUN_TEXTBATCH_H

#include "runtime/include/bertc.h"
#include "runtime/run/Batch.h"
#include "runtime/run/Examples.h"
#include "runtime/text/Encoding.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bertc::run {

/// Examples, each as one sequence of a batch or as several: windows of a text
/// that is longer than the model takes.
class TextBatch {
public:
  /// `encodings` has at least one.
  void add(Example example, std::vector<text::Encoding> encodings);

  size_t size() const { return examples.size(); }
  const Example &example(size_t i) const { return examples[i]; }
  /// The sequences of an example are [first(i), first(i + 1)).
  size_t first(size_t i) const { return firsts[i]; }
  const std::vector<text::Encoding> &encodings() const { return sequences; }
  int64_t tokens() const { return tokenCount; }

  /// All sequences, padded on the right; without token types where the model
  /// has none, as DistilBERT's tokenizer gives none.
  Batch batch(const bertc_model *model) const;

private:
  std::vector<Example> examples;
  std::vector<size_t> firsts = {0};
  std::vector<text::Encoding> sequences;
  int64_t tokenCount = 0;
};

} // namespace bertc::run

#endif // BERTC_RUNTIME_RUN_TEXTBATCH_H
