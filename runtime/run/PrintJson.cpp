//===- PrintJson.cpp - results as lines of JSON ---------------------------===//

#include "runtime/run/Run.h"

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

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
  const int64_t columns = output.shape.back();
  if (output.shape.size() == 2) {
    appendNumbers(line, output.values.data() + sequence * columns, columns);
    return;
  }
  line += '[';
  bool first = true;
  for (int64_t column = 0; column < batch.seqLen; ++column) {
    const int64_t place = sequence * batch.seqLen + column;
    if (!batch.attentionMask.empty() && batch.attentionMask[place] == 0)
      continue;
    if (!first)
      line += ", ";
    first = false;
    appendNumbers(line, output.values.data() + place * columns, columns);
  }
  line += ']';
}

} // namespace

MaybeFailure bertc::run::printJson(const Batch &batch,
                                   const std::vector<Output> &outputs,
                                   std::FILE *out) {
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
    for (const Output &output : outputs) {
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
