//===- AddedTokens.cpp - tokens that are found before words are cut -------===//

#include "runtime/text/AddedTokens.h"

#include "runtime/text/Unicode.h"
#include "runtime/text/Utf8.h"

#include <algorithm>

using namespace bertc::text;

static unsigned firstByte(const AddedToken &token) {
  return static_cast<unsigned char>(token.content[0]);
}

/// Where the character before `at` begins.
static size_t previous(std::string_view text, size_t at) {
  size_t begin = at - 1;
  while (begin > 0 && at - begin < 4 && !startsCharacter(text[begin]))
    --begin;
  return begin;
}

static size_t skipSpaceLeft(std::string_view text, size_t at, size_t limit) {
  while (at > limit) {
    size_t before = previous(text, at);
    if (!isWhitespace(decodeUtf8(text, before).code))
      break;
    at = before;
  }
  return std::max(at, limit);
}

static size_t skipSpaceRight(std::string_view text, size_t at) {
  while (at < text.size()) {
    DecodedChar next = decodeUtf8(text, at);
    if (!isWhitespace(next.code))
      break;
    at += next.length;
  }
  return at;
}

static bool standsAlone(std::string_view text, size_t begin, size_t end) {
  if (begin > 0 &&
      isWordCharacter(decodeUtf8(text, previous(text, begin)).code))
    return false;
  return end >= text.size() || !isWordCharacter(decodeUtf8(text, end).code);
}

AddedTokenMatcher::AddedTokenMatcher(const std::vector<AddedToken> &all,
                                     bool normalized) {
  for (const AddedToken &token : all)
    if (!token.content.empty() && token.normalized == normalized)
      tokens.push_back(token);
  std::sort(tokens.begin(), tokens.end(),
            [](const AddedToken &a, const AddedToken &b) {
              if (firstByte(a) != firstByte(b))
                return firstByte(a) < firstByte(b);
              if (a.content.size() != b.content.size())
                return a.content.size() > b.content.size();
              return a.content < b.content;
            });
  for (const AddedToken &token : tokens)
    ++firsts[firstByte(token) + 1];
  for (size_t i = 1; i < firsts.size(); ++i)
    firsts[i] += firsts[i - 1];
}

const AddedToken *AddedTokenMatcher::longestAt(std::string_view text,
                                               size_t at) const {
  unsigned byte = static_cast<unsigned char>(text[at]);
  for (uint32_t i = firsts[byte]; i < firsts[byte + 1]; ++i)
    if (text.compare(at, tokens[i].content.size(), tokens[i].content) == 0)
      return &tokens[i];
  return nullptr;
}

std::vector<AddedSplit> AddedTokenMatcher::split(std::string_view text) const {
  std::vector<AddedSplit> pieces;
  size_t done = 0;
  for (size_t at = 0; at < text.size() && !tokens.empty();) {
    const AddedToken *token = longestAt(text, at);
    if (!token) {
      ++at;
      continue;
    }
    size_t begin = at, end = at + token->content.size();
    at = end; // also when the match is dropped below, as the crate does
    if (token->singleWord && !standsAlone(text, begin, end))
      continue;
    if (token->stripLeft)
      begin = skipSpaceLeft(text, begin, done);
    if (token->stripRight)
      end = skipSpaceRight(text, end);
    begin = std::max(begin, done);
    if (begin > done)
      pieces.push_back({done, begin, -1});
    if (end > begin)
      pieces.push_back({begin, end, token->id});
    done = std::max(done, end);
  }
  if (done < text.size())
    pieces.push_back({done, text.size(), -1});
  return pieces;
}
