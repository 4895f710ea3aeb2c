//===- FingerprintTest.cpp ------------------------------------------------===//

#include "runtime/train/Fingerprint.h"
#include "test/unit/train/TestSupport.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

using namespace bertc::train;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

namespace {

TEST(FingerprintTest, tellsBytesApart) {
  std::set<std::string> seen;
  std::string bytes(100, 'x');
  seen.insert(fingerprint(bytes));
  for (char &c : bytes) {
    c ^= 1;
    seen.insert(fingerprint(bytes));
    c ^= 1;
  }
  // Zeros at the end count as well.
  for (size_t length = 0; length < 40; ++length)
    seen.insert(fingerprint(std::string(length, '\0')));
  EXPECT_EQ(seen.size(), 141u);
  EXPECT_EQ(fingerprint(bytes), fingerprint(std::string(100, 'x')));
  EXPECT_THAT(fingerprint(bytes), MatchesRegex("[0-9a-f]{16}"));
}

TEST(FingerprintTest, isThatOfAFile) {
  const bertc::test::Folder folder;
  const std::string bytes("a\0b\n", 4);
  EXPECT_EQ(*fingerprintOfFile(folder.write("a", bytes)), fingerprint(bytes));
  EXPECT_EQ(*fingerprintOfFile(folder.write("none", "")), fingerprint(""));
  EXPECT_THAT(fingerprintOfFile(folder.file("absent")).error(),
              HasSubstr("absent: cannot open"));
}

TEST(FingerprintTest, differencesAreNamed) {
  EXPECT_EQ(describeDifference(R"({"seed": 1, "rate": 5e-5})",
                               R"({"rate": 0.00005, "seed": 1.0})"),
            "");
  EXPECT_EQ(describeDifference(
                R"({"seed": 1, "data": {"train": "3f", "dev": "77"}})",
                R"({"seed": 2, "data": {"train": "a0", "dev": "77"}})"),
            R"(data.train was "3f" and is "a0", seed was 1 and is 2)");
  EXPECT_EQ(describeDifference(R"({"seed": 1})", R"({"freeze": ["a"]})"),
            R"(freeze was absent and is ["a"], seed was 1 and is absent)");
  EXPECT_EQ(describeDifference(R"({"data": {"a": 1}})", R"({"data": null})"),
            R"(data was {"a":1} and is null)");
  EXPECT_EQ(describeDifference(R"({"a": [1, 2]})", R"({"a": [2, 1]})"),
            "a was [1,2] and is [2,1]");
}

TEST(FingerprintTest, differencesFillOneLine) {
  EXPECT_EQ(describeDifference(R"({"a": 1, "b": 1, "c": 1, "d": 1, "e": 1})",
                               R"({"a": 2, "b": 2, "c": 2, "d": 2, "e": 2})"),
            "a was 1 and is 2, b was 1 and is 2, c was 1 and is 2 and 2 more");
  const std::string line = describeDifference(
      "{\"a\\n\": \"" + std::string(1000, 'x') + "\"}", "{\"a\\n\": \"\\n\"}");
  EXPECT_THAT(line, HasSubstr("xxx... and is"));
  EXPECT_THAT(line, Not(HasSubstr("\n")));
  EXPECT_LT(line.size(), 120u);
}

TEST(FingerprintTest, whatIsNoObjectDiffers) {
  EXPECT_EQ(describeDifference("{", "{}"), "one of them is no JSON object");
  EXPECT_EQ(describeDifference("{}", "[]"), "one of them is no JSON object");
}

} // namespace
