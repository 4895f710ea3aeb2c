//===- MultipleChoice.cpp -------------------------------------------------===//

#include "runtime/run/MultipleChoice.h"

#include <utility>

using namespace bertc;
using namespace bertc::run;

namespace {

std::vector<double> scoresOf(const Answered &answered) {
  const Output &logits = *answered.find("logits");
  std::vector<float> scores;
  for (int64_t choice = 0; choice < answered.count; ++choice)
    scores.push_back(*answered.row(logits, choice));
  return softmax(scores.data(), answered.count);
}

} // namespace

std::optional<Example> ChoiceExamples::next() {
  std::optional<Example> first =
      waiting ? std::exchange(waiting, std::nullopt) : source.next();
  if (!first)
    return std::nullopt;
  Example question{std::move(first->text)};
  if (!first->pair)
    return question;
  question.choices.push_back(std::move(*first->pair));
  while ((waiting = source.next())) {
    if (!waiting->pair || waiting->text != question.text)
      break;
    question.choices.push_back(std::move(*waiting->pair));
  }
  // Whether more choices would have followed is not known.
  if (!waiting && source.failure())
    return std::nullopt;
  return question;
}

std::unique_ptr<ExampleSource>
MultipleChoice::joined(ExampleSource &source) const {
  return std::make_unique<ChoiceExamples>(source);
}

text::Result<std::vector<text::Encoding>>
MultipleChoice::encode(const text::Tokenizer &tokenizer, const Example &example,
                       int64_t most) const {
  if (example.choices.size() < 2)
    return text::Failure{
        "a question needs two choices or more: pairs, one after the other, "
        "with the same first text"};
  std::vector<text::Encoding> encodings;
  for (const std::string &choice : example.choices) {
    text::Result<std::vector<text::Encoding>> encoding =
        AnswerReader::encode(tokenizer, {example.text, choice}, most);
    if (!encoding)
      return encoding;
    encodings.push_back(std::move(encoding->front()));
  }
  return encodings;
}

void MultipleChoice::add(const Answered &answered, JsonObject &object) const {
  const std::vector<double> scores = scoresOf(answered);
  JsonArray choices, probabilities;
  for (int64_t i = 0; i < answered.count; ++i) {
    choices.raw(quoted(answered.example->choices[i]));
    probabilities.raw(numberText(scores[i]));
  }
  const int64_t best = largest(scores, 1)[0];
  object.raw("choices", choices.str()).integer("choice", best);
  object.number("score", scores[best]).raw("scores", probabilities.str());
}

std::string MultipleChoice::text(const Answered &answered) const {
  const std::vector<double> scores = scoresOf(answered);
  const int64_t best = largest(scores, 1)[0];
  return answered.example->choices[best] + "\t" + numberText(scores[best]);
}
