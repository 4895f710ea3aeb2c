//===- Bpe.cpp - byte-level byte pair encoding ----------------------------===//

#include "runtime/text/Bpe.h"

#include "runtime/text/ByteLevel.h"
#include "runtime/text/Utf8.h"

#include <algorithm>
#include <array>
#include <queue>

using namespace bertc::text;

namespace {

/// Finds the merge of two tokens; its index is its rank.
class MergeTable {
public:
  explicit MergeTable(const std::vector<Merge> &merges) {
    size_t capacity = 16;
    while (capacity < 2 * merges.size())
      capacity *= 2;
    slots.assign(capacity, {0, -1, -1});
    for (size_t rank = 0; rank < merges.size(); ++rank) {
      uint64_t key = keyOf(merges[rank].left, merges[rank].right);
      size_t slot = slotOf(key);
      while (slots[slot].rank >= 0 && slots[slot].key != key)
        slot = (slot + 1) & (slots.size() - 1);
      // Of a pair that comes twice the crate keeps the last.
      slots[slot] = {key, static_cast<int32_t>(rank), merges[rank].merged};
    }
  }

  struct Found {
    int32_t rank, merged; ///< -1: not there
  };
  Found find(int32_t left, int32_t right) const {
    uint64_t key = keyOf(left, right);
    for (size_t slot = slotOf(key); slots[slot].rank >= 0;
         slot = (slot + 1) & (slots.size() - 1))
      if (slots[slot].key == key)
        return {slots[slot].rank, slots[slot].merged};
    return {-1, -1};
  }

private:
  struct Slot {
    uint64_t key;
    int32_t rank, merged;
  };
  static uint64_t keyOf(int32_t left, int32_t right) {
    return uint64_t(static_cast<uint32_t>(left)) << 32 |
           static_cast<uint32_t>(right);
  }
  size_t slotOf(uint64_t key) const {
    return (key * 0x9E3779B97F4A7C15u >> 32) & (slots.size() - 1);
  }
  std::vector<Slot> slots;
};

/// A byte's token, what it looks like, and how many bytes that takes.
struct ByteToken {
  int32_t id;
  std::array<char, 2> shown;
  uint8_t length;
};

class BpeModel : public Model {
public:
  BpeModel(Vocabulary given, std::vector<Merge> givenMerges, int32_t unknown,
           BpeOptions options, std::string_view prepared)
      : Model(std::move(given)), merges(std::move(givenMerges)), table(merges),
        unknown(unknown), options(options) {
    for (unsigned byte = 0; byte < 256; ++byte) {
      std::string shown;
      appendUtf8(shown, characterOfByte(static_cast<unsigned char>(byte)));
      ByteToken &entry = bytes[byte];
      entry = {vocabulary.find(shown),
               {shown[0], shown.back()},
               static_cast<uint8_t>(shown.size())};
      complete &= entry.id >= 0;
    }
    if (prepared.size() == static_cast<size_t>(vocabulary.size()))
      stable = prepared;
    else
      markStable();
  }

  std::unique_ptr<WordEncoder> encoder() const override;
  std::string prepared() const override { return stable; }
  /// Merging takes some 30 bytes of memory for each.
  size_t longestWord() const override { return size_t(1) << 28; }

  void markStable();

  std::vector<Merge> merges;
  MergeTable table;
  int32_t unknown;
  BpeOptions options;
  std::array<ByteToken, 256> bytes;
  bool complete = true; ///< each byte has a token
  /// 1 for a token that a word that is the same becomes, else 0: most do.
  std::string stable;
};

/// Merges the tokens of one word.
class BpeEncoder : public WordEncoder {
public:
  explicit BpeEncoder(const BpeModel &model) : model(model) {}

  void append(std::string_view word, std::vector<Piece> &pieces) override {
    if (word.size() <= longestLookUp) {
      if (int32_t id = tokenOf(word);
          id >= 0 && (model.options.ignoreMerges ||
                      model.stable[static_cast<size_t>(id)] == 1))
        return pieces.push_back({id, 0, static_cast<uint32_t>(word.size())});
    } else if (model.options.ignoreMerges) {
      std::string shown;
      appendByteLevel(word, shown);
      if (int32_t id = model.vocabulary.find(shown); id >= 0)
        return pieces.push_back({id, 0, static_cast<uint32_t>(word.size())});
    }
    start(word);
    merge();
    finish(word, pieces);
  }

  /// Whether `word` becomes the one token `id`.
  bool isStable(std::string_view word, int32_t id) {
    start(word);
    merge();
    return std::count_if(symbols.begin(), symbols.end(), isLive) == 1 &&
           symbols[0].id == id;
  }

private:
  static constexpr size_t longestLookUp = 64;
  static constexpr size_t shortWord = 32;
  static constexpr uint32_t end = UINT32_MAX;

  struct Symbol {
    int32_t id;
    uint32_t length; ///< in shown bytes; 0: merged into the one before
    uint32_t previous, next;
  };
  static bool isLive(const Symbol &symbol) { return symbol.length != 0; }

  int32_t tokenOf(std::string_view word) const {
    char shown[2 * longestLookUp];
    size_t size = 0;
    for (char byte : word) {
      const ByteToken &entry = model.bytes[static_cast<unsigned char>(byte)];
      shown[size++] = entry.shown[0];
      if (entry.length == 2)
        shown[size++] = entry.shown[1];
    }
    return model.vocabulary.find({shown, size});
  }

  void addSymbol(int32_t id, uint32_t length) {
    uint32_t place = static_cast<uint32_t>(symbols.size());
    if (place > 0)
      symbols.back().next = place;
    symbols.push_back({id, length, place > 0 ? place - 1 : end, end});
  }

  void start(std::string_view word) {
    symbols.clear();
    uint32_t unknownLength = 0;
    auto flush = [&] {
      if (unknownLength > 0)
        addSymbol(model.unknown, unknownLength);
      unknownLength = 0;
    };
    for (char byte : word) {
      const ByteToken &entry = model.bytes[static_cast<unsigned char>(byte)];
      if (entry.id >= 0) {
        flush();
        addSymbol(entry.id, entry.length);
      } else if (model.unknown >= 0) {
        if (!model.options.fuseUnknown)
          flush();
        unknownLength += entry.length;
      }
    }
    flush();
  }

  /// Joins a symbol with the next.
  void join(Symbol &left, int32_t merged) {
    Symbol &right = symbols[left.next];
    left.id = merged;
    left.length += right.length;
    right.length = 0;
    left.next = right.next;
    if (left.next != end)
      symbols[left.next].previous =
          static_cast<uint32_t>(&left - symbols.data());
  }

  MergeTable::Found findAt(uint32_t place) const {
    const Symbol &left = symbols[place];
    if (left.next == end)
      return {-1, -1};
    return model.table.find(left.id, symbols[left.next].id);
  }

  void merge() {
    if (symbols.size() <= shortWord)
      mergeShort();
    else
      mergeLong();
  }

  /// The pair of lowest rank, the leftmost of equals, until there is none.
  void mergeShort() {
    std::array<MergeTable::Found, shortWord> found;
    for (uint32_t i = 0; i < symbols.size(); ++i)
      found[i] = findAt(i);
    while (true) {
      uint32_t least = end;
      for (uint32_t i = 0; i < symbols.size(); i = symbols[i].next) {
        if (found[i].rank >= 0 &&
            (least == end || found[i].rank < found[least].rank))
          least = i;
        if (symbols[i].next == end)
          break;
      }
      if (least == end)
        return;
      Symbol &left = symbols[least];
      join(left, found[least].merged);
      found[least] = findAt(least);
      if (left.previous != end)
        found[left.previous] = findAt(left.previous);
    }
  }

  /// The same with a queue: O(n log n).
  void mergeLong() {
    struct Entry {
      int32_t rank;
      uint32_t place;
      int32_t merged;
    };
    auto later = [](const Entry &a, const Entry &b) {
      return a.rank != b.rank ? a.rank > b.rank : a.place > b.place;
    };
    std::vector<Entry> entries;
    entries.reserve(symbols.size());
    auto entryAt = [&](uint32_t place) {
      MergeTable::Found found = findAt(place);
      return Entry{found.rank, place, found.merged};
    };
    for (uint32_t i = 0; i + 1 < symbols.size(); ++i)
      if (Entry entry = entryAt(i); entry.rank >= 0)
        entries.push_back(entry);
    std::priority_queue<Entry, std::vector<Entry>, decltype(later)> queue(
        later, std::move(entries));
    while (!queue.empty()) {
      Entry top = queue.top();
      queue.pop();
      Symbol &left = symbols[top.place];
      // The pair may be gone.
      if (!isLive(left) || findAt(top.place).merged != top.merged)
        continue;
      join(left, top.merged);
      if (left.previous != end)
        if (Entry entry = entryAt(left.previous); entry.rank >= 0)
          queue.push(entry);
      if (Entry entry = entryAt(top.place); entry.rank >= 0)
        queue.push(entry);
    }
  }

  void finish(std::string_view word, std::vector<Piece> &pieces) {
    // Lengths count shown bytes from the word's front, also where bytes were
    // left out: the crate's offsets slip then as well.
    uint32_t shown = 0, at = 0;
    auto advance = [&](uint32_t target) {
      while (at < word.size() && shown < target)
        shown += model.bytes[static_cast<unsigned char>(word[at++])].length;
      return at;
    };
    uint32_t done = 0;
    for (const Symbol &symbol : symbols)
      if (isLive(symbol)) {
        uint32_t begin = at;
        if (shown > done) // inside of a byte's two
          --begin;
        done += symbol.length;
        pieces.push_back({symbol.id, begin, advance(done)});
      }
  }

  const BpeModel &model;
  std::vector<Symbol> symbols;
};

void BpeModel::markStable() {
  BpeEncoder encoder(*this);
  stable.assign(static_cast<size_t>(vocabulary.size()), 0);
  std::string word;
  for (int32_t id = 0; id < vocabulary.size(); ++id) {
    word.clear();
    std::string_view token = vocabulary.token(id);
    if (token.empty())
      continue;
    appendBytesOfToken(token, word);
    stable[static_cast<size_t>(id)] = encoder.isStable(word, id);
  }
}

std::unique_ptr<WordEncoder> BpeModel::encoder() const {
  return std::make_unique<BpeEncoder>(*this);
}

} // namespace

std::unique_ptr<Model> bertc::text::makeBpe(Vocabulary vocabulary,
                                            std::vector<Merge> merges,
                                            int32_t unknown,
                                            const BpeOptions &options,
                                            std::string_view prepared) {
  return std::make_unique<BpeModel>(std::move(vocabulary), std::move(merges),
                                    unknown, options, prepared);
}

const std::vector<Merge> &bertc::text::mergesOf(const Model &bpe) {
  return static_cast<const BpeModel &>(bpe).merges;
}
