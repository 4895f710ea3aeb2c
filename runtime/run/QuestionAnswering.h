//===- QuestionAnswering.h - spans of a context that answer a question ----===//
//
// The formulas are those of transformers' question-answering pipeline (version
// 4, pipelines/question_answering.py): start and end probabilities over the
// context and [CLS], the product of both for spans of at most so many tokens,
// spans widened to words, equal answers of several windows added up.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_RUNTIME_RUN_QUESTIONANSWERING_H
#define BERTC_RUNTIME_RUN_QUESTIONANSWERING_H

#include "runtime/run/Answers.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace bertc::run {

/// An answer: bytes [begin, end) of the context. Both 0 and no text for "there
/// is no answer".
struct SpanAnswer {
  std::string text;
  double score = 0;
  size_t begin = 0, end = 0;
};

/// A question is an example's text, the context its pair.
class QuestionAnswering : public AnswerReader {
public:
  QuestionAnswering(const AnswerOptions &options,
                    const text::Tokenizer *tokenizer)
      : options(options), tokenizer(tokenizer) {}

  /// Windows of the context of at most 384 tokens with the question, each
  /// sharing 128 with the one before it.
  text::Result<std::vector<text::Encoding>>
  encode(const text::Tokenizer &tokenizer, const Example &example,
         int64_t most) const override;

  /// The best answers, best first; empty where token ids were given.
  std::vector<SpanAnswer> answers(const Answered &answered) const;

  /// "answers": [{"answer": "France", "score": 0.98, "start": 159, "end": 165}]
  void add(const Answered &answered, JsonObject &object) const override;
  std::vector<std::string> reads() const override {
    return {"start_logits", "end_logits"};
  }
  bool replaces(const Output &) const override { return tokenizer != nullptr; }
  bool hasWindows() const override { return true; }
  bool hasText() const override { return true; }
  std::string text(const Answered &answered) const override;

private:
  /// A span of one window's tokens.
  struct Span {
    int64_t start, end;
    double score;
  };
  /// `noAnswer`: the least of all windows' probabilities that there is none.
  std::vector<Span> spansOf(const Answered &answered, int64_t window,
                            double &noAnswer) const;

  const AnswerOptions options;
  const text::Tokenizer *tokenizer;
};

} // namespace bertc::run

#endif // BERTC_RUNTIME_RUN_QUESTIONANSWERING_H
