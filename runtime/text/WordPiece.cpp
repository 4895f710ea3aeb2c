//===- WordPiece.cpp - BERT's model: the longest match first --------------===//

#include "runtime/text/WordPiece.h"

#include "runtime/text/Utf8.h"

#include <algorithm>

using namespace bertc::text;

WordEncoder::~WordEncoder() = default;
Model::~Model() = default;

namespace {

class WordPieceModel : public Model {
public:
  WordPieceModel(Vocabulary vocabulary, int32_t unknown,
                 WordPieceOptions options)
      : Model(std::move(vocabulary)), unknown(unknown),
        options(std::move(options)) {}

  std::unique_ptr<WordEncoder> encoder() const override;

  int32_t unknown;
  WordPieceOptions options;
};

class WordPieceEncoder : public WordEncoder {
public:
  explicit WordPieceEncoder(const WordPieceModel &model)
      : model(model), vocabulary(model.vocabulary),
        prefix(model.options.prefix), continued(hashBytes(hashStart, prefix)) {}

  void append(std::string_view word, std::vector<Piece> &pieces) override {
    if (isTooLong(word))
      return pieces.push_back({model.unknown, 0, length(word)});
    // Most words are tokens as they stand.
    if (int32_t whole = vocabulary.find(word); whole >= 0)
      return pieces.push_back({whole, 0, length(word)});
    size_t first = pieces.size();
    for (size_t start = 0; start < word.size();) {
      Piece piece = longest(word, start);
      if (piece.id < 0) {
        pieces.resize(first);
        return pieces.push_back({model.unknown, 0, length(word)});
      }
      pieces.push_back(piece);
      start = piece.end;
    }
  }

private:
  static uint32_t length(std::string_view word) {
    return static_cast<uint32_t>(word.size());
  }

  bool isTooLong(std::string_view word) const {
    int64_t bytes = static_cast<int64_t>(word.size());
    return bytes > model.options.maxWordChars &&
           std::count_if(word.begin(), word.end(), startsCharacter) >
               model.options.maxWordChars;
  }

  /// The longest token at `start`; its id is -1 where there is none.
  Piece longest(std::string_view word, size_t start) {
    std::string_view lead = start > 0 ? prefix : std::string_view();
    uint64_t hash = start > 0 ? continued : hashStart;
    size_t most = vocabulary.longestToken();
    size_t room = most > lead.size() ? most - lead.size() : 0;
    size_t limit = std::min(word.size(), start + room);
    candidates.clear();
    for (size_t at = start; at < limit; ++at) {
      hash = hashByte(hash, word[at]);
      if (at + 1 == word.size() || startsCharacter(word[at + 1]))
        candidates.push_back({at + 1, hash});
    }
    for (; !candidates.empty(); candidates.pop_back()) {
      auto [end, hashed] = candidates.back();
      std::string_view part = word.substr(start, end - start);
      int32_t id = vocabulary.lookUp(hashed, [&](std::string_view token) {
        return token.size() == lead.size() + part.size() &&
               token.substr(0, lead.size()) == lead &&
               token.substr(lead.size()) == part;
      });
      if (id >= 0)
        return {id, static_cast<uint32_t>(start), static_cast<uint32_t>(end)};
    }
    return {-1, 0, 0};
  }

  const WordPieceModel &model;
  const Vocabulary &vocabulary;
  std::string_view prefix;
  uint64_t continued;
  /// Ends of the characters behind the start, and the hashes up to them.
  struct Candidate {
    size_t end;
    uint64_t hash;
  };
  std::vector<Candidate> candidates;
};

std::unique_ptr<WordEncoder> WordPieceModel::encoder() const {
  return std::make_unique<WordPieceEncoder>(*this);
}

} // namespace

std::unique_ptr<Model>
bertc::text::makeWordPiece(Vocabulary vocabulary, int32_t unknown,
                           const WordPieceOptions &options) {
  return std::make_unique<WordPieceModel>(std::move(vocabulary), unknown,
                                          options);
}
