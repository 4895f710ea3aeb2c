//===- TokenClassification.h - entities in a text -------------------------===//
//
// A word has the label of its first token (transformers' aggregation_strategy
// "first"; a word is what the tokenizer says is one, where that pipeline
// guesses from the lengths of texts, which combining marks change); words with
// labels of one type in BIO, BIOES or BILOU notation, or without any, make an
// entity, whose score is the mean of theirs.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_RUNTIME_RUN_TOKENCLASSIFICATION_H
#define BERTC_RUNTIME_RUN_TOKENCLASSIFICATION_H

#include "runtime/run/Answers.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bertc::run {

/// Bytes [begin, end) of a text.
struct ByteRange {
  size_t begin = 0, end = 0;
};

/// Without white space at its ends, which some tokenizers count as theirs.
ByteRange trimmed(std::string_view text, ByteRange range);

struct WordLabel {
  ByteRange word;
  std::string label = "O"; ///< "O" where no token stands for the word
  double score = 0;        ///< its probability
};

/// Words [first, last] of a list are an entity.
struct WordSpan {
  size_t first, last;
  std::string type; ///< "PER"
  bool operator==(const WordSpan &other) const {
    return first == other.first && last == other.last && type == other.type;
  }
};
/// Entities by the labels of words. A label is its type with B- or I- in front;
/// E- and L- end an entity, S- and U- are one; a label without such a prefix is
/// a type. "O" is none.
std::vector<WordSpan> entitySpans(const std::vector<std::string> &labels);

class TokenClassification : public AnswerReader {
public:
  explicit TokenClassification(const ModelFacts &facts)
      : labels(facts.labels) {}

  /// Windows of the text that share a quarter with the one before.
  text::Result<std::vector<text::Encoding>>
  encode(const text::Tokenizer &tokenizer, const Example &example,
         int64_t most) const override;

  /// Labels of given words, in their order: of each the label of its first
  /// token, in the window that shows most of what is around it.
  std::vector<WordLabel> labelsOf(const Answered &answered,
                                  const std::vector<ByteRange> &words) const;

  std::vector<std::string> reads() const override { return {"logits"}; }
  /// Numbers for every token are no reading.
  bool replaces(const Output &output) const override {
    return output.name == "logits";
  }
  /// "entities": [{"text": "Paris", "label": "LOC", "score": 0.98,
  ///               "start": 10, "end": 15}]
  void add(const Answered &answered, JsonObject &object) const override;
  bool hasWindows() const override { return true; }
  bool hasText() const override { return true; }
  std::string text(const Answered &answered) const override;

private:
  struct Entity {
    ByteRange bytes;
    std::string type;
    double score;
  };
  std::vector<Entity> entitiesOf(const Answered &answered) const;

  std::vector<std::string> labels;
};

} // namespace bertc::run

#endif // BERTC_RUNTIME_RUN_TOKENCLASSIFICATION_H
