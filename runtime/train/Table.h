//===- Table.h - rows of a TSV, CSV or JSON-lines file --------------------===//

#ifndef BERTC_RUNTIME_TRAIN_TABLE_H
#define BERTC_RUNTIME_TRAIN_TABLE_H

#include "runtime/io/Result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bertc::train {

using io::Failure;
using io::MaybeFailure;
using io::Result;

enum class TableFormat {
  tsv,  ///< a tab between cells, no quotes, as GLUE's files
  csv,  ///< RFC 4180: cells in quotes may hold commas, line ends and "" for "
  jsonl ///< an object a line
};

/// "tsv", "csv", "jsonl" or "json"
Result<TableFormat> tableFormatNamed(std::string_view name);

struct TableOptions {
  /// Unset: what the path ends with.
  std::optional<TableFormat> format;
  /// Whether the first line of a TSV or CSV file names its columns. Unset: it
  /// does, unless all columns that are asked for are numbers.
  std::optional<bool> hasHeader;
};

struct TableRow {
  int64_t line = 0; ///< its first one, from 1 on
  std::vector<std::string> cells;
};

struct Table {
  std::string path;
  std::vector<TableRow> rows; ///< at least one

  /// "PATH: line N: MESSAGE"
  Failure failureAt(const TableRow &row, const std::string &message) const;
};

/// The named columns of a UTF-8 file, in the order in which they are named.
/// Columns of TSV and CSV may be numbers instead, from "1" on; a column that
/// has the number for its name goes before. All lines have the same number of
/// cells; empty ones are passed over. Lines end with LF or CR LF, and a byte
/// order mark is no part of the first. Numbers of JSON are text as they are
/// printed, truth values "true" and "false".
Result<Table> readTable(const std::string &path,
                        const std::vector<std::string> &columns,
                        const TableOptions &options = {});

} // namespace bertc::train

#endif // BERTC_RUNTIME_TRAIN_TABLE_H
