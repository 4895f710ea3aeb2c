//===- SentenceRelation.cpp - how a pair's second text follows ------------===//
//
// What `pretrain` models say of a pair, by softmax over two logits:
//   "is_next": 0.98    BERT (next sentence): the second text follows the first
//   "in_order": 0.98   ALBERT (sentence order): they are not swapped
// beside the words at masks. An artifact may give the one without the other.
//
//===----------------------------------------------------------------------===//

#include "runtime/run/Answers.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace bertc;
using namespace bertc::run;

namespace {

struct Relation {
  const char *output, *key;
};
constexpr Relation relations[] = {{"seq_relationship_logits", "is_next"},
                                  {"sop_logits", "in_order"}};

class SentenceRelation : public AnswerReader {
public:
  SentenceRelation(Relation relation, std::unique_ptr<AnswerReader> masks)
      : relation(relation), masks(std::move(masks)) {}

  text::Result<std::vector<text::Encoding>>
  encode(const text::Tokenizer &tokenizer, const Example &example,
         int64_t most) const override {
    return masks->encode(tokenizer, example, most);
  }
  void select(Batch &batch) const override { masks->select(batch); }
  std::vector<std::string> reads() const override { return {relation.output}; }
  /// Options are about the words.
  std::string missing() const override { return masks->missing(); }
  bool replaces(const Output &output) const override {
    return masks->replaces(output);
  }

  void add(const Answered &answered, JsonObject &object) const override {
    object.number(relation.key, probability(answered));
    masks->add(answered, object);
  }

  bool hasText() const override { return true; }
  std::string text(const Answered &answered) const override {
    const std::string line = numberText(probability(answered));
    const std::string words = masks->text(answered);
    return words.empty() ? line : line + "\t" + words;
  }

private:
  /// Both count 0 for the pair as it should be.
  double probability(const Answered &answered) const {
    const Output &logits = *answered.find(relation.output);
    return softmax(answered.row(logits, 0), 2)[0];
  }

  const Relation relation;
  const std::unique_ptr<AnswerReader> masks;
};

} // namespace

std::unique_ptr<AnswerReader>
bertc::run::makeSentenceRelation(const ModelFacts &facts,
                                 std::unique_ptr<AnswerReader> masks) {
  for (const Relation &relation : relations)
    if (facts.gives(relation.output))
      return std::make_unique<SentenceRelation>(relation, std::move(masks));
  return masks;
}
