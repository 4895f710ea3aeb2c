//===- Search.cpp ---------------------------------------------------------===//

#include "runtime/run/Search.h"

#include "runtime/run/Print.h"
#include "runtime/run/SentenceVectors.h"
#include "runtime/run/TextRun.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

using namespace bertc;
using namespace bertc::run;

namespace {

constexpr int64_t usualHits = 5;

struct Hit {
  double score;
  int64_t line; ///< counted from 1
  std::string text;
};

/// Whether `a` comes first: of equals the earlier line.
bool isBetter(const Hit &a, const Hit &b) {
  return a.score != b.score ? a.score > b.score : a.line < b.line;
}

/// The vectors of the queries.
class VectorSink : public AnswerSink {
public:
  std::vector<std::vector<float>> vectors;

  MaybeFailure take(const std::vector<Answered> &answered,
                    const std::vector<Output> &) override {
    for (const Answered &each : answered) {
      const Output &output = *each.find("embedding");
      const float *row = each.row(output, 0);
      vectors.emplace_back(row, row + output.shape.back());
    }
    return std::nullopt;
  }
};

class HitSink : public AnswerSink {
public:
  HitSink(const std::vector<std::vector<float>> &queries, size_t most)
      : hits(queries.size()), queries(queries), most(most) {}

  std::vector<std::vector<Hit>> hits; ///< of each query, a heap, worst on top

  MaybeFailure take(const std::vector<Answered> &answered,
                    const std::vector<Output> &) override {
    for (const Answered &each : answered) {
      const float *row = each.row(*each.find("embedding"), 0);
      for (size_t query = 0; query < queries.size(); ++query)
        offer(hits[query],
              {cosine(queries[query].data(), row,
                      static_cast<int64_t>(queries[query].size())),
               line, ""},
              each.example->text);
      ++line;
    }
    return std::nullopt;
  }

private:
  void offer(std::vector<Hit> &heap, Hit hit, const std::string &text) const {
    if (heap.size() == most) {
      if (!isBetter(hit, heap.front()))
        return;
      std::pop_heap(heap.begin(), heap.end(), isBetter);
      heap.pop_back();
    }
    hit.text = text;
    heap.push_back(std::move(hit));
    std::push_heap(heap.begin(), heap.end(), isBetter);
  }

  const std::vector<std::vector<float>> &queries;
  const size_t most;
  int64_t line = 1;
};

std::string lineOf(const std::string &query, const Hit &hit, bool json) {
  if (!json)
    return numberText(hit.score) + "\t" + std::to_string(hit.line) + "\t" +
           hit.text + "\n";
  JsonObject object;
  object.text("query", query).number("score", hit.score);
  object.integer("line", hit.line).text("text", hit.text);
  return object.str() + "\n";
}

} // namespace

MaybeFailure bertc::run::runSearch(const Request &request,
                                   const bertc_model *model,
                                   const text::Tokenizer &tokenizer,
                                   ExampleSource &texts, std::FILE *out) {
  const std::unique_ptr<AnswerReader> reader = makeSentenceVectors();
  TextList queries(request.queries, {});
  VectorSink vectors;
  TextRun queryRun(model, tokenizer, *reader, request.threads);
  queryRun.call("query");
  if (MaybeFailure failure = queryRun.run(queries, vectors))
    return failure;
  HitSink found(vectors.vectors, size_t(request.answers.best(usualHits)));
  if (MaybeFailure failure =
          TextRun(model, tokenizer, *reader, request.threads).run(texts, found))
    return failure;
  std::string lines;
  for (size_t query = 0; query < found.hits.size(); ++query) {
    std::vector<Hit> &hits = found.hits[query];
    std::sort(hits.begin(), hits.end(), isBetter);
    for (const Hit &hit : hits)
      lines += lineOf(request.queries[query], hit, request.json);
  }
  return print(lines, out);
}
