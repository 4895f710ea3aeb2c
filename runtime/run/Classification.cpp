//===- Classification.cpp - labels of a text, or a number -----------------===//
//
//   "label": "good", "score": 0.98, "scores": {"bad": 0.02, "good": 0.98}
//
// by softmax, by a sigmoid a label for multi_label_classification; "value": 3.1
// for regression: transformers' text-classification pipeline. Of labels of the
// same name the keys of "scores" and "values" end in their ids, "good_1", since
// they are of one object; "label" is the checkpoint's.
//
//===----------------------------------------------------------------------===//

#include "runtime/run/Answers.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

using namespace bertc::run;

namespace {

class Classification : public AnswerReader {
public:
  explicit Classification(const ModelFacts &facts)
      : problem(facts.problemType), labels(facts.labels), keys(keysOf(labels)) {
  }

  std::vector<std::string> reads() const override { return {"logits"}; }

  void add(const Answered &answered, JsonObject &object) const override {
    const float *logits = logitsOf(answered);
    if (!logits)
      return;
    if (problem == "regression") {
      addValues(logits, object);
      return;
    }
    const std::vector<double> scores = scoresOf(logits);
    const int64_t best = largest(scores, 1)[0];
    JsonObject each;
    for (size_t i = 0; i < scores.size(); ++i)
      each.number(keys[i], scores[i]);
    object.text("label", labels[best]).number("score", scores[best]);
    object.raw("scores", each.str());
  }

  bool hasText() const override { return true; }
  std::string text(const Answered &answered) const override {
    const float *logits = logitsOf(answered);
    if (!logits)
      return {};
    std::string line;
    if (problem == "regression") {
      for (size_t i = 0; i < labels.size(); ++i)
        line += (i ? "\t" : "") + numberText(logits[i]);
    } else {
      const std::vector<double> scores = scoresOf(logits);
      const int64_t best = largest(scores, 1)[0];
      line = labels[best] + "\t" + numberText(scores[best]);
    }
    return line;
  }

private:
  const float *logitsOf(const Answered &answered) const {
    const Output *output = answered.find("logits");
    const auto count = static_cast<int64_t>(labels.size());
    if (!output || output->shape.back() != count)
      return nullptr;
    // Of token ids; texts with such logits come to no reader (TextRun).
    const float *logits = answered.row(*output, 0);
    const bool allFinite = std::all_of(logits, logits + count, [](float value) {
      return std::isfinite(value);
    });
    return allFinite ? logits : nullptr;
  }

  std::vector<double> scoresOf(const float *logits) const {
    const int64_t count = static_cast<int64_t>(labels.size());
    if (problem != "multi_label_classification")
      return softmax(logits, count);
    std::vector<double> scores;
    scores.reserve(count);
    for (int64_t i = 0; i < count; ++i)
      scores.push_back(sigmoid(logits[i]));
    return scores;
  }

  void addValues(const float *values, JsonObject &object) const {
    if (labels.size() == 1) {
      object.number("value", values[0]);
      return;
    }
    JsonObject each;
    for (size_t i = 0; i < labels.size(); ++i)
      each.number(keys[i], values[i]);
    object.raw("values", each.str());
  }

  static std::vector<std::string>
  keysOf(const std::vector<std::string> &labels) {
    auto count = [](const std::vector<std::string> &names,
                    const std::string &name) {
      return std::count(names.begin(), names.end(), name);
    };
    std::vector<std::string> keys = labels;
    for (size_t i = 0; i < labels.size(); ++i) {
      const std::string ending = "_" + std::to_string(i);
      if (count(labels, labels[i]) > 1)
        do
          keys[i] += ending;
        while (count(keys, keys[i]) > 1);
    }
    return keys;
  }

  const std::string problem;
  const std::vector<std::string> labels, keys;
};

} // namespace

std::unique_ptr<AnswerReader>
bertc::run::makeClassification(const ModelFacts &facts) {
  return std::make_unique<Classification>(facts);
}
