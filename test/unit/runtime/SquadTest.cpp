//===- SquadTest.cpp ------------------------------------------------------===//
//
// Expected numbers follow the definitions of the official script,
// evaluate-v2.0.py, by hand.
//
//===----------------------------------------------------------------------===//

#include "runtime/run/Squad.h"

#include <gtest/gtest.h>

using namespace bertc::run;

namespace {

void expectScore(const std::string &answer,
                 const std::vector<std::string> &right, double exact,
                 double f1) {
  const SquadScore score = scoreAnswer(answer, right);
  EXPECT_DOUBLE_EQ(score.exact, exact) << answer;
  EXPECT_DOUBLE_EQ(score.f1, f1) << answer;
}

TEST(SquadTest, comparesWords) {
  expectScore("Normandy", {"Normandy"}, 1, 1);
  expectScore("the  NORMANDY!", {"Normandy"}, 1, 1);
  expectScore("in Normandy", {"Normandy"}, 0, 2.0 / 3);
  expectScore("France", {"Normandy"}, 0, 0);
  // A word counts as often as it is there.
  expectScore("one one two", {"one two two"}, 0, 2.0 / 3);
}

TEST(SquadTest, takesTheBestOfTheRightAnswers) {
  expectScore("10th", {"10th century", "the 10th"}, 1, 1);
}

TEST(SquadTest, knowsThatThereIsNoAnswer) {
  expectScore("", {}, 1, 1);
  expectScore("France", {}, 0, 0);
  expectScore("", {"France"}, 0, 0);
  // An article alone is no right answer, so none is right.
  expectScore("", {"the"}, 1, 1);
}

TEST(SquadTest, articlesAreWholeWords) {
  expectScore("theatre", {"atre"}, 0, 0);
  expectScore("banana", {"bnn"}, 0, 0);
  // Punctuation goes before articles do: "a-b" is the word "ab".
  expectScore("a-b", {"ab"}, 1, 1);
  // \b ends a word at a space that is not ASCII.
  expectScore("an\xc2\xa0"
              "apple",
              {"apple"}, 1, 1);
}

TEST(SquadTest, sumsUp) {
  SquadScores scores;
  scores.add("France", {"France"});
  scores.add("in France", {"France"});
  scores.add("", {});
  EXPECT_EQ(scores.json(),
            "{\"exact\": 66.6667, \"f1\": 88.8889, \"total\": 3, "
            "\"HasAns_exact\": 50, \"HasAns_f1\": 83.3333, "
            "\"HasAns_total\": 2, \"NoAns_exact\": 100, \"NoAns_f1\": 100, "
            "\"NoAns_total\": 1}");
}

} // namespace
