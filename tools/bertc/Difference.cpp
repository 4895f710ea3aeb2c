//===- Difference.cpp -----------------------------------------------------===//

#include "tools/bertc/Difference.h"

#include "compiler/Errors.h"

#include <algorithm>
#include <cstdio>
#include <limits>
#include <vector>

using namespace bertc;

void Difference::addRow(const float *given, const double *wanted,
                        int64_t size) {
  Angle angle;
  for (int64_t i = 0; i < size; ++i) {
    add(given[i], wanted[i]);
    angle.add(given[i], wanted[i]);
    all.add(given[i], wanted[i]);
  }
  if (std::optional<double> cosine = angle.cosine())
    least = std::min(least.value_or(*cosine), *cosine);
}

std::string Difference::cosine() const {
  const std::optional<double> value = columns == 1 ? all.cosine() : least;
  if (!value)
    return "-";
  char text[32];
  std::snprintf(text, sizeof(text), "%.6f", *value);
  return text;
}

void Difference::add(double given, double wanted) {
  double difference = std::fabs(given - wanted);
  if (std::isnan(difference))
    difference = std::numeric_limits<double>::infinity();
  most = std::max(most, difference);
  largest = std::max(largest, std::fabs(wanted));
  sum += difference;
  squares += difference * difference;
  wantedSquares += wanted * wanted;
  ++count;
}

namespace {

run::Failure otherShape(const run::Output &output, int64_t columns) {
  return {"output \"" + output.name + "\" has " + std::to_string(columns) +
          " columns, in the model it has another shape: is it the model it was "
          "compiled from?"};
}

/// Attention maps: [B, heads, S, S] against a row of all heads a token.
run::Result<Difference> compareMaps(const run::Batch &batch,
                                    const run::Output &output,
                                    const ReferenceTensor &expected) {
  Difference result;
  const int64_t heads = result.columns = output.shape[1];
  const int64_t seqLen = output.shape[2];
  for (int64_t length : batch.lengths())
    result.rows += length;
  if (expected.shape.size() != 2 || expected.dim(0) != result.rows ||
      expected.dim(1) % heads != 0)
    return otherShape(output, heads);
  const int64_t positions = expected.dim(1) / heads;
  int64_t first = 0; // token of the sequence
  for (int64_t b = 0; b < batch.batch; ++b) {
    std::vector<int64_t> columns; // of its tokens
    for (int64_t s = 0; s < seqLen; ++s)
      if (batch.attentionMask.empty() || batch.attentionMask[b * seqLen + s])
        columns.push_back(s);
    const auto size = int64_t(columns.size());
    if (size > positions)
      return otherShape(output, heads);
    std::vector<float> given(columns.size());
    for (int64_t head = 0; head < heads; ++head) {
      const float *map =
          output.values.data() + (b * heads + head) * seqLen * seqLen;
      for (int64_t i = 0; i < size; ++i) {
        for (int64_t j = 0; j < size; ++j)
          given[j] = map[columns[i] * seqLen + columns[j]];
        result.addRow(given.data(), expected.row(first + i) + head * positions,
                      size);
      }
    }
    first += size;
  }
  return result;
}

run::Result<Difference> compareRows(const run::Batch &batch,
                                    const run::Output &output,
                                    const ReferenceTensor &expected) {
  if (output.rows == BERTC_PER_TOKEN_PAIR)
    return compareMaps(batch, output, expected);
  Difference result;
  // [B, columns] or [B, S, columns]; one column is no dimension.
  const size_t dimensions = output.rows == BERTC_PER_SEQUENCE ? 1 : 2;
  const int64_t places =
      dimensions == 1 ? batch.batch : batch.batch * output.shape[1];
  result.columns =
      output.shape.size() > dimensions ? output.shape[dimensions] : 1;
  for (int64_t place = 0; place < places; ++place)
    result.rows += run::isRow(batch, output, place);
  if (expected.shape.size() != 2 || expected.dim(0) != result.rows ||
      expected.dim(1) != result.columns)
    return otherShape(output, result.columns);
  int64_t row = 0;
  for (int64_t place = 0; place < places; ++place) {
    if (!run::isRow(batch, output, place))
      continue;
    result.addRow(output.values.data() + place * result.columns,
                  expected.row(row++), result.columns);
  }
  return result;
}

} // namespace

namespace {

/// An error where a number is not finite.
llvm::Expected<Difference> finite(const ComparedFiles &files,
                                  const std::string &output,
                                  const Difference &difference) {
  if (std::isfinite(difference.most))
    return difference;
  return fileError(files.artifact,
                   "output \"" + output +
                       "\" has numbers that are not finite, here or in " +
                       files.model);
}

} // namespace

llvm::Expected<Difference> bertc::compare(const ComparedFiles &files,
                                          const run::Batch &batch,
                                          const run::Output &output,
                                          const ReferenceTensor &expected) {
  run::Result<Difference> difference = compareRows(batch, output, expected);
  if (!difference)
    return fileError(files.artifact, difference.error());
  return finite(files, output.name, *difference);
}

llvm::Expected<Difference> bertc::compare(const ComparedFiles &files,
                                          const bertc_state_info &state,
                                          const std::vector<float> &given,
                                          const ReferenceTensor &expected) {
  Difference result;
  // A vector is one row.
  result.rows = state.rank == 2 ? state.shape[0] : 1;
  result.columns = int64_t(given.size()) / result.rows;
  if (expected.values.size() != given.size())
    return fileError(files.artifact,
                     std::string("state \"") + state.name +
                         "\" has another shape in the model: is it the model "
                         "it was compiled from?");
  for (int64_t row = 0; row < result.rows; ++row)
    result.addRow(given.data() + row * result.columns,
                  expected.values.data() + row * result.columns,
                  result.columns);
  return finite(files, state.name, result);
}
