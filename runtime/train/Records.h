//===- Records.h - the cells of TSV and CSV, line by line -----------------===//

#ifndef BERTC_RUNTIME_TRAIN_RECORDS_H
#define BERTC_RUNTIME_TRAIN_RECORDS_H

#include "runtime/train/Table.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bertc::train {

/// The lines of a text that are not empty.
class FullLines {
public:
  explicit FullLines(std::string_view text) : text(text) {}

  /// Without its end; false behind the last one.
  bool next(std::string_view &line);
  /// Of the line that `next` gave, from 1 on.
  int64_t number() const { return count; }

private:
  std::string_view text; ///< what is left
  int64_t count = 0;
};

class Records {
public:
  virtual ~Records() = default;

  /// All cells of the next one; false behind the last one and where there is a
  /// problem.
  virtual bool next(TableRow &record) = 0;
  /// "line N: ..." or empty.
  const std::string &problem() const { return wrong; }

protected:
  std::string wrong;
};

/// The records of a TSV file: lines.
class TsvRecords : public Records {
public:
  explicit TsvRecords(std::string_view text) : lines(text) {}
  bool next(TableRow &record) override;

private:
  FullLines lines;
};

/// The records of a CSV file, which may have several lines.
class CsvRecords : public Records {
public:
  explicit CsvRecords(std::string_view text) : text(text) {}
  bool next(TableRow &record) override;

private:
  bool readCell(std::string &cell);
  bool readQuoted(std::string &cell);
  bool isLineEnd() const;
  void passLineEnd();
  bool fail(int64_t number, const char *what);

  std::string_view text;
  size_t at = 0;
  int64_t line = 1; ///< that `at` stands in
};

} // namespace bertc::train

#endif // BERTC_RUNTIME_TRAIN_RECORDS_H
