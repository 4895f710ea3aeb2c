//===- Unigram.cpp - SentencePiece's model: the likeliest pieces ----------===//

#include "runtime/text/Unigram.h"

#include "runtime/text/Utf8.h"

#include <algorithm>
#include <array>
#include <limits>

using namespace bertc::text;

namespace {

constexpr double unknownPenalty = 10.0;

/// A trie over bytes; its edges lie in one hash table.
class Trie {
public:
  static constexpr uint32_t none = UINT32_MAX;

  explicit Trie(const Vocabulary &vocabulary) {
    roots.fill(none);
    slots.assign(1024, {0, none});
    for (int32_t id = 0; id < vocabulary.size(); ++id) {
      std::string_view token = vocabulary.token(id);
      if (token.empty())
        continue;
      uint32_t node = none;
      for (size_t at = 0; at < token.size(); ++at)
        node = at == 0 ? addRoot(token[0]) : add(node, token[at]);
      ids[node] = id;
    }
  }

  uint32_t root(char byte) const {
    return roots[static_cast<unsigned char>(byte)];
  }
  uint32_t child(uint32_t node, char byte) const {
    uint64_t key = keyOf(node, byte);
    for (size_t slot = slotOf(key); slots[slot].child != none;
         slot = (slot + 1) & (slots.size() - 1))
      if (slots[slot].key == key)
        return slots[slot].child;
    return none;
  }
  /// -1 where no token ends.
  int32_t id(uint32_t node) const { return ids[node]; }

private:
  struct Slot {
    uint64_t key;
    uint32_t child;
  };

  static uint64_t keyOf(uint32_t node, char byte) {
    return uint64_t(node) << 8 | static_cast<unsigned char>(byte);
  }
  size_t slotOf(uint64_t key) const {
    return (key * 0x9E3779B97F4A7C15u >> 32) & (slots.size() - 1);
  }

  uint32_t newNode() {
    ids.push_back(-1);
    return static_cast<uint32_t>(ids.size() - 1);
  }
  uint32_t addRoot(char byte) {
    uint32_t &node = roots[static_cast<unsigned char>(byte)];
    return node == none ? node = newNode() : node;
  }
  uint32_t add(uint32_t node, char byte) {
    if (uint32_t known = child(node, byte); known != none)
      return known;
    if (2 * ids.size() >= slots.size()) {
      std::vector<Slot> old(2 * slots.size(), {0, none});
      old.swap(slots);
      for (const Slot &slot : old)
        if (slot.child != none)
          insert(slot);
    }
    uint32_t made = newNode();
    insert({keyOf(node, byte), made});
    return made;
  }
  void insert(Slot entry) {
    size_t slot = slotOf(entry.key);
    while (slots[slot].child != none)
      slot = (slot + 1) & (slots.size() - 1);
    slots[slot] = entry;
  }

  std::array<uint32_t, 256> roots;
  std::vector<Slot> slots;
  std::vector<int32_t> ids;
};

class UnigramModel : public Model {
public:
  UnigramModel(Vocabulary given, std::vector<double> scores, int32_t unknown)
      : Model(std::move(given)), scores(std::move(scores)), unknown(unknown),
        trie(vocabulary) {
    double least = std::numeric_limits<double>::infinity();
    for (double score : this->scores)
      least = std::min(least, score);
    unknownScore = least - unknownPenalty;
    ring = 4;
    while (ring <= vocabulary.longestToken() + 4)
      ring *= 2;
  }

  std::unique_ptr<WordEncoder> encoder() const override;

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
                                                int32_t unknown) {
  return std::make_unique<UnigramModel>(std::move(vocabulary),
                                        std::move(scores), unknown);
}
