//===- Records.cpp --------------------------------------------------------===//

#include "runtime/train/Records.h"

#include <algorithm>

using namespace bertc::train;

bool FullLines::next(std::string_view &line) {
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++count;
    if (!line.empty() && line.back() == '\r')
      line.remove_suffix(1);
    if (!line.empty())
      return true;
  }
  return false;
}

bool TsvRecords::next(TableRow &record) {
  std::string_view line;
  if (!lines.next(line))
    return false;
  record.line = lines.number();
  record.cells.clear();
  while (true) {
    const size_t tab = line.find('\t');
    record.cells.emplace_back(line.substr(0, tab));
    if (tab == std::string_view::npos)
      return true;
    line.remove_prefix(tab + 1);
  }
}

bool CsvRecords::fail(int64_t number, const char *what) {
  wrong = "line " + std::to_string(number) + ": " + what;
  return false;
}

/// At the end of the text too.
bool CsvRecords::isLineEnd() const {
  const std::string_view rest = text.substr(at, 2);
  return rest.empty() || rest[0] == '\n' || rest == "\r\n" || rest == "\r";
}

void CsvRecords::passLineEnd() {
  if (at < text.size() && text[at] == '\r')
    ++at;
  if (at < text.size()) {
    ++at;
    ++line;
  }
}

bool CsvRecords::next(TableRow &record) {
  while (at < text.size() && isLineEnd())
    passLineEnd();
  if (at == text.size())
    return false;
  record.line = line;
  record.cells.clear();
  while (true) {
    if (!readCell(record.cells.emplace_back()))
      return false;
    if (isLineEnd())
      break;
    ++at; // the comma
  }
  passLineEnd();
  return true;
}

/// Up to a comma or a line end.
bool CsvRecords::readCell(std::string &cell) {
  if (at < text.size() && text[at] == '"')
    return readQuoted(cell);
  const size_t end = std::min(text.find_first_of(",\"\n", at), text.size());
  if (end < text.size() && text[end] == '"')
    return fail(line, "a quote within a cell that does not begin with one");
  cell = text.substr(at, end - at);
  at = end;
  // A line end of two characters began before.
  if (!cell.empty() && cell.back() == '\r' &&
      (end == text.size() || text[end] == '\n')) {
    cell.pop_back();
    --at;
  }
  return true;
}

bool CsvRecords::readQuoted(std::string &cell) {
  const int64_t begin = line;
  while (true) {
    const size_t first = ++at; // behind a quote
    at = text.find('"', first);
    if (at == std::string_view::npos)
      return fail(begin, "the quote of a cell is not closed");
    const std::string_view part = text.substr(first, at - first);
    cell += part;
    line += std::count(part.begin(), part.end(), '\n');
    ++at;
    if (at == text.size() || text[at] != '"')
      break;
    cell += '"';
  }
  if (isLineEnd() || text[at] == ',')
    return true;
  return fail(line, "expected a comma or the line's end behind a closed quote");
}
