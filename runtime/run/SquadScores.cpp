//===- SquadScores.cpp - exact match and F1 -------------------------------===//

#include "runtime/run/Characters.h"
#include "runtime/run/JsonText.h"
#include "runtime/run/Squad.h"
#include "runtime/text/Unicode.h"
#include "runtime/text/Utf8.h"

#include <algorithm>
#include <map>
#include <string_view>

using namespace bertc;
using namespace bertc::run;

namespace {

/// Python's string.punctuation.
bool isAsciiPunctuation(char32_t code) {
  return code < 0x80 &&
         std::string_view("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
                 .find(static_cast<char>(code)) != std::string_view::npos;
}

/// Python's \w; the underscore is punctuation and gone.
bool isWord(char32_t code) {
  return text::isLetter(code) || text::isNumber(code);
}

/// The words that count: normalize_answer() and split() of the script.
std::vector<std::string> wordsOf(const std::string &answer) {
  const std::string lower = lowerCase(answer);
  std::string kept;
  for (size_t at = 0; at < lower.size();) {
    const text::DecodedChar next = text::decodeUtf8(lower, at);
    if (!isAsciiPunctuation(next.code))
      kept.append(lower, at, next.length);
    at += next.length;
  }
  // Runs of \w that are articles become a space.
  std::string spaced;
  for (size_t at = 0; at < kept.size();) {
    size_t end = at;
    while (end < kept.size() && isWord(text::decodeUtf8(kept, end).code))
      end += text::decodeUtf8(kept, end).length;
    if (end == at) {
      end += text::decodeUtf8(kept, at).length;
      spaced.append(kept, at, end - at);
    } else {
      const std::string_view run(kept.data() + at, end - at);
      if (run == "a" || run == "an" || run == "the")
        spaced += ' ';
      else
        spaced += run;
    }
    at = end;
  }
  std::vector<std::string> words(1);
  for (size_t at = 0; at < spaced.size();) {
    const text::DecodedChar next = text::decodeUtf8(spaced, at);
    if (!text::isWhitespace(next.code))
      words.back().append(spaced, at, next.length);
    else if (!words.back().empty())
      words.emplace_back();
    at += next.length;
  }
  if (words.back().empty())
    words.pop_back();
  return words;
}

SquadScore compare(const std::vector<std::string> &given,
                   const std::vector<std::string> &right) {
  const double exact = given == right;
  if (given.empty() || right.empty())
    return {exact, exact};
  std::map<std::string_view, int64_t> counts;
  for (const std::string &word : right)
    ++counts[word];
  double common = 0;
  for (const std::string &word : given)
    if (counts[word]-- > 0)
      ++common;
  if (common == 0)
    return {exact, 0};
  const double precision = common / double(given.size());
  const double recall = common / double(right.size());
  return {exact, 2 * precision * recall / (precision + recall)};
}

} // namespace

SquadScore bertc::run::scoreAnswer(const std::string &answer,
                                   const std::vector<std::string> &right) {
  const std::vector<std::string> given = wordsOf(answer);
  SquadScore best;
  bool any = false;
  auto consider = [&](const std::vector<std::string> &words) {
    const SquadScore score = compare(given, words);
    best.exact = std::max(best.exact, score.exact);
    best.f1 = std::max(best.f1, score.f1);
    any = true;
  };
  for (const std::string &text : right)
    if (const std::vector<std::string> words = wordsOf(text); !words.empty())
      consider(words);
  if (!any)
    consider({});
  return best;
}

void SquadScores::add(const std::string &answer,
                      const std::vector<std::string> &right) {
  const SquadScore score = scoreAnswer(answer, right);
  Sum &sum = right.empty() ? unanswerable : answerable;
  sum.score.exact += score.exact;
  sum.score.f1 += score.f1;
  ++sum.count;
}

std::string SquadScores::json() const {
  const double total = answerable.count + unanswerable.count;
  JsonObject object;
  auto part = [&](const std::string &prefix, const SquadScore &score,
                  double count) {
    object.number(prefix + "exact", 100 * score.exact / count)
        .number(prefix + "f1", 100 * score.f1 / count)
        .integer(prefix + "total", static_cast<long long>(count));
  };
  part("",
       {answerable.score.exact + unanswerable.score.exact,
        answerable.score.f1 + unanswerable.score.f1},
       total);
  if (answerable.count > 0)
    part("HasAns_", answerable.score, answerable.count);
  if (unanswerable.count > 0)
    part("NoAns_", unanswerable.score, unanswerable.count);
  return object.str();
}
