//===- LabelledTexts.cpp --------------------------------------------------===//

#include "runtime/train/LabelledTexts.h"

#include "runtime/train/Messages.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <system_error>
#include <unordered_map>
#include <unordered_set>
#include <utility>

using namespace bertc;
using namespace bertc::train;

namespace {

/// Of a text that is a number and nothing else, whatever the locale.
template <typename Number>
std::optional<Number> numberIn(std::string_view text) {
  Number value = 0;
  const char *begin = text.data(), *end = begin + text.size();
  const auto [behind, error] = std::from_chars(begin, end, value);
  if (error != std::errc() || behind != end)
    return std::nullopt;
  return value;
}

/// As it would be printed: "-3", not "03", "-0" or "3.0", or two labels could
/// have one number.
std::optional<int64_t> wholeNumber(std::string_view text) {
  const std::optional<int64_t> value = numberIn<int64_t>(text);
  return value && std::to_string(*value) == text ? value : std::nullopt;
}

std::optional<float> finiteNumber(std::string_view text) {
  const std::optional<float> value = numberIn<float>(text);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

std::vector<std::string> inOrder(std::vector<std::string> names) {
  if (std::all_of(names.begin(), names.end(), wholeNumber))
    std::sort(names.begin(), names.end(),
              [](const std::string &a, const std::string &b) {
                return *wholeNumber(a) < *wholeNumber(b);
              });
  else
    std::sort(names.begin(), names.end());
  return names;
}

/// The classes of a model by what labels call them.
class ClassNames {
public:
  explicit ClassNames(const std::vector<std::string> &names) : names(names) {
    for (size_t i = 0; i < names.size(); ++i)
      if (!ids.emplace(names[i], static_cast<int32_t>(i)).second && !twice)
        twice = names[i];
    takesIds = std::none_of(names.begin(), names.end(), wholeNumber);
  }

  /// A name that two classes have.
  const std::optional<std::string> &nameThereTwice() const { return twice; }

  std::optional<int32_t> find(const std::string &label) const {
    const auto named = ids.find(label);
    if (named != ids.end())
      return named->second;
    const std::optional<int64_t> id = wholeNumber(label);
    if (takesIds && id && *id >= 0 && *id < static_cast<int64_t>(names.size()))
      return static_cast<int32_t>(*id);
    return std::nullopt;
  }

  std::string list() const { return listOf(names); }

private:
  const std::vector<std::string> &names;
  std::unordered_map<std::string, int32_t> ids;
  std::optional<std::string> twice;
  bool takesIds = false;
};

std::vector<std::string> labelsOf(const Table &table, size_t column) {
  std::vector<std::string> labels;
  std::unordered_set<std::string> seen;
  for (const TableRow &row : table.rows)
    if (const std::string &label = row.cells[column]; seen.insert(label).second)
      labels.push_back(label);
  return labels;
}

} // namespace

Result<LabelledTexts>
bertc::train::readLabelledTexts(const std::string &path,
                                const LabelledTextOptions &options) {
  std::vector<std::string> columns = {options.label, options.text};
  if (options.pair)
    columns.push_back(*options.pair);
  Result<Table> table = readTable(path, columns, options.table);
  if (!table)
    return table.failure();

  LabelledTexts result;
  result.path = path;
  std::vector<TableRow> &rows = table->rows;
  const auto isUnlabelled = [](const TableRow &row) {
    return row.cells[0].empty();
  };
  const auto unlabelled = std::find_if(rows.begin(), rows.end(), isUnlabelled);
  if (unlabelled != rows.end() && !options.passesUnlabelled)
    return table->failureAt(*unlabelled, "the label is empty");
  const auto labelled = std::remove_if(unlabelled, rows.end(), isUnlabelled);
  result.unlabelled = rows.end() - labelled;
  rows.erase(labelled, rows.end());
  if (rows.empty())
    return Failure{path + ": all labels are empty"};

  const bool areClasses = options.kind == LabelKind::classes;
  if (areClasses)
    result.classes = options.classes.empty() ? inOrder(labelsOf(*table, 0))
                                             : options.classes;
  const ClassNames names(result.classes);
  if (names.nameThereTwice())
    return Failure{"the model has two classes " +
                   inQuotes(*names.nameThereTwice())};
  if (areClasses && options.classes.empty() && result.classes.size() == 1)
    return Failure{path + ": all labels are " + inQuotes(result.classes[0]) +
                   ": there is nothing to tell apart"};

  result.examples.reserve(rows.size());
  for (TableRow &row : rows) {
    LabelledText example;
    example.line = row.line;
    const std::string &label = row.cells[0];
    if (areClasses) {
      const std::optional<int32_t> found = names.find(label);
      if (!found)
        return table->failureAt(row, "the label " + inQuotes(label) +
                                         " is none of the classes " +
                                         names.list());
      example.label = *found;
    } else {
      const std::optional<float> value = finiteNumber(label);
      if (!value)
        return table->failureAt(row, "the label " + inQuotes(label) +
                                         " is not a finite number");
      example.value = *value;
    }
    example.text = std::move(row.cells[1]);
    if (options.pair)
      example.pair = std::move(row.cells[2]);
    result.examples.push_back(std::move(example));
  }
  return result;
}
