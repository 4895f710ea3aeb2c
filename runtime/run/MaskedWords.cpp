//===- MaskedWords.cpp - the likeliest words at masks, or other tokens ----===//
//
//   "masks": [{"column": 3, "tokens": [{"token": "Paris", "score": 0.4}, ...]}]
//
// the likeliest by softmax over the vocabulary: transformers' fill-mask
// pipeline.
//
//===----------------------------------------------------------------------===//

#include "runtime/run/Answers.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

using namespace bertc;
using namespace bertc::run;

namespace {

class MaskedWords : public AnswerReader {
public:
  MaskedWords(const AnswerOptions &options, const text::Tokenizer &tokenizer,
              std::string output)
      : likeliest(options.best(usualWords)), positions(options.positions),
        tokenizer(tokenizer), outputName(std::move(output)) {}

  text::Result<std::vector<text::Encoding>>
  encode(const text::Tokenizer &with, const Example &example,
         int64_t most) const override {
    text::Result<std::vector<text::Encoding>> encodings =
        AnswerReader::encode(with, example, most);
    for (int32_t column : positions)
      if (encodings && column >= 0 &&
          static_cast<size_t>(column) >= encodings->front().ids.size())
        return text::Failure{"--positions " + std::to_string(column) +
                             " is no token of it: there are " +
                             std::to_string(encodings->front().ids.size()) +
                             ", the first is 0"};
    return encodings;
  }

  void select(Batch &batch) const override {
    if (positions.empty())
      selectTokens(batch, tokenizer.maskId());
    else if (positions.front() == AnswerOptions::allPositions)
      selectAll(batch);
    else
      selectColumns(batch, positions);
  }

  std::vector<std::string> reads() const override { return {outputName}; }
  // A number for each word of the vocabulary is no reading.
  bool replaces(const Output &output) const override {
    return output.name == outputName;
  }

  void add(const Answered &answered, JsonObject &object) const override {
    JsonArray masks;
    for (const Mask &mask : masksOf(answered)) {
      JsonArray tokens;
      for (const Word &word : mask.words)
        tokens.raw(JsonObject()
                       .text("token", word.text)
                       .number("score", word.score)
                       .str());
      masks.raw(JsonObject()
                    .integer("column", mask.column)
                    .raw("tokens", tokens.str())
                    .str());
    }
    object.raw("masks", masks.str());
  }

  bool hasText() const override { return true; }
  std::string text(const Answered &answered) const override {
    std::string line;
    for (const Mask &mask : masksOf(answered)) {
      line += line.empty() ? "" : "\t";
      for (size_t i = 0; i < mask.words.size(); ++i)
        line += (i ? ", " : "") + mask.words[i].text + " " +
                numberText(mask.words[i].score);
    }
    return line;
  }

private:
  static constexpr int64_t usualWords = 5;

  struct Word {
    std::string text;
    double score;
  };
  struct Mask {
    int64_t column;
    std::vector<Word> words;
  };

  std::vector<Mask> masksOf(const Answered &answered) const {
    std::vector<Mask> masks;
    const Output *logits = answered.find(outputName.c_str());
    if (!logits || answered.batch.slots < 0)
      return masks;
    const int64_t slots = logits->shape[1], words = logits->shape[2];
    for (int64_t slot = 0; slot < slots; ++slot) {
      const int32_t column =
          answered.batch.mlmPositions[answered.first * slots + slot];
      if (column < 0)
        continue;
      masks.push_back({column, {}});
      const std::vector<double> scores =
          softmax(answered.row(*logits, 0, slot), words);
      for (int64_t id : largest(scores, likeliest))
        masks.back().words.push_back(
            {tokenizer.decode({static_cast<int32_t>(id)}), scores[id]});
    }
    return masks;
  }

  const int64_t likeliest;
  const std::vector<int32_t> positions;
  const text::Tokenizer &tokenizer;
  const std::string outputName;
};

} // namespace

std::unique_ptr<AnswerReader>
bertc::run::makeMaskedWords(const AnswerOptions &options,
                            const text::Tokenizer &tokenizer,
                            const std::string &output) {
  return std::make_unique<MaskedWords>(options, tokenizer, output);
}
