//===- SentenceVectors.cpp - vectors of texts, and how alike two are ------===//
//
// A pair is two texts with a vector each:
//   "embedding": [...], "embedding_pair": [...], "cosine": 0.83
//
//===----------------------------------------------------------------------===//

#include "runtime/run/SentenceVectors.h"

#include "runtime/run/Answers.h"

#include <cmath>
#include <utility>

using namespace bertc;
using namespace bertc::run;

double bertc::run::cosine(const float *a, const float *b, int64_t size) {
  double dot = 0, squaresA = 0, squaresB = 0;
  for (int64_t i = 0; i < size; ++i) {
    dot += double(a[i]) * b[i];
    squaresA += double(a[i]) * a[i];
    squaresB += double(b[i]) * b[i];
  }
  const double norms = std::sqrt(squaresA) * std::sqrt(squaresB);
  return norms > 0 ? dot / norms : 0;
}

namespace {

class SentenceVectors : public AnswerReader {
public:
  text::Result<std::vector<text::Encoding>>
  encode(const text::Tokenizer &tokenizer, const Example &example,
         int64_t most) const override {
    text::Result<std::vector<text::Encoding>> encodings =
        AnswerReader::encode(tokenizer, {example.text, std::nullopt}, most);
    if (!encodings || !example.pair)
      return encodings;
    text::Result<std::vector<text::Encoding>> pair =
        AnswerReader::encode(tokenizer, {*example.pair, std::nullopt}, most);
    if (!pair)
      return pair;
    encodings->push_back(std::move(pair->front()));
    return encodings;
  }

  std::vector<std::string> reads() const override { return {"embedding"}; }
  bool replaces(const Output &output) const override {
    return output.name == "embedding";
  }

  void add(const Answered &answered, JsonObject &object) const override {
    const Output *vectors = answered.find("embedding");
    if (!vectors)
      return;
    object.raw("embedding", numbers(answered, *vectors, 0));
    if (answered.count < 2)
      return;
    object.raw("embedding_pair", numbers(answered, *vectors, 1));
    object.number("cosine", similarity(answered, *vectors));
  }

  bool hasText() const override { return true; }
  std::string text(const Answered &answered) const override {
    const Output *vectors = answered.find("embedding");
    if (!vectors)
      return {};
    if (answered.count == 2)
      return numberText(similarity(answered, *vectors));
    std::string line;
    const float *row = answered.row(*vectors, 0);
    for (int64_t i = 0; i < vectors->shape.back(); ++i)
      line += (i ? " " : "") + exactText(row[i]);
    return line;
  }

private:
  static std::string numbers(const Answered &answered, const Output &vectors,
                             int64_t sequence) {
    JsonArray list;
    const float *row = answered.row(vectors, sequence);
    for (int64_t i = 0; i < vectors.shape.back(); ++i)
      list.raw(exactText(row[i]));
    return list.str();
  }

  static double similarity(const Answered &answered, const Output &vectors) {
    return cosine(answered.row(vectors, 0), answered.row(vectors, 1),
                  vectors.shape.back());
  }
};

} // namespace

std::unique_ptr<AnswerReader> bertc::run::makeSentenceVectors() {
  return std::make_unique<SentenceVectors>();
}
