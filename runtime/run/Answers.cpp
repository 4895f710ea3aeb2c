//===- Answers.cpp --------------------------------------------------------===//

#include "runtime/run/Answers.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>

using namespace bertc;
using namespace bertc::run;
using nlohmann::json;

namespace {

constexpr size_t likeliest = 5;

std::string quoted(const std::string &text) {
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

/// As many digits as a probability has meaning.
std::string number(double value) {
  if (!std::isfinite(value))
    return "null";
  char text[32];
  std::snprintf(text, sizeof(text), "%.6g", value);
  return text;
}

} // namespace

std::vector<double> bertc::run::softmax(const float *logits, int64_t count) {
  double most = -INFINITY, sum = 0;
  for (int64_t i = 0; i < count; ++i)
    most = std::max(most, double(logits[i]));
  std::vector<double> result(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i)
    sum += result[i] = std::exp(logits[i] - most);
  for (double &value : result)
    value /= sum;
  return result;
}

Answers::Answers(const bertc_model *model,
                 std::optional<text::Tokenizer> tokenizer)
    : task(bertc_info(model)->task), tokenizer(std::move(tokenizer)) {
  json facts = json::parse(bertc_info(model)->model_json, nullptr, false);
  if (!facts.is_object())
    return;
  auto found = facts.find("problem_type");
  if (found != facts.end() && found->is_string())
    problem = found->get<std::string>();
  found = facts.find("labels");
  if (found != facts.end() && found->is_array())
    for (const json &label : *found)
      if (label.is_string())
        labels.push_back(label.get<std::string>());
}

bool Answers::replaces(const Output &output) const {
  return task == "mlm" && tokenizer && output.name == "logits";
}

std::string Answers::classification(const float *logits) const {
  const int64_t count = static_cast<int64_t>(labels.size());
  if (problem == "regression")
    return "\"value\": " + number(logits[0]);
  std::vector<double> scores;
  if (problem == "multi_label_classification")
    for (int64_t i = 0; i < count; ++i)
      scores.push_back(1 / (1 + std::exp(-double(logits[i]))));
  else
    scores = softmax(logits, count);
  size_t best = std::max_element(scores.begin(), scores.end()) - scores.begin();
  std::string text = "\"label\": " + quoted(labels[best]) +
                     ", \"score\": " + number(scores[best]) + ", \"scores\": {";
  for (size_t i = 0; i < scores.size(); ++i)
    text += (i ? ", " : "") + quoted(labels[i]) + ": " + number(scores[i]);
  return text + "}";
}

std::string Answers::masks(const Batch &batch, int64_t sequence,
                           const Output &output) const {
  const int64_t slots = output.shape[1], words = output.shape[2];
  std::string text = "\"masks\": [";
  for (int64_t slot = 0; slot < slots; ++slot) {
    const int32_t column = batch.mlmPositions[sequence * slots + slot];
    if (column < 0)
      continue;
    std::vector<double> scores = softmax(
        output.values.data() + (sequence * slots + slot) * words, words);
    std::vector<int32_t> order(scores.size());
    std::iota(order.begin(), order.end(), 0);
    const size_t count = std::min(likeliest, order.size());
    // Equal scores in the order of their ids: the same answer everywhere.
    std::partial_sort(order.begin(), order.begin() + count, order.end(),
                      [&](int32_t a, int32_t b) {
                        return scores[a] != scores[b] ? scores[a] > scores[b]
                                                      : a < b;
                      });
    text += text.back() == '[' ? "" : ", ";
    text += "{\"column\": " + std::to_string(column) + ", \"tokens\": [";
    for (size_t i = 0; i < count; ++i)
      text += (i ? ", " : "") + std::string("{\"token\": ") +
              quoted(tokenizer->decode({order[i]})) +
              ", \"score\": " + number(scores[order[i]]) + "}";
    text += "]}";
  }
  return text + "]";
}

std::string Answers::members(const Batch &batch, int64_t sequence,
                             const std::vector<Output> &outputs) const {
  for (const Output &output : outputs) {
    if (output.name != "logits")
      continue;
    if (task == "sequence-classification" &&
        output.shape.back() == static_cast<int64_t>(labels.size()) &&
        !labels.empty())
      return classification(output.values.data() +
                            sequence * output.shape.back());
    if (replaces(output) && batch.slots >= 0)
      return masks(batch, sequence, output);
  }
  return "";
}
