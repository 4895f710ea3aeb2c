//===- TokenClassification.cpp --------------------------------------------===//

#include "runtime/run/TokenClassification.h"

#include "runtime/run/Characters.h"
#include "runtime/text/Unicode.h"
#include "runtime/text/Utf8.h"

#include <algorithm>
#include <limits>
#include <string_view>
#include <utility>

using namespace bertc;
using namespace bertc::run;

namespace {

/// A label's notation: what its prefix says, 'I' where it has none, and its
/// type.
struct Tag {
  char prefix;
  std::string_view type;
};

Tag tagOf(std::string_view label) {
  if (label.size() > 2 && label[1] == '-' &&
      std::string_view("BIELSU").find(label[0]) != std::string_view::npos)
    return {label[0], label.substr(2)};
  return {'I', label};
}

/// The words of the tokenizer, from the tokens of all windows.
std::vector<ByteRange> wordsOf(const Answered &answered) {
  std::vector<ByteRange> words;
  for (int64_t window = 0; window < answered.count; ++window) {
    const text::Encoding &encoding = answered.encodings[window];
    for (size_t i = 0; i < encoding.ids.size(); ++i) {
      if (encoding.wordIds[i] < 0 || encoding.sequenceIds[i] != 0)
        continue;
      const size_t word = static_cast<size_t>(encoding.wordIds[i]);
      const ByteRange token{encoding.offsets[i].begin, encoding.offsets[i].end};
      if (word >= words.size())
        words.resize(word + 1);
      ByteRange &range = words[word];
      const bool isNew = range.begin == range.end;
      range.begin = isNew ? token.begin : std::min(range.begin, token.begin);
      range.end = std::max(range.end, token.end);
    }
  }
  return words;
}

/// For each word where its first token stands, and how far that is from what
/// its window does not show.
struct Place {
  int64_t window = -1, column = 0, distance = -1;
};

void placeWords(const text::Encoding &encoding, int64_t window, bool isLast,
                const std::vector<ByteRange> &words,
                std::vector<Place> &places) {
  constexpr int64_t far = std::numeric_limits<int32_t>::max();
  std::vector<int64_t> tokens; // of the text
  for (size_t i = 0; i < encoding.ids.size(); ++i)
    if (encoding.sequenceIds[i] == 0)
      tokens.push_back(static_cast<int64_t>(i));
  const int64_t count = static_cast<int64_t>(tokens.size());
  if (count == 0)
    return;
  // The text may have many windows: none walks over the words before it.
  const size_t begin = encoding.offsets[tokens[0]].begin;
  size_t word = std::partition_point(words.begin(), words.end(),
                                     [&](const ByteRange &range) {
                                       return range.end <= begin;
                                     }) -
                words.begin();
  for (int64_t i = 0; i < count; ++i) {
    const text::Offsets token = encoding.offsets[tokens[i]];
    while (word < words.size() && words[word].end <= token.begin)
      ++word;
    // A token may stand for several words.
    for (size_t w = word; w < words.size() && words[w].begin < token.end; ++w) {
      const int64_t left = window == 0 ? far : i;
      const int64_t right = isLast ? far : count - 1 - i;
      const int64_t distance = std::min(left, right);
      Place &place = places[w];
      if (place.window == window || distance <= place.distance)
        continue;
      place = {window, tokens[i], distance};
    }
  }
}

} // namespace

ByteRange bertc::run::trimmed(std::string_view text, ByteRange range) {
  while (range.begin < range.end) {
    const text::DecodedChar next = text::decodeUtf8(text, range.begin);
    if (!text::isWhitespace(next.code))
      break;
    range.begin += next.length;
  }
  while (range.begin < range.end) {
    size_t last = range.end - 1;
    while (last > range.begin && (text[last] & 0xc0) == 0x80)
      --last; // a byte within a character
    const text::DecodedChar one = text::decodeUtf8(text, last);
    if (last + one.length != range.end || !text::isWhitespace(one.code))
      break;
    range.end = last;
  }
  return range;
}

std::vector<WordSpan>
bertc::run::entitySpans(const std::vector<std::string> &labels) {
  std::vector<WordSpan> spans;
  bool open = false; // whether the last span may go on
  for (size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] == "O") {
      open = false;
      continue;
    }
    const Tag tag = tagOf(labels[i]);
    const bool starts =
        tag.prefix == 'B' || tag.prefix == 'S' || tag.prefix == 'U';
    if (open && !starts && spans.back().type == tag.type)
      spans.back().last = i;
    else
      spans.push_back({i, i, std::string(tag.type)});
    open = tag.prefix == 'B' || tag.prefix == 'I';
  }
  return spans;
}

text::Result<std::vector<text::Encoding>>
TokenClassification::encode(const text::Tokenizer &tokenizer,
                            const Example &example, int64_t most) const {
  if (example.pair)
    return text::Failure{"token-classification takes no pairs"};
  text::EncodeOptions options;
  options.maxLength = most;
  text::EncodeOptions none = options;
  none.truncation = text::Truncation::None;
  text::Result<text::Encoding> empty = tokenizer.encode("", none);
  if (!empty)
    return text::Failure{empty.error()};
  const int64_t room = most - static_cast<int64_t>(empty->ids.size());
  options.stride = std::max<int64_t>(room, 0) / 4;
  return tokenizer.encodeWindows(example.text, options);
}

std::vector<WordLabel>
TokenClassification::labelsOf(const Answered &answered,
                              const std::vector<ByteRange> &words) const {
  std::vector<Place> places(words.size());
  for (int64_t window = 0; window < answered.count; ++window)
    placeWords(answered.encodings[window], window, window + 1 == answered.count,
               words, places);
  std::vector<WordLabel> result(words.size());
  const Output *logits = answered.find("logits");
  for (size_t i = 0; i < words.size(); ++i) {
    result[i].word = words[i];
    if (places[i].window < 0 || !logits)
      continue;
    const std::vector<double> scores =
        softmax(answered.row(*logits, places[i].window, places[i].column),
                static_cast<int64_t>(labels.size()));
    const int64_t best = largest(scores, 1)[0];
    result[i].label = labels[best];
    result[i].score = scores[best];
  }
  return result;
}

std::vector<TokenClassification::Entity>
TokenClassification::entitiesOf(const Answered &answered) const {
  const std::vector<WordLabel> words = labelsOf(answered, wordsOf(answered));
  std::vector<std::string> tags;
  tags.reserve(words.size());
  for (const WordLabel &word : words)
    tags.push_back(word.label);
  std::vector<Entity> entities;
  for (const WordSpan &span : entitySpans(tags)) {
    const ByteRange bytes =
        trimmed(answered.example->text,
                {words[span.first].word.begin, words[span.last].word.end});
    // Of blanks alone, which byte-level tokenizers have tokens for, nothing is
    // left to name.
    if (bytes.begin == bytes.end)
      continue;
    double sum = 0;
    for (size_t i = span.first; i <= span.last; ++i)
      sum += words[i].score;
    entities.push_back(
        {bytes, span.type, sum / double(span.last - span.first + 1)});
  }
  return entities;
}

void TokenClassification::add(const Answered &answered,
                              JsonObject &object) const {
  if (!answered.example)
    return;
  const std::string_view text = answered.example->text;
  Characters characters(text);
  JsonArray list;
  for (const Entity &entity : entitiesOf(answered)) {
    const ByteRange bytes = entity.bytes;
    JsonObject item;
    item.text("text", text.substr(bytes.begin, bytes.end - bytes.begin));
    item.text("label", entity.type).number("score", entity.score);
    item.integer("start", characters.before(bytes.begin));
    item.integer("end", characters.before(bytes.end));
    list.raw(item.str());
  }
  object.raw("entities", list.str());
}

std::string TokenClassification::text(const Answered &answered) const {
  std::string line;
  for (const Entity &entity : entitiesOf(answered))
    line += (line.empty() ? "" : "\t") +
            answered.example->text.substr(
                entity.bytes.begin, entity.bytes.end - entity.bytes.begin) +
            " (" + entity.type + " " + numberText(entity.score) + ")";
  return line;
}
