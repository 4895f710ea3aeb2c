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

bool AnswerReader::isCut(const Answered &answered) const {
  return answered.encodings && !hasWindows() &&
         std::any_of(answered.encodings, answered.encodings + answered.count,
                     [](const text::Encoding &each) { return each.truncated; });
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

namespace {

/// Stands for the reader of an output that the artifact does not give.
class NothingToRead : public AnswerReader {
public:
  explicit NothingToRead(std::string output) : output(std::move(output)) {}
  std::string missing() const override { return output; }

private:
  const std::string output;
};

std::unique_ptr<AnswerReader> ifGiven(std::unique_ptr<AnswerReader> reader,
                                      const ModelFacts &facts) {
  for (const std::string &output : reader->reads())
    if (!facts.gives(output))
      return std::make_unique<NothingToRead>(output);
  return reader;
}

} // namespace

std::unique_ptr<AnswerReader>
bertc::run::makeAnswerReader(const ModelFacts &facts,
                             const AnswerOptions &options,
                             const text::Tokenizer *tokenizer) {
  const std::string &task = facts.task;
  std::unique_ptr<AnswerReader> reader = std::make_unique<AnswerReader>();
  if (task == "sequence-classification" && !facts.labels.empty())
    reader = makeClassification(facts);
  else if (!tokenizer)
    return reader;
  else if (task == "token-classification" && !facts.labels.empty())
    reader = std::make_unique<TokenClassification>(facts);
  else if (task == "question-answering")
    reader = std::make_unique<QuestionAnswering>(options, tokenizer);
  else if (task == "multiple-choice")
    reader = std::make_unique<MultipleChoice>();
  else if (task == "embed")
    reader = makeSentenceVectors();
  else if (task == "mlm")
    reader = makeMaskedWords(options, *tokenizer, "logits");
  else if (task == "pretrain")
    reader = makeSentenceRelation(
        facts,
        ifGiven(makeMaskedWords(options, *tokenizer, "prediction_logits"),
                facts));
  return ifGiven(std::move(reader), facts);
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
