//===- Answers.h - what a head's numbers say about a text -----------------===//

#ifndef BERTC_RUNTIME_RUN_ANSWERS_H
#define BERTC_RUNTIME_RUN_ANSWERS_H

#include "runtime/include/bertc.h"
#include "runtime/run/Batch.h"
#include "runtime/run/Run.h"
#include "runtime/text/Tokenizer.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bertc::run {

/// Reads logits as the model's task means them.
class Answers {
public:
  /// Without a tokenizer (token ids as input) there are no words to name.
  Answers(const bertc_model *model, std::optional<text::Tokenizer> tokenizer);

  /// Members of a JSON object for sequence `sequence`, "" where the task has
  /// no other answer than its outputs:
  ///   sequence-classification  "label": "good", "score": 0.98,
  ///                            "scores": {"bad": 0.02, "good": 0.98}
  ///     softmax, a sigmoid a label for multi_label_classification; for
  ///     regression "value": 3.1
  ///   mlm, from text           "masks": [{"column": 3, "tokens":
  ///                            [{"token": "Paris", "score": 0.4}, ...]}, ...]
  ///     the five likeliest, softmax over the vocabulary
  std::string members(const Batch &batch, int64_t sequence,
                      const std::vector<Output> &outputs) const;
  /// Whether they stand for this output, which is then not printed: logits
  /// over a vocabulary are no reading.
  bool replaces(const Output &output) const;

private:
  std::string classification(const float *logits) const;
  std::string masks(const Batch &batch, int64_t sequence,
                    const Output &output) const;

  std::string task, problem;
  std::vector<std::string> labels;
  std::optional<text::Tokenizer> tokenizer;
};

/// e^x / sum of e^x, in f64; of one row.
std::vector<double> softmax(const float *logits, int64_t count);

} // namespace bertc::run

#endif // BERTC_RUNTIME_RUN_ANSWERS_H
