//===- Answers.cpp --------------------------------------------------------===//

#include "runtime/run/Answers.h"

#include "runtime/run/MultipleChoice.h"
#include "runtime/run/QuestionAnswering.h"
#include "runtime/run/TokenClassification.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <utility>

using namespace bertc;
using namespace bertc::run;

const Output *Answered::find(const char *name) const {
  for (const Output &output : outputs)
    if (output.name == name)
      return &output;
  return nullptr;
}

const float *Answered::row(const Output &output, int64_t sequence,
                           int64_t column) const {
  // Scores have no dimension of columns.
  const int64_t columns = output.shape.size() > 2 ? output.shape.back() : 1;
  return output.values.data() + (first + sequence) * output.sequenceSize() +
         (output.rows == BERTC_PER_SEQUENCE ? 0 : column * columns);
}

std::unique_ptr<ExampleSource> AnswerReader::joined(ExampleSource &) const {
  return nullptr;
}

text::Result<std::vector<text::Encoding>>
AnswerReader::encode(const text::Tokenizer &tokenizer, const Example &example,
                     int64_t most) const {
  text::EncodeOptions options;
  options.maxLength = most;
  text::Result<text::Encoding> encoding =
      example.pair ? tokenizer.encodePair(example.text, *example.pair, options)
                   : tokenizer.encode(example.text, options);
  if (!encoding)
    return text::Failure{encoding.error()};
  std::vector<text::Encoding> encodings;
  encodings.push_back(std::move(*encoding));
  return encodings;
}

std::unique_ptr<AnswerReader>
bertc::run::makeAnswerReader(const ModelFacts &facts,
                             const AnswerOptions &options,
                             const text::Tokenizer *tokenizer) {
  const std::string &task = facts.task;
  if (!facts.missingOutput.empty())
    return std::make_unique<AnswerReader>();
  if (task == "sequence-classification" && !facts.labels.empty())
    return makeClassification(facts);
  if (!tokenizer)
    return std::make_unique<AnswerReader>();
  if (task == "token-classification" && !facts.labels.empty())
    return std::make_unique<TokenClassification>(facts);
  if (task == "question-answering")
    return std::make_unique<QuestionAnswering>(options, tokenizer);
  if (task == "multiple-choice")
    return std::make_unique<MultipleChoice>();
  if (task == "embed")
    return makeSentenceVectors();
  if (task == "mlm")
    return makeMaskedWords(options, *tokenizer, "logits");
  if (task == "pretrain")
    return makeSentenceRelation(
        makeMaskedWords(options, *tokenizer, "prediction_logits"));
  return std::make_unique<AnswerReader>();
}

std::vector<double> bertc::run::softmax(const float *logits, int64_t count) {
  double most = -INFINITY, sum = 0;
  for (int64_t i = 0; i < count; ++i)
    most = std::max(most, double(logits[i]));
  std::vector<double> result(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i)
    sum += result[i] = std::exp(logits[i] - most);
  for (double &value : result)
    value /= sum;
  return result;
}

double bertc::run::sigmoid(double logit) { return 1 / (1 + std::exp(-logit)); }

std::vector<int64_t> bertc::run::largest(const std::vector<double> &values,
                                         int64_t count) {
  std::vector<int64_t> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  count = std::min<int64_t>(count, static_cast<int64_t>(order.size()));
  std::partial_sort(order.begin(), order.begin() + count, order.end(),
                    [&](int64_t a, int64_t b) {
                      return values[a] != values[b] ? values[a] > values[b]
                                                    : a < b;
                    });
  order.resize(static_cast<size_t>(count));
  return order;
}
