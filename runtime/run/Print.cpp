//===- Print.cpp ----------------------------------------------------------===//

#include "runtime/run/Print.h"

#include "runtime/io/Tensor.h"

#include <cstdint>

using namespace bertc;
using namespace bertc::run;

namespace {

void appendNumbers(std::string &line, const float *values, int64_t count) {
  line += '[';
  for (int64_t i = 0; i < count; ++i)
    line += (i > 0 ? ", " : "") + exactText(values[i]);
  line += ']';
}

/// Maps as lists of heads of rows, of tokens alone.
void appendMaps(std::string &line, const Batch &batch, int64_t sequence,
                const Output &output) {
  const int64_t heads = output.shape[1], width = output.shape[2];
  std::vector<int64_t> tokens;
  for (int64_t column = 0; column < width; ++column)
    if (isRow(batch, output, sequence * heads * width + column))
      tokens.push_back(column);
  const float *row = output.values.data() + sequence * output.sequenceSize();
  std::vector<float> kept(tokens.size());
  for (int64_t head = 0; head < heads; ++head, row += width * width) {
    line += head > 0 ? ", [" : "[[";
    for (size_t from = 0; from < tokens.size(); ++from) {
      for (size_t to = 0; to < tokens.size(); ++to)
        kept[to] = row[tokens[from] * width + tokens[to]];
      line += from > 0 ? ", " : "";
      appendNumbers(line, kept.data(), static_cast<int64_t>(kept.size()));
    }
    line += ']';
  }
  line += ']';
}

void appendRows(std::string &line, const Batch &batch, int64_t sequence,
                const Output &output) {
  const int64_t size = output.sequenceSize();
  const float *values = output.values.data() + sequence * size;
  if (output.rows == BERTC_PER_SEQUENCE)
    return appendNumbers(line, values, size);
  if (output.rows == BERTC_PER_TOKEN_PAIR)
    return appendMaps(line, batch, sequence, output);
  const int64_t width = output.shape[1];
  const bool scalars = output.shape.size() == 2;
  const int64_t columns = scalars ? 1 : output.shape[2];
  std::vector<float> kept;
  for (int64_t column = 0; column < width; ++column)
    if (isRow(batch, output, sequence * width + column))
      kept.insert(kept.end(), values + column * columns,
                  values + (column + 1) * columns);
  const int64_t count = static_cast<int64_t>(kept.size());
  if (scalars)
    return appendNumbers(line, kept.data(), count);
  line += '[';
  for (int64_t first = 0; first < count; first += columns) {
    if (first > 0)
      line += ", ";
    appendNumbers(line, kept.data() + first, columns);
  }
  line += ']';
}

} // namespace

std::string bertc::run::jsonLine(const Answered &answered,
                                 const AnswerReader &reader) {
  JsonObject object;
  if (answered.example) {
    object.text("text", answered.example->text);
    if (answered.example->pair)
      object.text("text_pair", *answered.example->pair);
  }
  if (reader.isCut(answered))
    object.raw("truncated", "true");
  reader.add(answered, object);
  for (const Output &output : answered.outputs) {
    if (reader.replaces(output) || (reader.hasWindows() && answered.count > 1))
      continue;
    JsonArray list;
    std::string rows;
    for (int64_t i = 0; i < answered.count; ++i) {
      rows.clear();
      appendRows(rows, answered.batch, answered.first + i, output);
      list.raw(rows);
    }
    object.raw(output.name, answered.count == 1 ? rows : list.str());
  }
  return object.str() + "\n";
}

std::string bertc::run::shapeLines(const std::vector<Output> &outputs) {
  std::string lines;
  for (const Output &output : outputs)
    lines += output.name + " " + io::shapeText(output.shape) + "\n";
  return lines;
}

MaybeFailure bertc::run::print(const std::string &text, std::FILE *out) {
  std::fwrite(text.data(), 1, text.size(), out);
  if (std::fflush(out) != 0 || std::ferror(out))
    return Failure{"cannot write to standard output"};
  return std::nullopt;
}
