//===- MultipleChoice.h - which of several texts goes on best -------------===//
//
// A question is some pairs, one after the other, whose first texts are the
// same: each second text is a choice. The model scores each pair alone; a
// softmax over a question's scores makes probabilities (transformers'
// AutoModelForMultipleChoice, [B * choices, S] read as [B, choices]).
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_RUNTIME_RUN_MULTIPLECHOICE_H
#define BERTC_RUNTIME_RUN_MULTIPLECHOICE_H

#include "runtime/run/Answers.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bertc::run {

/// Joins pairs of the same first text, as long as they follow each other, to
/// one example with choices.
class ChoiceExamples : public ExampleSource {
public:
  explicit ChoiceExamples(ExampleSource &source) : source(source) {}
  std::optional<Example> next() override;
  MaybeFailure failure() const override { return source.failure(); }
  bool wouldWait() override { return source.wouldWait(); }
  std::optional<double> fraction() const override { return source.fraction(); }

private:
  ExampleSource &source;
  std::optional<Example> waiting; ///< the first pair of the next question
};

class MultipleChoice : public AnswerReader {
public:
  std::unique_ptr<ExampleSource> joined(ExampleSource &source) const override;

  /// A sequence a choice.
  text::Result<std::vector<text::Encoding>>
  encode(const text::Tokenizer &tokenizer, const Example &example,
         int64_t most) const override;

  std::vector<std::string> reads() const override { return {"logits"}; }
  const char *exampleName() const override { return "question"; }
  bool replaces(const Output &output) const override {
    return output.name == "logits";
  }
  /// "choices": ["a", "b"], "choice": 1, "score": 0.9, "scores": [0.1, 0.9];
  /// choices count from 0.
  void add(const Answered &answered, JsonObject &object) const override;
  bool hasText() const override { return true; }
  /// The likeliest choice and its probability.
  std::string text(const Answered &answered) const override;
};

} // namespace bertc::run

#endif // BERTC_RUNTIME_RUN_MULTIPLECHOICE_H
