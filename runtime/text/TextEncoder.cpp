//===- TextEncoder.cpp - one text into tokens -----------------------------===//

#include "runtime/text/TextEncoder.h"

#include "runtime/text/ByteLevel.h"
#include "runtime/text/Unicode.h"
#include "runtime/text/Utf8.h"

#include <algorithm>
#include <array>

using namespace bertc::text;

/// What a byte-level vocabulary shows for a space.
static constexpr char32_t shownSpace = 0x120;

static bool isTrimmed(char32_t code) {
  return code == shownSpace || isWhitespace(code);
}

/// As process_offsets counts them (pre_tokenizers/byte_level.rs).
static Tokens::Spaces spacesOf(std::string_view token) {
  Tokens::Spaces spaces;
  for (size_t at = 0; at < token.size(); ++spaces.front) {
    DecodedChar next = nextChar(token, at);
    if (!isTrimmed(next.code))
      break;
    at += next.length;
  }
  for (size_t at = token.size(); at > 0; ++spaces.back) {
    at = previousChar(token, at);
    if (!isTrimmed(nextChar(token, at).code))
      break;
  }
  return spaces;
}

Tokens TextEncoder::run(std::string_view text, size_t most) {
  limit = most;
  tokens = {};
  word = 0;
  done = false;
  for (const AddedSplit &outer : parts.rawTokens.split(text)) {
    if (done)
      break;
    std::string_view bytes = text.substr(outer.begin, outer.end - outer.begin);
    if (outer.id >= 0) {
      addToken(outer,
               {static_cast<uint32_t>(outer.begin),
                static_cast<uint32_t>(outer.end)},
               bytes);
      continue;
    }
    aligned.reset(text, outer.begin, outer.end);
    parts.normalizer.apply(aligned);
    for (const AddedSplit &inner :
         parts.normalizedTokens.split(aligned.text())) {
      if (done)
        break;
      if (inner.id >= 0)
        addToken(inner, aligned.origin(inner.begin, inner.end),
                 aligned.text().substr(inner.begin, inner.end - inner.begin));
      else if (parts.settings.splitter.kind == Splitter::Bert)
        splitBert(inner.begin, inner.end);
      else if (parts.settings.splitter.kind == Splitter::ByteLevel)
        splitByteLevel(inner.begin, inner.end);
      else
        splitMetaspace(inner.begin, inner.end);
    }
  }
  return std::move(tokens);
}

void TextEncoder::addToken(const AddedSplit &split, Offsets offsets,
                           std::string_view bytes) {
  tokens.ids.push_back(split.id);
  tokens.words.push_back(word++);
  tokens.offsets.push_back(offsets);
  if (parts.settings.trimOffsets)
    tokens.spaces.push_back(spacesOf(bytes));
}

void TextEncoder::addWord(const Word &given) {
  if (given.bytes.empty() || done)
    return;
  if (given.bytes.size() > parts.model.longestWord()) {
    longestRefused = std::max(longestRefused, given.bytes.size());
    done = true;
    return;
  }
  pieces.clear();
  words->append(given.bytes, pieces);
  // A piece that ends in the prefix stands for the character behind it, where
  // the prefix stands for none of its own.
  auto place = [&](uint32_t at) {
    return at < given.prefix
               ? given.begin
               : given.begin + given.covered + (at - given.prefix);
  };
  for (const Piece &piece : pieces) {
    tokens.ids.push_back(piece.id);
    tokens.words.push_back(word);
    size_t begin = place(piece.begin);
    size_t end = piece.end <= given.prefix ? given.begin + 1 : place(piece.end);
    tokens.offsets.push_back(aligned.origin(begin, std::max(end, begin + 1)));
    if (parts.settings.trimOffsets)
      tokens.spaces.push_back(spacesOf(parts.model.vocabulary.token(piece.id)));
  }
  ++word;
  done = tokens.ids.size() >= limit;
}

void TextEncoder::addPart(size_t begin, size_t end) {
  addWord({aligned.text().substr(begin, end - begin), begin});
}

void TextEncoder::addPrefixed(std::string_view prefix, size_t begin,
                              uint32_t covered, size_t end) {
  size_t rest = begin + covered;
  buffer.assign(prefix);
  buffer += aligned.text().substr(rest, end - rest);
  addWord({buffer, begin, static_cast<uint32_t>(prefix.size()), covered});
}

bool TextEncoder::wantsPrefix(size_t begin) const {
  switch (parts.settings.splitter.prefix) {
  case Splitter::Always:
    return true;
  case Splitter::First:
    return aligned.origin(begin, begin + 1).begin == 0;
  case Splitter::Never:
    return false;
  }
  return false;
}

/// What BERT's splitter does with a character of ASCII.
enum class Part : uint8_t { Inside, Space, Alone };

static const std::array<Part, 128> &asciiParts() {
  static const std::array<Part, 128> table = [] {
    std::array<Part, 128> result;
    for (char32_t code = 0; code < 128; ++code)
      result[code] = isWhitespace(code)    ? Part::Space
                     : isPunctuation(code) ? Part::Alone
                                           : Part::Inside;
    return result;
  }();
  return table;
}

/// White space separates words; each punctuation character is a word
/// (pre_tokenizers/bert.rs).
void TextEncoder::splitBert(size_t begin, size_t end) {
  std::string_view text = aligned.text();
  const std::array<Part, 128> &table = asciiParts();
  size_t start = begin;
  for (size_t at = begin; at < end && !done;) {
    uint32_t length = 1;
    Part part;
    if (!(text[at] & 0x80)) {
      part = table[static_cast<unsigned char>(text[at])];
    } else {
      DecodedChar next = nextChar(text, at);
      length = next.length;
      part = isWhitespace(next.code)    ? Part::Space
             : isPunctuation(next.code) ? Part::Alone
                                        : Part::Inside;
    }
    if (part != Part::Inside) {
      addPart(start, at);
      if (part == Part::Alone)
        addPart(at, at + length);
      start = at + length;
    }
    at += length;
  }
  addPart(start, end);
}

void TextEncoder::splitByteLevel(size_t begin, size_t end) {
  std::string_view text = aligned.text().substr(0, end);
  bool prefixed = text[begin] != ' ' && wantsPrefix(begin);
  const bool split = parts.settings.splitter.split;
  for (size_t at = begin; (at < end || prefixed) && !done;) {
    size_t next = split ? byteLevelWordEnd(text, at, prefixed) : end;
    if (prefixed)
      addPrefixed(" ", at, 0, next);
    else
      addPart(at, next);
    prefixed = false;
    at = next;
  }
}

/// WhitespaceSplit, then Metaspace (pre_tokenizers/{whitespace,metaspace}.rs).
void TextEncoder::splitMetaspace(size_t begin, size_t end) {
  if (!parts.settings.splitter.dropWhitespace)
    return splitAtReplacement(begin, end);
  std::string_view text = aligned.text();
  size_t start = begin;
  for (size_t at = begin; at < end && !done;) {
    DecodedChar next = nextChar(text, at);
    if (isWhitespace(next.code)) {
      splitAtReplacement(start, at);
      start = at + next.length;
    }
    at += next.length;
  }
  splitAtReplacement(start, end);
}

void TextEncoder::splitAtReplacement(size_t begin, size_t end) {
  if (begin >= end)
    return;
  std::string_view mark = parts.settings.splitter.replacement;
  std::string_view text = aligned.text().substr(0, end);
  auto marked = [&](size_t at) {
    return text[at] == ' ' ||
           (text[at] == mark[0] && text.substr(at, mark.size()) == mark);
  };
  bool prefixed = !marked(begin) && wantsPrefix(begin);
  for (size_t at = begin; at < end && !done;) {
    size_t next = at + 1;
    while (next < end && !marked(next))
      ++next;
    if (text[at] == ' ')
      addPrefixed(mark, at, 1, next);
    else if (prefixed)
      addPrefixed(mark, at, 0, next);
    else
      addPart(at, next);
    prefixed = false;
    at = next;
  }
}
