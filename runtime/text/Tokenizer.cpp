//===- Tokenizer.cpp - text to token ids and back -------------------------===//

#include "runtime/text/Tokenizer.h"

#include "runtime/text/Assembly.h"
#include "runtime/text/Blob.h"
#include "runtime/text/Decoding.h"
#include "runtime/text/Folder.h"
#include "runtime/text/TextEncoder.h"
#include "runtime/text/Truncation.h"
#include "runtime/text/Unigram.h"
#include "runtime/text/Utf8.h"

#include <algorithm>
#include <limits>
#include <unordered_map>

using namespace bertc::text;

struct Tokenizer::Tables {
  Settings settings;
  std::vector<double> scores; ///< kept for the blob
  Charsmap charsmap;          ///< likewise
  std::unique_ptr<Model> model;
  Normalizer normalizer;
  AddedTokenMatcher rawTokens;
  AddedTokenMatcher normalizedTokens;
  std::unordered_map<int32_t, size_t> addedById;
  /// What decoding shows of an added token, and whether it may be left out.
  struct Shown {
    std::string text;
    bool special;
  };
  std::vector<Shown> shownAdded;
  std::unordered_map<std::string_view, int32_t> addedByContent;
  int32_t unknown = -1, cls = -1, sep = -1, pad = -1, mask = -1;

  int32_t find(std::string_view token) const {
    if (token.empty())
      return -1;
    auto it = addedByContent.find(token);
    return it != addedByContent.end() ? it->second
                                      : model->vocabulary.find(token);
  }
};

namespace {

constexpr size_t unlimited = std::numeric_limits<size_t>::max();

/// A text as the encoder takes it, and the way back to the bytes given.
class Repaired {
public:
  explicit Repaired(std::string_view given) : bytes(given) {
    if (isUtf8(given))
      return;
    places.reserve(given.size() + 1);
    for (size_t at = 0; at < given.size();) {
      DecodedChar next = decodeUtf8(given, at);
      appendUtf8(repaired, next.code);
      places.resize(repaired.size(), static_cast<uint32_t>(at));
      at += next.length;
    }
    places.push_back(static_cast<uint32_t>(given.size()));
    bytes = repaired;
  }
  Repaired(const Repaired &) = delete;
  Repaired &operator=(const Repaired &) = delete;

  std::string_view text() const { return bytes; }
  /// Offsets lie between characters.
  Offsets given(Offsets offsets) const {
    if (places.empty())
      return offsets;
    return {places[offsets.begin], places[offsets.end]};
  }

private:
  std::string_view bytes;
  std::string repaired;
  std::vector<uint32_t> places; ///< empty: as given
};

void restoreOffsets(Encoding &encoding, const Repaired &first,
                    const Repaired *second) {
  for (size_t i = 0; i < encoding.offsets.size(); ++i)
    if (encoding.sequenceIds[i] >= 0)
      encoding.offsets[i] = (encoding.sequenceIds[i] > 0 ? *second : first)
                                .given(encoding.offsets[i]);
}

} // namespace

Tokenizer::Tokenizer(std::shared_ptr<const Tables> tables)
    : tables(std::move(tables)) {}

Result<Tokenizer> Tokenizer::make(TokenizerFiles files) {
  auto tables = std::make_shared<Tables>();
  tables->settings = std::move(files.settings);
  const Settings &settings = tables->settings;
  int32_t unknown = files.vocabulary.find(settings.unknown);
  switch (settings.model) {
  case ModelKind::WordPiece:
    tables->model =
        makeWordPiece(std::move(files.vocabulary), unknown, settings.wordPiece);
    break;
  case ModelKind::Bpe:
    tables->model =
        makeBpe(std::move(files.vocabulary), std::move(files.merges), unknown,
                settings.bpe, files.prepared);
    break;
  case ModelKind::Unigram:
    tables->scores = files.scores;
    tables->model =
        makeUnigram(std::move(files.vocabulary), std::move(files.scores),
                    unknown, files.prepared);
    break;
  }
  tables->charsmap = files.charsmap;
  tables->normalizer =
      Normalizer(settings.normalizer, std::move(files.charsmap));
  tables->rawTokens = AddedTokenMatcher(settings.added, false);
  std::vector<AddedToken> added = settings.added;
  for (AddedToken &token : added)
    if (token.normalized)
      token.content = tables->normalizer.apply(token.content);
  tables->normalizedTokens = AddedTokenMatcher(added, true);
  // The crate shows the normalised form, and looks that up among the special
  // tokens (AddedVocabulary::simple_id_to_token).
  for (const AddedToken &token : added) {
    auto isSame = [&](const AddedToken &other) {
      return other.special && other.content == token.content;
    };
    tables->shownAdded.push_back(
        {token.content,
         std::any_of(settings.added.begin(), settings.added.end(), isSame)});
  }
  for (size_t i = 0; i < settings.added.size(); ++i) {
    tables->addedById.emplace(settings.added[i].id, i);
    tables->addedByContent.emplace(settings.added[i].content,
                                   settings.added[i].id);
  }
  tables->unknown = tables->find(settings.unk);
  tables->cls = tables->find(settings.cls);
  tables->sep = tables->find(settings.sep);
  tables->pad = tables->find(settings.pad);
  tables->mask = tables->find(settings.mask);
  return Tokenizer(std::move(tables));
}

Result<Tokenizer> Tokenizer::fromFolder(const std::string &folder) {
  Result<TokenizerFiles> files = readFolder(folder);
  if (!files)
    return Failure{files.error()};
  return make(std::move(*files));
}

Result<Tokenizer> Tokenizer::fromBlob(std::string_view bytes) {
  Result<TokenizerFiles> files = readBlob(bytes);
  if (!files)
    return Failure{files.error()};
  return make(std::move(*files));
}

std::string Tokenizer::blob() const {
  static const std::vector<Merge> none;
  const Settings &settings = tables->settings;
  return writeBlob(
      {settings, tables->model->vocabulary,
       settings.model == ModelKind::Bpe ? mergesOf(*tables->model) : none,
       tables->scores, tables->charsmap, tables->model->prepared()});
}

static Result<Encoding> firstOf(Result<std::vector<Encoding>> windows) {
  if (!windows)
    return Failure{windows.error()};
  return std::move(windows->front());
}

Result<Encoding> Tokenizer::encode(std::string_view text,
                                   const EncodeOptions &options) const {
  return firstOf(encodeTexts(text, nullptr, options, /*allWindows=*/false));
}

Result<Encoding> Tokenizer::encodePair(std::string_view first,
                                       std::string_view second,
                                       const EncodeOptions &options) const {
  return firstOf(encodeTexts(first, &second, options, /*allWindows=*/false));
}

Result<std::vector<Encoding>>
Tokenizer::encodeWindows(std::string_view text,
                         const EncodeOptions &options) const {
  return encodeTexts(text, nullptr, options, /*allWindows=*/true);
}

Result<std::vector<Encoding>>
Tokenizer::encodePairWindows(std::string_view first, std::string_view second,
                             const EncodeOptions &options) const {
  return encodeTexts(first, &second, options, /*allWindows=*/true);
}

Result<std::vector<Encoding>>
Tokenizer::encodeTexts(std::string_view first, const std::string_view *second,
                       const EncodeOptions &options, bool allWindows) const {
  const Settings &settings = tables->settings;
  for (auto [value, what] : {std::pair(options.maxLength, "maximum length"),
                             std::pair(options.stride, "stride")})
    if (value < 0)
      return Failure{std::string(what) + " is " + std::to_string(value) +
                     ", expected a number from 0 on"};
  // A broken byte becomes three.
  constexpr size_t longest = std::numeric_limits<uint32_t>::max() / 3;
  for (const std::string_view *text : {&std::as_const(first), second})
    if (text && text->size() > longest)
      return Failure{"a text has " + std::to_string(text->size()) +
                     " bytes, expected at most " + std::to_string(longest)};

  int64_t most = options.maxLength ? options.maxLength : settings.maxLength;
  bool truncates = options.truncation != Truncation::None && most > 0;
  size_t maximum = truncates ? static_cast<size_t>(most) : unlimited;
  size_t specials = 0;
  if (options.addSpecialTokens)
    for (const TemplatePiece &piece : second ? settings.pair : settings.single)
      specials += piece.ids.size();
  if (maximum < specials)
    return Failure{"maximum length is " + std::to_string(maximum) +
                   ", expected room for " + std::to_string(specials) +
                   " special tokens"};

  bool left = options.side == Side::Model ? settings.truncateLeft
                                          : options.side == Side::Left;
  // What a single text loses at its end need not be found.
  bool mayStop = !second && !left && !allWindows && truncates &&
                 options.truncation != Truncation::OnlySecond;
  TextEncoder encoder({settings, *tables->model, tables->normalizer,
                       tables->rawTokens, tables->normalizedTokens});
  Repaired firstText(first), secondText(second ? *second : "");
  Tokens firstTokens =
      encoder.run(firstText.text(), mayStop ? maximum + 1 : unlimited);
  Tokens secondTokens;
  if (second)
    secondTokens = encoder.run(secondText.text());
  if (encoder.tooLong() > 0)
    return Failure{"a word has " + std::to_string(encoder.tooLong()) +
                   " bytes, expected at most " +
                   std::to_string(tables->model->longestWord())};

  size_t firstCount = firstTokens.size(), secondCount = secondTokens.size();
  if (truncates) {
    std::string error = truncate(firstCount, secondCount, second,
                                 maximum - specials, options.truncation);
    if (!error.empty())
      return Failure{error};
  }
  size_t stride = allWindows ? static_cast<size_t>(options.stride) : 0;
  Result<std::vector<Window>> firsts =
      windowsOf(firstTokens.size(), firstCount, stride, left);
  Result<std::vector<Window>> seconds =
      windowsOf(secondTokens.size(), secondCount, stride, left);
  if (!firsts || !seconds)
    return Failure{firsts ? seconds.error() : firsts.error()};

  // The whole first, then each further window of the first text with each of
  // the second, then the first with each further one of the second, as
  // Encoding::merge_with in the crate has it.
  std::vector<Encoding> encodings;
  auto add = [&](size_t i, size_t j) {
    Part a{firstText.text(), &firstTokens, (*firsts)[i], i == 0};
    Part b{secondText.text(), &secondTokens, (*seconds)[j], j == 0};
    encodings.push_back(
        assemble(settings, a, second ? &b : nullptr, options.addSpecialTokens));
    restoreOffsets(encodings.back(), firstText, &secondText);
    encodings.back().truncated = firsts->size() > 1 || seconds->size() > 1;
  };
  add(0, 0);
  if (allWindows) {
    for (size_t i = 1; i < firsts->size(); ++i)
      for (size_t j = 0; j < seconds->size(); ++j)
        add(i, j);
    for (size_t j = 1; j < seconds->size(); ++j)
      add(0, j);
  }
  return encodings;
}

std::string Tokenizer::decode(const std::vector<int32_t> &ids,
                              const DecodeOptions &options) const {
  std::vector<std::string_view> shown;
  for (int32_t id : ids) {
    auto it = tables->addedById.find(id);
    if (it != tables->addedById.end()) {
      const Tables::Shown &added = tables->shownAdded[it->second];
      if (!options.skipSpecialTokens || !added.special)
        shown.push_back(added.text);
    } else if (std::string_view text = token(id); !text.empty()) {
      shown.push_back(text);
    }
  }
  std::string text = decodeTokens(shown, tables->settings.decoder);
  bool cleans = options.cleanUpSpaces.value_or(tables->settings.cleanUpSpaces);
  return cleans && tables->settings.model != ModelKind::Bpe
             ? cleanUpSpaces(text)
             : text;
}

int64_t Tokenizer::vocabularySize() const {
  int64_t size = tables->model->vocabulary.size();
  for (const AddedToken &token : tables->settings.added)
    size = std::max<int64_t>(size, int64_t(token.id) + 1);
  return size;
}

int64_t Tokenizer::maxLength() const { return tables->settings.maxLength; }
int32_t Tokenizer::clsId() const { return tables->cls; }
int32_t Tokenizer::sepId() const { return tables->sep; }
int32_t Tokenizer::padId() const { return tables->pad; }
int32_t Tokenizer::maskId() const { return tables->mask; }
int32_t Tokenizer::unknownId() const { return tables->unknown; }

int32_t Tokenizer::find(std::string_view token) const {
  return tables->find(token);
}

std::string_view Tokenizer::token(int32_t id) const {
  auto it = tables->addedById.find(id);
  return it != tables->addedById.end()
             ? std::string_view(tables->settings.added[it->second].content)
             : tables->model->vocabulary.token(id);
}
