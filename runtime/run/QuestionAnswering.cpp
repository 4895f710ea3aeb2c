//===- QuestionAnswering.cpp ----------------------------------------------===//

#include "runtime/run/QuestionAnswering.h"

#include "runtime/run/Characters.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

using namespace bertc;
using namespace bertc::run;

namespace {

/// As the pipeline's max_seq_len and doc_stride.
constexpr int64_t longestWindow = 384;
constexpr int64_t longestStride = 128;

bool isContext(const text::Encoding &encoding, size_t token) {
  return encoding.sequenceIds[token] == 1;
}

/// The bytes of the word that a token of the context is in, as far as it lies
/// in this window.
text::Offsets wordOf(const text::Encoding &encoding, size_t token) {
  auto inWord = [&](size_t i) {
    return isContext(encoding, i) &&
           encoding.wordIds[i] == encoding.wordIds[token];
  };
  size_t first = token, last = token;
  while (first > 0 && inWord(first - 1))
    --first;
  while (last + 1 < encoding.ids.size() && inWord(last + 1))
    ++last;
  return {encoding.offsets[first].begin, encoding.offsets[last].end};
}

/// Softmax over the tokens that `counts`; the others get 0.
std::vector<double> probabilities(const float *logits,
                                  const std::vector<bool> &counts) {
  double most = -INFINITY, sum = 0;
  for (size_t i = 0; i < counts.size(); ++i)
    if (counts[i])
      most = std::max(most, double(logits[i]));
  std::vector<double> result(counts.size(), 0.0);
  for (size_t i = 0; i < counts.size(); ++i)
    if (counts[i])
      sum += result[i] = std::exp(logits[i] - most);
  for (double &value : result)
    value /= sum;
  return result;
}

} // namespace

text::Result<std::vector<text::Encoding>>
QuestionAnswering::encode(const text::Tokenizer &tokenizer,
                          const Example &example, int64_t most) const {
  if (!example.pair)
    return text::Failure{"a question needs a context: its pair"};
  most = std::min(most, longestWindow);
  text::EncodeOptions alone;
  alone.truncation = text::Truncation::None;
  // [CLS] question [SEP] and what surrounds an empty context.
  text::Result<text::Encoding> question =
      tokenizer.encodePair(example.text, "", alone);
  if (!question)
    return text::Failure{question.error()};
  const int64_t room = most - static_cast<int64_t>(question->ids.size());
  if (room < 1)
    return text::Failure{
        "the question takes " + std::to_string(question->ids.size()) + " of " +
        std::to_string(most) + " tokens: no room for its context"};
  text::EncodeOptions windows;
  windows.maxLength = most;
  windows.truncation = text::Truncation::OnlySecond;
  windows.stride = std::min(most / 2, longestStride);
  // Where transformers gives up, a window has room for less than the stride.
  if (windows.stride >= room)
    windows.stride = room / 2;
  return tokenizer.encodePairWindows(example.text, *example.pair, windows);
}

std::vector<QuestionAnswering::Span>
QuestionAnswering::spansOf(const Answered &answered, int64_t window,
                           double &noAnswer) const {
  const text::Encoding &encoding = answered.encodings[window];
  const size_t count = encoding.ids.size();
  // [CLS] takes part in the probabilities: it is where "no answer" points to.
  std::vector<bool> counts(count);
  for (size_t i = 0; i < count; ++i)
    counts[i] = isContext(encoding, i) || encoding.ids[i] == tokenizer->clsId();
  const Output *startLogits = answered.find("start_logits");
  const Output *endLogits = answered.find("end_logits");
  if (!startLogits || !endLogits)
    return {};
  const std::vector<double> starts =
      probabilities(answered.row(*startLogits, window), counts);
  const std::vector<double> ends =
      probabilities(answered.row(*endLogits, window), counts);
  noAnswer = std::min(noAnswer, starts[0] * ends[0]);

  std::vector<Span> spans;
  for (size_t start = 0; start < count; ++start) {
    const size_t last =
        std::min(count, start + size_t(options.maxAnswerLength));
    for (size_t end = start; isContext(encoding, start) && end < last; ++end)
      if (isContext(encoding, end))
        spans.push_back(
            {int64_t(start), int64_t(end), starts[start] * ends[end]});
  }
  // Widened to words several become one: take more than are wanted.
  const size_t kept =
      std::min<size_t>(spans.size(), size_t(options.best(1)) * 2 + 10);
  std::partial_sort(spans.begin(), spans.begin() + kept, spans.end(),
                    [](const Span &a, const Span &b) {
                      if (a.score != b.score)
                        return a.score > b.score;
                      return std::pair(a.start, a.end) <
                             std::pair(b.start, b.end);
                    });
  spans.resize(kept);
  return spans;
}

std::vector<SpanAnswer>
QuestionAnswering::answers(const Answered &answered) const {
  if (!answered.example || !answered.example->pair || !tokenizer)
    return {};
  const std::string_view context = *answered.example->pair;
  double noAnswer = INFINITY;
  std::vector<SpanAnswer> found;
  std::vector<std::string> lowered; // of found
  for (int64_t window = 0; window < answered.count; ++window) {
    const text::Encoding &encoding = answered.encodings[window];
    for (const Span &span : spansOf(answered, window, noAnswer)) {
      const size_t begin = wordOf(encoding, span.start).begin;
      const size_t end = wordOf(encoding, span.end).end;
      std::string text(context.substr(begin, end - begin));
      std::string lower = lowerCase(text);
      const auto same = std::find(lowered.begin(), lowered.end(), lower);
      if (same != lowered.end()) {
        found[same - lowered.begin()].score += span.score;
      } else {
        found.push_back({std::move(text), span.score, begin, end});
        lowered.push_back(std::move(lower));
      }
    }
  }
  if (options.noAnswer && std::isfinite(noAnswer))
    found.push_back({"", noAnswer, 0, 0});
  std::vector<double> scores;
  scores.reserve(found.size());
  for (const SpanAnswer &answer : found)
    scores.push_back(answer.score);
  std::vector<SpanAnswer> best;
  for (int64_t i : largest(scores, options.best(1)))
    best.push_back(std::move(found[i]));
  return best;
}

void QuestionAnswering::add(const Answered &answered,
                            JsonObject &object) const {
  if (!answered.example || !answered.example->pair)
    return;
  Characters characters(*answered.example->pair);
  JsonArray list;
  for (const SpanAnswer &answer : answers(answered))
    list.raw(JsonObject()
                 .text("answer", answer.text)
                 .number("score", answer.score)
                 .integer("start", characters.before(answer.begin))
                 .integer("end", characters.before(answer.end))
                 .str());
  object.raw("answers", list.str());
}

std::string QuestionAnswering::text(const Answered &answered) const {
  std::string line;
  for (const SpanAnswer &answer : answers(answered))
    line += (line.empty() ? "" : "\t") +
            (answer.text.empty() ? "(no answer)" : answer.text) + "\t" +
            numberText(answer.score);
  return line;
}
