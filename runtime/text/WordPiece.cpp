//===- WordPiece.cpp - text to token ids, as BERT's tokenizer does --------===//

#include "runtime/text/WordPiece.h"

#include "runtime/text/AddedTokens.h"
#include "runtime/text/Normalizer.h"
#include "runtime/text/Settings.h"
#include "runtime/text/Unicode.h"
#include "runtime/text/Utf8.h"

#include <algorithm>
#include <limits>

using namespace bertc::text;

struct WordPiece::Tables {
  Settings settings;
  Vocabulary vocabulary;
  int32_t unknown;
  AddedTokenMatcher rawTokens;        ///< looked for in the text as given
  AddedTokenMatcher normalizedTokens; ///< looked for in the normalised text
};

namespace {

constexpr size_t unlimited = std::numeric_limits<size_t>::max();

/// Turns one text into ids: added tokens, normalisation, words, word pieces.
/// It stops behind the word that reaches `limit` ids.
class TextEncoder {
public:
  TextEncoder(const Settings &settings, const Vocabulary &vocabulary,
              int32_t unknown, size_t limit)
      : settings(settings), vocabulary(vocabulary), unknown(unknown),
        limit(limit) {}

  std::vector<int32_t> run(std::string_view text,
                           const AddedTokenMatcher &rawTokens,
                           const AddedTokenMatcher &normalizedTokens) {
    for (const AddedSplit &outer : rawTokens.split(text)) {
      if (done)
        break;
      if (outer.id >= 0) {
        ids.push_back(outer.id);
        continue;
      }
      normalized.clear();
      normalize(outer.text, settings.normalizer, normalized);
      for (const AddedSplit &inner : normalizedTokens.split(normalized)) {
        if (done)
          break;
        if (inner.id >= 0)
          ids.push_back(inner.id);
        else
          splitWords(inner.text);
      }
    }
    return std::move(ids);
  }

private:
  /// White space separates words; each punctuation character is a word.
  void splitWords(std::string_view text) {
    size_t word = 0, chars = 0;
    for (size_t at = 0; at < text.size() && !done;) {
      DecodedChar next = decodeUtf8(text, at);
      bool space = isWhitespace(next.code);
      if (space || isPunctuation(next.code)) {
        addWord(text.substr(word, at - word), chars);
        if (!space)
          addWord(text.substr(at, next.length), 1);
        word = at + next.length;
        chars = 0;
      } else {
        ++chars;
      }
      at += next.length;
    }
    addWord(text.substr(word), chars);
  }

  void addWord(std::string_view word, size_t chars) {
    if (word.empty() || done)
      return;
    if (chars > static_cast<size_t>(settings.maxWordChars))
      ids.push_back(unknown);
    else
      vocabulary.appendWord(word, settings.prefix, unknown, ids);
    done = ids.size() >= limit;
  }

  const Settings &settings;
  const Vocabulary &vocabulary;
  int32_t unknown;
  size_t limit;
  bool done = false;
  std::string normalized;
  std::vector<int32_t> ids;
};

void cut(std::vector<int32_t> &ids, size_t count, bool left) {
  if (ids.size() <= count)
    return;
  if (left)
    ids.erase(ids.begin(), ids.end() - static_cast<ptrdiff_t>(count));
  else
    ids.resize(count);
}

/// How many ids of each text stay, of `room` in all (utils/truncation.rs in the
/// crate). Returns a message where the strategy can't make them fit.
std::string shares(size_t &first, size_t &second, bool isPair, size_t room,
                   Truncation truncation) {
  size_t total = first + second;
  if (total <= room)
    return {};
  if (room == 0) {
    first = second = 0;
    return {};
  }
  if (truncation == Truncation::LongestFirst) {
    if (!isPair) {
      first = room;
      return {};
    }
    bool swapped = first > second;
    size_t small = std::min(first, second);
    size_t large = small > room ? small : std::max(small, room - small);
    if (small + large > room) {
      small = room / 2;
      large = small + room % 2;
    }
    first = swapped ? large : small;
    second = swapped ? small : large;
    return {};
  }
  if (truncation == Truncation::OnlySecond && !isPair)
    return "truncating the second text only needs a second text";
  size_t &target = truncation == Truncation::OnlyFirst ? first : second;
  if (target <= total - room)
    return std::string("the ") +
           (truncation == Truncation::OnlyFirst ? "first" : "second") +
           " text alone is too short to be cut to the maximum length";
  target -= total - room;
  return {};
}

} // namespace

WordPiece::WordPiece(std::shared_ptr<const Tables> tables)
    : tables(std::move(tables)) {}

Result<WordPiece> WordPiece::make(TokenizerFiles files) {
  auto tables = std::make_shared<Tables>();
  tables->settings = std::move(files.settings);
  tables->vocabulary = std::move(files.vocabulary);
  const Settings &settings = tables->settings;
  tables->unknown = tables->vocabulary.find(settings.unknown);
  tables->rawTokens = AddedTokenMatcher(settings.added, false);
  std::vector<AddedToken> added = settings.added;
  for (AddedToken &token : added)
    if (token.normalized) {
      std::string content = std::move(token.content);
      token.content.clear();
      normalize(content, settings.normalizer, token.content);
    }
  tables->normalizedTokens = AddedTokenMatcher(added, true);
  return WordPiece(std::move(tables));
}

Result<WordPiece> WordPiece::fromFolder(const std::string &folder) {
  Result<TokenizerFiles> files = readFolder(folder);
  if (!files)
    return Failure{files.error()};
  return make(std::move(*files));
}

Result<WordPiece> WordPiece::fromBlob(std::string_view bytes) {
  Result<TokenizerFiles> files = readBlob(bytes);
  if (!files)
    return Failure{files.error()};
  return make(std::move(*files));
}

std::string WordPiece::blob() const {
  return writeBlob(tables->settings, tables->vocabulary);
}

Result<Encoding> WordPiece::encode(std::string_view text,
                                   const EncodeOptions &options) const {
  return encodeTexts(text, nullptr, options);
}

Result<Encoding> WordPiece::encodePair(std::string_view first,
                                       std::string_view second,
                                       const EncodeOptions &options) const {
  return encodeTexts(first, &second, options);
}

Result<Encoding> WordPiece::encodeTexts(std::string_view first,
                                        const std::string_view *second,
                                        const EncodeOptions &options) const {
  const Settings &settings = tables->settings;
  if (options.maxLength < 0)
    return Failure{"maximum length is " + std::to_string(options.maxLength) +
                   ", expected a positive number"};
  int64_t most = options.maxLength ? options.maxLength : settings.maxLength;
  bool truncates = options.truncation != Truncation::None && most > 0;
  size_t maximum = truncates ? static_cast<size_t>(most) : unlimited;

  const auto &pieces = second ? settings.pair : settings.single;
  size_t specials = 0;
  if (options.addSpecialTokens)
    for (const TemplatePiece &piece : pieces)
      specials += piece.ids.size();
  if (maximum < specials)
    return Failure{"maximum length is " + std::to_string(maximum) +
                   ", expected room for " + std::to_string(specials) +
                   " special tokens"};

  // The ids that a single text loses at its end need not be found.
  bool mayStop = !second && !settings.truncateLeft &&
                 options.truncation != Truncation::OnlySecond;
  auto encodeText = [&](std::string_view text) {
    return TextEncoder(settings, tables->vocabulary, tables->unknown,
                       mayStop ? maximum : unlimited)
        .run(text, tables->rawTokens, tables->normalizedTokens);
  };
  std::vector<int32_t> firstIds = encodeText(first), secondIds;
  if (second)
    secondIds = encodeText(*second);

  size_t firstCount = firstIds.size(), secondCount = secondIds.size();
  if (truncates) {
    std::string error = shares(firstCount, secondCount, second,
                               maximum - specials, options.truncation);
    if (!error.empty())
      return Failure{error};
    cut(firstIds, firstCount, settings.truncateLeft);
    cut(secondIds, secondCount, settings.truncateLeft);
  }

  Encoding out;
  out.ids.reserve(firstIds.size() + secondIds.size() + specials);
  for (const TemplatePiece &piece : pieces) {
    if (piece.kind == TemplatePiece::Ids && !options.addSpecialTokens)
      continue;
    const std::vector<int32_t> &ids =
        piece.kind == TemplatePiece::First    ? firstIds
        : piece.kind == TemplatePiece::Second ? secondIds
                                              : piece.ids;
    out.ids.insert(out.ids.end(), ids.begin(), ids.end());
    out.typeIds.resize(out.ids.size(), piece.typeId);
  }
  return out;
}

int64_t WordPiece::vocabularySize() const {
  int64_t size = tables->vocabulary.size();
  for (const AddedToken &token : tables->settings.added)
    size = std::max<int64_t>(size, int64_t(token.id) + 1);
  return size;
}

int64_t WordPiece::maxLength() const { return tables->settings.maxLength; }

int32_t WordPiece::find(std::string_view token) const {
  for (const AddedToken &added : tables->settings.added)
    if (added.content == token)
      return added.id;
  return tables->vocabulary.find(token);
}

int32_t WordPiece::padId() const { return find(tables->settings.pad); }
int32_t WordPiece::maskId() const { return find(tables->settings.mask); }

std::string_view WordPiece::token(int32_t id) const {
  for (const AddedToken &added : tables->settings.added)
    if (added.id == id)
      return added.content;
  return tables->vocabulary.token(id);
}
