//===- LabelledTextsTest.cpp ----------------------------------------------===//

#include "runtime/train/LabelledTexts.h"
#include "test/unit/train/TestSupport.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace bertc::train;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

namespace {

class LabelledTextsTest : public testing::Test {
protected:
  LabelledTextsTest() {
    options.text = "text";
    options.label = "label";
  }

  /// Of a file with two columns, "label" and "text".
  LabelledTexts read(const std::string &lines) const {
    Result<LabelledTexts> texts = readLabelledTexts(
        folder.write("a.tsv", "label\ttext\n" + lines), options);
    EXPECT_TRUE(texts) << texts.error();
    return texts ? *texts : LabelledTexts();
  }

  void refuses(const std::string &lines, const std::string &message) const {
    const std::string path = folder.write("a.tsv", "label\ttext\n" + lines);
    const Result<LabelledTexts> texts = readLabelledTexts(path, options);
    ASSERT_FALSE(texts) << message;
    EXPECT_EQ(texts.error(), path + ": " + message);
    EXPECT_THAT(texts.error(), Not(HasSubstr("\n")));
  }

  static std::vector<int32_t> labels(const LabelledTexts &texts) {
    std::vector<int32_t> all;
    for (const LabelledText &example : texts.examples)
      all.push_back(example.label);
    return all;
  }

  LabelledTextOptions options;
  bertc::test::Folder folder;
};

TEST_F(LabelledTextsTest, collectsClasses) {
  const LabelledTexts texts = read("spam\tbuy\nham\thello\nspam\tnow\n");
  EXPECT_THAT(texts.classes, ElementsAre("ham", "spam"));
  EXPECT_THAT(labels(texts), ElementsAre(1, 0, 1));
  EXPECT_EQ(texts.examples[1].text, "hello");
  EXPECT_EQ(texts.examples[1].line, 3);
  EXPECT_FALSE(texts.examples[1].pair);
}

TEST_F(LabelledTextsTest, sortsWholeNumbersBySize) {
  const LabelledTexts texts = read("10\ta\n2\tb\n-1\tc\n10\td\n");
  EXPECT_THAT(texts.classes, ElementsAre("-1", "2", "10"));
  EXPECT_THAT(labels(texts), ElementsAre(2, 1, 0, 2));
  // One that is none makes all of them names; "02" is not the class "2".
  EXPECT_THAT(read("10\ta\n2\tb\nx\tc\n").classes, ElementsAre("10", "2", "x"));
  EXPECT_THAT(read("10\ta\n2\tb\n02\tc\n").classes,
              ElementsAre("02", "10", "2"));
}

TEST_F(LabelledTextsTest, takesTheModelsClasses) {
  options.classes = {"positive", "negative"};
  const LabelledTexts texts = read("negative\ta\npositive\tb\n");
  EXPECT_THAT(texts.classes, ElementsAre("positive", "negative"));
  EXPECT_THAT(labels(texts), ElementsAre(1, 0));
  // Ids stand for them, and one class may be all there is.
  EXPECT_THAT(labels(read("1\ta\n")), ElementsAre(1));
  // Not where names are numbers too: "0" may be a class that was forgotten.
  options.classes = {"1", "2", "many"};
  EXPECT_THAT(labels(read("1\ta\n2\tb\nmany\tc\n")), ElementsAre(0, 1, 2));
  refuses("2\ta\n0\tb\n", "line 3: the label \"0\" is none of the classes "
                          "\"1\", \"2\", \"many\"");
}

TEST_F(LabelledTextsTest, refusesLabelsThatTheModelHasNot) {
  options.classes = {"no", "yes"};
  const std::string end = " is none of the classes \"no\", \"yes\"";
  refuses("yes\ta\n\nYes\tb\n", "line 4: the label \"Yes\"" + end);
  refuses("2\ta\n", "line 2: the label \"2\"" + end);
  refuses("-1\ta\n", "line 2: the label \"-1\"" + end);
  refuses("01\ta\n", "line 2: the label \"01\"" + end);
  refuses("1.0\ta\n", "line 2: the label \"1.0\"" + end);
  refuses("yes \ta\n", "line 2: the label \"yes \"" + end);
}

TEST_F(LabelledTextsTest, refusesWhatCannotBeLearnt) {
  refuses("1\ta\n1\tb\n",
          "all labels are \"1\": there is nothing to tell apart");
  options.classes = {"no", "yes", "no"};
  const std::string path = folder.write("a.tsv", "label\ttext\nyes\ta\n");
  EXPECT_EQ(readLabelledTexts(path, options).error(),
            "the model has two classes \"no\"");
}

TEST_F(LabelledTextsTest, readsNumbers) {
  options.kind = LabelKind::numbers;
  const LabelledTexts texts = read("4.25\ta\n-3\tb\n1e-3\tc\n0\td\n");
  std::vector<float> values;
  for (const LabelledText &example : texts.examples)
    values.push_back(example.value);
  EXPECT_THAT(values, ElementsAre(4.25f, -3, 1e-3f, 0));
  EXPECT_THAT(texts.classes, IsEmpty());
}

TEST_F(LabelledTextsTest, refusesWhatIsNoFiniteNumber) {
  options.kind = LabelKind::numbers;
  for (const std::string label :
       {"nan", "inf", "-inf", "1e39", "x", "1,5", "0x10", "1 ", " 1", "1.5.2"})
    refuses("1\ta\n" + label + "\tb\n",
            "line 3: the label \"" + label + "\" is not a finite number");
}

TEST_F(LabelledTextsTest, passesUnlabelledLinesWhenTold) {
  const std::string lines = "\ta\n1\tb\n\tc\n0\td\n";
  refuses(lines, "line 2: the label is empty");
  options.passesUnlabelled = true;
  const LabelledTexts texts = read(lines);
  EXPECT_THAT(texts.classes, ElementsAre("0", "1"));
  EXPECT_THAT(labels(texts), ElementsAre(1, 0));
  EXPECT_EQ(texts.examples[1].line, 5);
  EXPECT_EQ(texts.unlabelled, 2);
  refuses("\ta\n\tb\n", "all labels are empty");
}

TEST_F(LabelledTextsTest, readsPairs) {
  options.text = "2";
  options.pair = "3";
  options.label = "1";
  options.kind = LabelKind::numbers;
  const Result<LabelledTexts> texts = readLabelledTexts(
      folder.write("b.tsv", "5\ta cat\ta dog\n2\tx\t\n"), options);
  ASSERT_TRUE(texts) << texts.error();
  EXPECT_EQ(texts->examples[0].text, "a cat");
  EXPECT_EQ(texts->examples[0].pair, "a dog");
  EXPECT_EQ(texts->examples[1].pair, "");
}

TEST_F(LabelledTextsTest, readsJson) {
  const Result<LabelledTexts> texts = readLabelledTexts(
      folder.write("b.jsonl", "{\"text\": \"a\", \"label\": 1}\n"
                              "{\"text\": \"b\", \"label\": 0}\n"),
      options);
  ASSERT_TRUE(texts) << texts.error();
  EXPECT_THAT(texts->classes, ElementsAre("0", "1"));
  EXPECT_THAT(labels(*texts), ElementsAre(1, 0));
}

TEST_F(LabelledTextsTest, refusesWhatTheTableRefuses) {
  options.pair = "second";
  refuses("1\ta\n",
          "line 1: no column \"second\", there are: \"label\", \"text\"");
}

} // namespace
