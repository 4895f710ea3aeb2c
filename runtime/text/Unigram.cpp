//===- Unigram.cpp - SentencePiece's model: the likeliest pieces ----------===//

#include "runtime/text/Unigram.h"

#include "runtime/text/Trie.h"
#include "runtime/text/Utf8.h"

#include <algorithm>
#include <limits>

using namespace bertc::text;

namespace {

constexpr double unknownPenalty = 10.0;

class UnigramModel : public Model {
public:
  UnigramModel(Vocabulary given, std::vector<double> scores, int32_t unknown,
               std::string_view prepared)
      : Model(std::move(given)), scores(std::move(scores)), unknown(unknown) {
    if (!trie.deserialize(prepared, vocabulary.size()))
      trie = Trie(vocabulary);
    double least = std::numeric_limits<double>::infinity();
    for (double score : this->scores)
      least = std::min(least, score);
    unknownScore = least - unknownPenalty;
    ring = 4;
    while (ring <= vocabulary.longestToken() + 4)
      ring *= 2;
  }

  std::unique_ptr<WordEncoder> encoder() const override;
  std::string prepared() const override { return trie.serialize(); }
  /// A word takes up to some 30 bytes of memory for each of its own.
  size_t longestWord() const override { return size_t(1) << 28; }

  std::vector<double> scores;
  int32_t unknown;
  Trie trie;
  double unknownScore;
  size_t ring; ///< a power of two above any piece's length
};

class UnigramEncoder : public WordEncoder {
public:
  explicit UnigramEncoder(const UnigramModel &model)
      : model(model), best(model.ring) {}

  void append(std::string_view word, std::vector<Piece> &pieces) override {
    findLengths(word);
    // Back to front; unknown characters in a row become one piece.
    size_t first = pieces.size();
    size_t unknownEnd = 0;
    for (size_t end = word.size(); end > 0;) {
      size_t begin = end - lengths[end];
      int32_t id = model.vocabulary.find(word.substr(begin, end - begin));
      if (id < 0 || id == model.unknown) {
        if (unknownEnd == 0)
          unknownEnd = end;
      } else {
        addUnknown(word, end, unknownEnd, pieces);
        pieces.push_back({id, narrow(begin), narrow(end)});
      }
      end = begin;
    }
    addUnknown(word, 0, unknownEnd, pieces);
    std::reverse(pieces.begin() + static_cast<ptrdiff_t>(first), pieces.end());
  }

private:
  static uint32_t narrow(size_t value) { return static_cast<uint32_t>(value); }

  /// The piece [begin, end) of unknown characters, if any; joined they may be a
  /// token after all.
  void addUnknown(std::string_view word, size_t begin, size_t &end,
                  std::vector<Piece> &pieces) {
    if (end == 0)
      return;
    int32_t id = model.vocabulary.find(word.substr(begin, end - begin));
    pieces.push_back({id < 0 ? model.unknown : id, narrow(begin), narrow(end)});
    end = 0;
  }

  /// Viterbi: `lengths[e]` becomes the length of the last piece of the best
  /// pieces of the first e bytes. Of their scores only those within reach of
  /// the longest piece are kept.
  void findLengths(std::string_view word) {
    lengths.assign(word.size() + 1, 0);
    const size_t mask = best.size() - 1;
    auto offer = [&](size_t begin, size_t end, double score) {
      double &sum = best[end & mask];
      if (lengths[end] != 0 && score <= sum)
        return;
      sum = score;
      lengths[end] = static_cast<uint16_t>(end - begin);
    };
    best[0] = 0;
    for (size_t begin = 0; begin < word.size();) {
      const double here = best[begin & mask];
      const size_t next = begin + characterLength(word[begin]);
      bool single = false;
      uint32_t node = model.trie.root(word[begin]);
      for (size_t end = begin + 1; node != Trie::none; ++end) {
        if (int32_t id = model.trie.id(node); id >= 0) {
          offer(begin, end, here + model.scores[static_cast<size_t>(id)]);
          single |= end == next;
        }
        if (end == word.size())
          break;
        node = model.trie.child(node, word[end]);
      }
      if (!single)
        offer(begin, next, here + model.unknownScore);
      begin = next;
    }
  }

  const UnigramModel &model;
  std::vector<double> best;
  std::vector<uint16_t> lengths;
};

std::unique_ptr<WordEncoder> UnigramModel::encoder() const {
  return std::make_unique<UnigramEncoder>(*this);
}

} // namespace

std::unique_ptr<Model> bertc::text::makeUnigram(Vocabulary vocabulary,
                                                std::vector<double> scores,
                                                int32_t unknown,
                                                std::string_view prepared) {
  return std::make_unique<UnigramModel>(std::move(vocabulary),
                                        std::move(scores), unknown, prepared);
}
