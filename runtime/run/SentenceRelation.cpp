//===- SentenceRelation.cpp - how a pair's second text follows ------------===//
//
// What `pretrain` models say of a pair, by softmax over two logits:
//   "is_next": 0.98    BERT (next sentence): the second text follows the first
//   "in_order": 0.98   ALBERT (sentence order): they are not swapped
// beside the words at masks.
//
//===----------------------------------------------------------------------===//

#include "runtime/run/Answers.h"

#include <cstdint>
#include <utility>
#include <vector>

using namespace bertc;
using namespace bertc::run;

namespace {

class SentenceRelation : public AnswerReader {
public:
  explicit SentenceRelation(std::unique_ptr<AnswerReader> masks)
      : masks(std::move(masks)) {}

  text::Result<std::vector<text::Encoding>>
  encode(const text::Tokenizer &tokenizer, const Example &example,
         int64_t most) const override {
    return masks->encode(tokenizer, example, most);
  }
  void select(Batch &batch) const override { masks->select(batch); }
  bool replaces(const Output &output) const override {
    return masks->replaces(output);
  }

  void add(const Answered &answered, JsonObject &object) const override {
    // Both count 0 for the pair as it should be.
    for (auto [name, key] : {std::pair("seq_relationship_logits", "is_next"),
                             std::pair("sop_logits", "in_order")})
      if (const Output *logits = answered.find(name))
        object.number(key, softmax(answered.row(*logits, 0), 2)[0]);
    masks->add(answered, object);
  }

  bool hasText() const override { return true; }
  std::string text(const Answered &answered) const override {
    std::string line;
    for (const char *name : {"seq_relationship_logits", "sop_logits"})
      if (const Output *logits = answered.find(name))
        line += numberText(softmax(answered.row(*logits, 0), 2)[0]);
    const std::string words = masks->text(answered);
    return words.empty() ? line : line + "\t" + words;
  }

private:
  std::unique_ptr<AnswerReader> masks;
};

} // namespace

std::unique_ptr<AnswerReader>
bertc::run::makeSentenceRelation(std::unique_ptr<AnswerReader> masks) {
  return std::make_unique<SentenceRelation>(std::move(masks));
}
