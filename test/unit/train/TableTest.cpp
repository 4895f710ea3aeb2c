//===- TableTest.cpp ------------------------------------------------------===//

#include "runtime/train/Table.h"
#include "test/unit/train/TestSupport.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace bertc::train;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

namespace {

using Cells = std::vector<std::string>;
using Columns = std::vector<std::string>;

class TableTest : public testing::Test {
protected:
  std::vector<Cells> cells(const std::string &name, const std::string &bytes,
                           const Columns &columns,
                           const TableOptions &options = {}) const {
    const Result<Table> table =
        readTable(folder.write(name, bytes), columns, options);
    EXPECT_TRUE(table) << table.error();
    std::vector<Cells> all;
    if (table)
      for (const TableRow &row : table->rows)
        all.push_back(row.cells);
    return all;
  }

  std::vector<int64_t> lines(const std::string &name, const std::string &bytes,
                             const Columns &columns) const {
    const Result<Table> table = readTable(folder.write(name, bytes), columns);
    EXPECT_TRUE(table) << table.error();
    std::vector<int64_t> all;
    if (table)
      for (const TableRow &row : table->rows)
        all.push_back(row.line);
    return all;
  }

  void refuses(const std::string &name, const std::string &bytes,
               const Columns &columns, const std::string &message,
               const TableOptions &options = {}) const {
    const std::string path = folder.write(name, bytes);
    const Result<Table> table = readTable(path, columns, options);
    ASSERT_FALSE(table) << message;
    EXPECT_EQ(table.error(), path + ": " + message);
    EXPECT_THAT(table.error(), Not(HasSubstr("\n")));
  }

  bertc::test::Folder folder;
};

TEST_F(TableTest, readsTsvAsGlueHasIt) {
  // Quotes are text, spaces too.
  EXPECT_THAT(cells("a.tsv",
                    "sentence\tlabel\n"
                    "hide \"new\" secretions \t0\n"
                    "\"a quote that stays open\t1\n",
                    {"label", "sentence"}),
              ElementsAre(Cells{"0", "hide \"new\" secretions "},
                          Cells{"1", "\"a quote that stays open"}));
}

TEST_F(TableTest, columnsWithoutNamesHaveNumbers) {
  EXPECT_THAT(cells("a.tsv", "4.0\tone\ttwo\n3\tthree\t\n", {"2", "3", "1"}),
              ElementsAre(Cells{"one", "two", "4.0"}, Cells{"three", "", "3"}));
  // A header that is there all the same is said to be.
  TableOptions headed;
  headed.hasHeader = true;
  EXPECT_THAT(cells("a.tsv", "x\ty\n1\t2\n", {"2"}, headed),
              ElementsAre(Cells{"2"}));
  // Names go before numbers.
  EXPECT_THAT(cells("a.tsv", "2\t1\nleft\tright\n", {"2"}, headed),
              ElementsAre(Cells{"left"}));
  // Where one column has a name, there are names.
  EXPECT_THAT(cells("a.csv", "x,y\n1,2\n", {"y", "1"}),
              ElementsAre(Cells{"2", "1"}));
}

TEST_F(TableTest, readsCsvAsTheRfcHasIt) {
  EXPECT_THAT(cells("a.csv",
                    "text,label\n"
                    "plain,0\n"
                    "\"a, b\",1\n"
                    "\"say \"\"hi\"\"\",1\n"
                    "\"two\nlines\",0\n"
                    "\"\",\"\"\n"
                    ",\n",
                    {"text", "label"}),
              ElementsAre(Cells{"plain", "0"}, Cells{"a, b", "1"},
                          Cells{"say \"hi\"", "1"}, Cells{"two\nlines", "0"},
                          Cells{"", ""}, Cells{"", ""}));
}

TEST_F(TableTest, knowsTheLineEndsOfWindows) {
  const std::string mark = "\xef\xbb\xbf";
  EXPECT_THAT(
      cells("a.csv", mark + "text,label\r\n\"a\r\nb\",1\r\nc,\r\nd,2\r",
            {"text", "label"}),
      ElementsAre(Cells{"a\r\nb", "1"}, Cells{"c", ""}, Cells{"d", "2"}));
  EXPECT_THAT(
      cells("a.tsv", mark + "text\tlabel\r\na\t1\r\n", {"text", "label"}),
      ElementsAre(Cells{"a", "1"}));
  EXPECT_THAT(cells("a.jsonl", mark + "{\"text\": \"a\"}\r\n", {"text"}),
              ElementsAre(Cells{"a"}));
}

TEST_F(TableTest, readsALastLineWithoutAnEnd) {
  EXPECT_THAT(cells("a.tsv", "x\ty\n1\t2", {"y"}), ElementsAre(Cells{"2"}));
  EXPECT_THAT(cells("a.csv", "x,y\n1,\"2\"", {"y"}), ElementsAre(Cells{"2"}));
  EXPECT_THAT(cells("a.csv", "x,y\n1,", {"y"}), ElementsAre(Cells{""}));
  EXPECT_THAT(cells("a.jsonl", "{\"y\": 2}", {"y"}), ElementsAre(Cells{"2"}));
}

TEST_F(TableTest, readsJsonLines) {
  EXPECT_THAT(cells("a.jsonl",
                    "{\"text\": \"caf\\u00e9\\n\\ud83d\\ude00\", \"label\": 1, "
                    "\"other\": null}\n"
                    "{\"label\": 0.5, \"text\": \"b\"}\n"
                    "{\"label\": true, \"text\": \"\"}\n",
                    {"text", "label"}),
              ElementsAre(Cells{"caf\xc3\xa9\n\xf0\x9f\x98\x80", "1"},
                          Cells{"b", "0.5"}, Cells{"", "true"}));
  EXPECT_THAT(cells("a.json", "{\"text\": \"a\"}\n", {"text"}),
              ElementsAre(Cells{"a"}));
}

TEST_F(TableTest, knowsTheLineOfEachRow) {
  EXPECT_THAT(lines("a.tsv", "\nx\ty\n\n1\t2\n\r\n3\t4\n\n", {"x"}),
              ElementsAre(4, 6));
  EXPECT_THAT(lines("a.csv", "x,y\n\n\"1\n\n\",2\n3,4\n\r\n5,6", {"x"}),
              ElementsAre(3, 6, 8));
  EXPECT_THAT(lines("a.jsonl", "{\"x\": 1}\n\n{\"x\": 2}\n", {"x"}),
              ElementsAre(1, 3));
}

TEST_F(TableTest, takesAnotherFormatThanTheNameSays) {
  TableOptions options;
  options.format = TableFormat::csv;
  EXPECT_THAT(cells("a.txt", "x,y\n1,2\n", {"y"}, options),
              ElementsAre(Cells{"2"}));
  options.format = *tableFormatNamed("tsv");
  EXPECT_THAT(cells("a.csv", "x,y\tz\n1,2\t3\n", {"x,y"}, options),
              ElementsAre(Cells{"1,2"}));
  EXPECT_EQ(*tableFormatNamed("json"), TableFormat::jsonl);
  EXPECT_EQ(tableFormatNamed("xml").error(),
            "unknown format \"xml\", there are: tsv, csv, jsonl");
  for (const char *name : {"a.txt", "tsv", "a.TSV"})
    refuses(name, "x\n1\n", {"x"},
            "its name does not say what it is: expected .tsv, .csv, .jsonl or "
            ".json");
}

TEST_F(TableTest, refusesAColumnThatIsNotThere) {
  refuses("a.tsv", "text\tlabel\na\t1\n", {"sentence"},
          "line 1: no column \"sentence\", there are: \"text\", \"label\"");
  refuses("a.csv", "text,label\na,1\n", {"Text"},
          "line 1: no column \"Text\", there are: \"text\", \"label\"");
  refuses("a.jsonl", "{\"a\": 1, \"b\": 2}\n{\"a\": 1}\n", {"b"},
          "line 2: no column \"b\", there are: \"a\"");
  refuses("a.tsv", "a\t1\n", {"1", "3"},
          "line 1: no column \"3\", there are 2 without names");
  refuses("a.tsv", "a\t1\n", {"0"},
          "line 1: no column \"0\", there are: \"a\", \"1\"");
  TableOptions bare;
  bare.hasHeader = false;
  refuses("a.tsv", "text\tlabel\na\t1\n", {"text"},
          "line 1: no column \"text\", there are 2 without names", bare);
  refuses("a.csv", "text,label,text\na,1,b\n", {"text"},
          "line 1: column \"text\" is there twice");
}

TEST_F(TableTest, refusesLinesOfAnotherLength) {
  refuses("a.tsv", "x\ty\n1\t2\n3\n", {"x"},
          "line 3: 1 cell, but line 1 has 2");
  refuses("a.tsv", "x\ty\n1\t2\t3\n", {"x"},
          "line 2: 3 cells, but line 1 has 2");
  refuses("a.csv", "\"a\n\",b\nc\n", {"1"}, "line 3: 1 cell, but line 1 has 2");
  refuses("a.csv", "x,y\n1,2,\n", {"x"}, "line 2: 3 cells, but line 1 has 2");
}

TEST_F(TableTest, refusesQuotesThatDoNotMatch) {
  refuses("a.csv", "x,y\na,\"b\nc\n", {"x"},
          "line 2: the quote of a cell is not closed");
  refuses("a.csv", "\"x", {"1"}, "line 1: the quote of a cell is not closed");
  refuses("a.csv", "x,y\n\"a\n\"b,c\n", {"x"},
          "line 3: expected a comma or the line's end behind a closed quote");
  refuses("a.csv", "x,y\na 5\" disk,b\n", {"x"},
          "line 2: a quote within a cell that does not begin with one");
}

TEST_F(TableTest, refusesWhatIsNoJsonObject) {
  refuses("a.jsonl", "{\"x\": 1}\n{\"x\": 2\n", {"x"},
          "line 2: not valid JSON, expected a JSON object on each line");
  refuses("a.json", "[\n{\"x\": 1}\n]\n", {"x"},
          "line 1: not valid JSON, expected a JSON object on each line");
  refuses("a.jsonl", "[1]\n", {"x"},
          "line 1: no object, expected a JSON object on each line");
  refuses("a.jsonl", "{\"x\": null}\n", {"x"},
          "line 1: \"x\" is null, expected a string or a number");
  refuses("a.jsonl", "{\"x\": [1]}\n", {"x"},
          "line 1: \"x\" is a list, expected a string or a number");
  // Half a surrogate pair is no text.
  refuses("a.jsonl", "{\"x\": \"\\ud800\"}\n", {"x"},
          "line 1: not valid JSON, expected a JSON object on each line");
  // Deeper than any stack.
  refuses("a.jsonl", "{\"x\": " + std::string(1000000, '['), {"x"},
          "line 1: not valid JSON, expected a JSON object on each line");
}

TEST_F(TableTest, refusesWhatIsNotUtf8) {
  for (const char *name : {"a.tsv", "a.csv", "a.jsonl"}) {
    refuses(name, "x\n\nb\xff\n", {"x"}, "line 3: not valid UTF-8");
    refuses(name, "x\n\xc3", {"x"}, "line 2: not valid UTF-8");
  }
}

TEST_F(TableTest, refusesWhatHasNoRows) {
  for (const char *name : {"a.tsv", "a.csv", "a.jsonl"})
    for (const char *bytes : {"", "\n\r\n", "\xef\xbb\xbf"})
      refuses(name, bytes, {"x"}, "has no rows");
  refuses("a.tsv", "x\ty\n", {"x"}, "has a header and no line behind it");
  refuses("a.csv", "x,y\r\n\r\n", {"x"}, "has a header and no line behind it");
}

TEST_F(TableTest, refusesWhatIsNoFile) {
  EXPECT_THAT(readTable(folder.file("none.tsv"), {"x"}).error(),
              HasSubstr("none.tsv: cannot open"));
  EXPECT_THAT(readTable("/dev/null", {"x"}, {TableFormat::tsv, true}).error(),
              HasSubstr("/dev/null: not a regular file"));
}

} // namespace
