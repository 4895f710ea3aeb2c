//===- EntitiesTest.cpp - notations of labels -----------------------------===//

#include "runtime/run/Characters.h"
#include "runtime/run/TokenClassification.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace bertc::run;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

namespace {

WordSpan span(size_t first, size_t last, const char *type) {
  return {first, last, type};
}

TEST(EntitiesTest, readsBio) {
  EXPECT_THAT(entitySpans({"O", "B-PER", "I-PER", "O", "I-LOC"}),
              ElementsAre(span(1, 2, "PER"), span(4, 4, "LOC")));
  EXPECT_THAT(
      entitySpans({"B-PER", "B-PER", "I-LOC"}),
      ElementsAre(span(0, 0, "PER"), span(1, 1, "PER"), span(2, 2, "LOC")));
  EXPECT_THAT(entitySpans({}), IsEmpty());
  EXPECT_THAT(entitySpans({"O", "O"}), IsEmpty());
}

TEST(EntitiesTest, readsBioesAndBilou) {
  EXPECT_THAT(entitySpans({"S-PER", "I-PER", "B-LOC", "E-LOC", "E-LOC"}),
              ElementsAre(span(0, 0, "PER"), span(1, 1, "PER"),
                          span(2, 3, "LOC"), span(4, 4, "LOC")));
  EXPECT_THAT(entitySpans({"B-PER", "I-PER", "L-PER", "U-PER"}),
              ElementsAre(span(0, 2, "PER"), span(3, 3, "PER")));
}

TEST(EntitiesTest, readsLabelsWithoutNotation) {
  EXPECT_THAT(entitySpans({"NOUN", "NOUN", "X-RAY", "O"}),
              ElementsAre(span(0, 1, "NOUN"), span(2, 2, "X-RAY")));
}

TEST(EntitiesTest, loseWhiteSpaceAtTheirEnds) {
  const std::string text = " \xc2\xa0"
                           "Anna Lee\xe2\x80\x83\t\xc3\xa9";
  auto cut = [&](size_t begin, size_t end) {
    const ByteRange range = trimmed(text, {begin, end});
    return text.substr(range.begin, range.end - range.begin);
  };
  EXPECT_EQ(cut(0, 15), "Anna Lee");
  EXPECT_EQ(cut(0, 17), "Anna Lee\xe2\x80\x83\t\xc3\xa9");
  EXPECT_EQ(cut(3, 11), "Anna Lee");
  EXPECT_EQ(cut(11, 15), "");
  EXPECT_EQ(cut(4, 4), "");
  const std::string broken = "Anna \x80"; // a byte of no character is text
  EXPECT_EQ(trimmed(broken, {0, 6}).end, 6u);
}

TEST(EntitiesTest, countsCharacters) {
  const std::string text = "\xc3\x84n \xff\xe2\x82\xac!";
  Characters characters(text);
  EXPECT_EQ(characters.before(0), 0);
  EXPECT_EQ(characters.before(2), 1);
  EXPECT_EQ(characters.before(4), 3);
  EXPECT_EQ(characters.before(5), 4); // the broken byte is one
  EXPECT_EQ(characters.before(8), 5);
  EXPECT_EQ(characters.before(2), 1); // backwards too
  EXPECT_EQ(characters.before(100), 6);
}

TEST(EntitiesTest, lowersCase) {
  EXPECT_EQ(lowerCase("\xc3\x84\x41 \xc4\xb0"), "\xc3\xa4\x61 i\xcc\x87");
}

} // namespace
