//===- Table.cpp ----------------------------------------------------------===//

#include "runtime/train/Table.h"

#include "runtime/io/Json.h"
#include "runtime/io/MappedFile.h"
#include "runtime/text/Utf8.h"
#include "runtime/train/Messages.h"
#include "runtime/train/Records.h"

#include <algorithm>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <utility>

using namespace bertc;
using namespace bertc::train;
using nlohmann::json;

namespace {

std::string atLine(int64_t line) {
  return "line " + std::to_string(line) + ": ";
}

std::string countOf(size_t cells) {
  return std::to_string(cells) + (cells == 1 ? " cell" : " cells");
}

/// The number that a column is named by, from 1 on; 0 where it is none.
size_t numberOf(const std::string &column) {
  size_t number = 0;
  for (char c : column) {
    if (c < '0' || c > '9' || column.size() > 9)
      return 0;
    number = 10 * number + static_cast<size_t>(c - '0');
  }
  return number;
}

std::string noColumn(const std::string &column,
                     const std::vector<std::string> &names) {
  return "no column " + inQuotes(column) + ", there are: " + listOf(names);
}

Result<TableFormat> formatOf(const std::string &path) {
  const size_t dot = path.rfind('.');
  if (dot != std::string::npos)
    if (Result<TableFormat> format =
            tableFormatNamed(std::string_view(path).substr(dot + 1)))
      return format;
  return Failure{path + ": its name does not say what it is: expected .tsv, "
                        ".csv, .jsonl or .json"};
}

/// Fills a table; messages name no file.
class TableReader {
public:
  TableReader(Table &table, const std::vector<std::string> &columns)
      : table(table), columns(columns) {}

  MaybeFailure readRecords(Records &records, std::optional<bool> hasHeader) {
    TableRow record;
    if (!records.next(record))
      return problemOf(records);
    // As all records have to have.
    const size_t cells = record.cells.size();
    const int64_t firstLine = record.line;
    const bool isNamed = hasHeader.value_or(
        !std::all_of(columns.begin(), columns.end(), numberOf));
    if (MaybeFailure failure = findColumns(record, isNamed))
      return failure;
    if (!isNamed)
      take(record);
    while (records.next(record)) {
      if (record.cells.size() != cells)
        return Failure{atLine(record.line) + countOf(record.cells.size()) +
                       ", but line " + std::to_string(firstLine) + " has " +
                       std::to_string(cells)};
      take(record);
    }
    if (MaybeFailure failure = problemOf(records))
      return failure;
    if (table.rows.empty())
      return Failure{"has a header and no line behind it"};
    return std::nullopt;
  }

  MaybeFailure readObjects(std::string_view text) {
    FullLines lines(text);
    std::string_view line;
    while (lines.next(line)) {
      const json object = io::parseJson(line);
      TableRow row;
      row.line = lines.number();
      if (!object.is_object())
        return Failure{
            atLine(row.line) +
            (object.is_discarded() ? "not valid JSON" : "no object") +
            ", expected a JSON object on each line"};
      for (const std::string &column : columns)
        if (std::string problem = addCell(object, column, row);
            !problem.empty())
          return Failure{atLine(row.line) + problem};
      table.rows.push_back(std::move(row));
    }
    return std::nullopt;
  }

private:
  static MaybeFailure problemOf(const Records &records) {
    if (records.problem().empty())
      return std::nullopt;
    return Failure{records.problem()};
  }

  MaybeFailure findColumns(const TableRow &first, bool isNamed) {
    const std::vector<std::string> &cells = first.cells;
    for (const std::string &column : columns) {
      const auto named = std::find(cells.begin(), cells.end(), column);
      const size_t number = numberOf(column);
      if (isNamed && named != cells.end()) {
        if (std::find(named + 1, cells.end(), column) != cells.end())
          return Failure{atLine(first.line) + "column " + inQuotes(column) +
                         " is there twice"};
        places.push_back(static_cast<size_t>(named - cells.begin()));
      } else if (number >= 1 && number <= cells.size()) {
        places.push_back(number - 1);
      } else if (isNamed) {
        return Failure{atLine(first.line) + noColumn(column, cells)};
      } else {
        return Failure{atLine(first.line) + "no column " + inQuotes(column) +
                       ", there are " + std::to_string(cells.size()) +
                       " without names"};
      }
    }
    return std::nullopt;
  }

  void take(const TableRow &record) {
    TableRow row;
    row.line = record.line;
    for (size_t place : places)
      row.cells.push_back(record.cells[place]);
    table.rows.push_back(std::move(row));
  }

  /// What is wrong, or nothing.
  static std::string addCell(const json &object, const std::string &column,
                             TableRow &row) {
    const auto value = object.find(column);
    if (value == object.end()) {
      std::vector<std::string> names;
      for (const auto &item : object.items())
        names.push_back(item.key());
      return noColumn(column, names);
    }
    if (value->is_string())
      row.cells.push_back(value->get<std::string>());
    else if (value->is_number() || value->is_boolean())
      row.cells.push_back(value->dump());
    else
      return inQuotes(column) + " is " +
             (value->is_array()    ? "a list"
              : value->is_object() ? "an object"
                                   : "null") +
             ", expected a string or a number";
    return "";
  }

  Table &table;
  const std::vector<std::string> &columns;
  std::vector<size_t> places; ///< of the columns
};

MaybeFailure checkUtf8(std::string_view content) {
  if (text::isUtf8(content))
    return std::nullopt;
  FullLines lines(content);
  std::string_view line;
  while (lines.next(line) && text::isUtf8(line)) {
  }
  return Failure{atLine(lines.number()) + "not valid UTF-8"};
}

MaybeFailure readInto(Table &table, std::string_view content,
                      const std::vector<std::string> &columns,
                      TableFormat format, std::optional<bool> hasHeader) {
  constexpr std::string_view byteOrderMark = "\xef\xbb\xbf";
  if (content.substr(0, 3) == byteOrderMark)
    content.remove_prefix(3);
  if (MaybeFailure failure = checkUtf8(content))
    return failure;
  TableReader reader(table, columns);
  MaybeFailure failure;
  if (format == TableFormat::tsv) {
    TsvRecords records(content);
    failure = reader.readRecords(records, hasHeader);
  } else if (format == TableFormat::csv) {
    CsvRecords records(content);
    failure = reader.readRecords(records, hasHeader);
  } else {
    failure = reader.readObjects(content);
  }
  if (!failure && table.rows.empty())
    return Failure{"has no rows"};
  return failure;
}

} // namespace

Failure Table::failureAt(const TableRow &row,
                         const std::string &message) const {
  return {path + ": " + atLine(row.line) + message};
}

Result<TableFormat> bertc::train::tableFormatNamed(std::string_view name) {
  if (name == "tsv")
    return TableFormat::tsv;
  if (name == "csv")
    return TableFormat::csv;
  if (name == "jsonl" || name == "json")
    return TableFormat::jsonl;
  return Failure{"unknown format " + inQuotes(name) +
                 ", there are: tsv, csv, jsonl"};
}

Result<Table> bertc::train::readTable(const std::string &path,
                                      const std::vector<std::string> &columns,
                                      const TableOptions &options) {
  const Result<TableFormat> format =
      options.format ? *options.format : formatOf(path);
  if (!format)
    return format.failure();
  const Result<io::MappedFile> file = io::MappedFile::open(path);
  if (!file)
    return file.failure();
  Table table;
  table.path = path;
  if (MaybeFailure failure =
          readInto(table, file->text(), columns, *format, options.hasHeader))
    return Failure{path + ": " + failure->message};
  return table;
}
