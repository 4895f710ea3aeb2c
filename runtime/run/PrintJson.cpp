//===- PrintJson.cpp - results as lines of JSON ---------------------------===//

#include "runtime/run/Answers.h"
#include "runtime/run/Run.h"

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

using namespace bertc::run;

namespace {

std::string quoted(const std::string &text) {
  // Text that is no UTF-8 is shown with U+FFFD, as the tokenizer reads it.
  return nlohmann::json(text).dump(-1, ' ', false,
                                   nlohmann::json::error_handler_t::replace);
}

/// JSON has no infinities; a model that gives them gives null.
void appendNumbers(std::string &line, const float *values, int64_t count) {
  line += '[';
  for (int64_t i = 0; i < count; ++i) {
    if (i > 0)
      line += ", ";
    if (!std::isfinite(values[i])) {
      line += "null";
      continue;
    }
    char digits[32];
    line.append(digits,
                std::to_chars(digits, digits + sizeof(digits), values[i]).ptr);
  }
  line += ']';
}

void appendRows(std::string &line, const Batch &batch, int64_t sequence,
                const Output &output) {
  int64_t size = 1;
  for (size_t d = 1; d < output.shape.size(); ++d)
    size *= output.shape[d];
  const float *values = output.values.data() + sequence * size;
  if (output.rows == BERTC_PER_SEQUENCE)
    return appendNumbers(line, values, size);
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

MaybeFailure bertc::run::printJson(const Batch &batch,
                                   const std::vector<Output> &outputs,
                                   const Answers &answers, std::FILE *out) {
  std::string line;
  for (int64_t sequence = 0; sequence < batch.batch; ++sequence) {
    line = "{";
    auto key = [&](const std::string &name) {
      line += (line.size() > 1 ? ", " : "") + quoted(name) + ": ";
    };
    if (!batch.texts.empty()) {
      key("text");
      line += quoted(batch.texts[sequence]);
    }
    if (!batch.pairs.empty()) {
      key("text_pair");
      line += quoted(batch.pairs[sequence]);
    }
    if (std::string answer = answers.members(batch, sequence, outputs);
        !answer.empty())
      line += (line.size() > 1 ? ", " : "") + answer;
    for (const Output &output : outputs) {
      if (answers.replaces(output))
        continue;
      key(output.name);
      appendRows(line, batch, sequence, output);
    }
    line += "}\n";
    std::fwrite(line.data(), 1, line.size(), out);
  }
  if (std::fflush(out) != 0 || std::ferror(out))
    return Failure{"cannot write to standard output"};
  return std::nullopt;
}
