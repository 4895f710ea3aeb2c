//===- ModelFacts.cpp -----------------------------------------------------===//

#include "runtime/run/ModelFacts.h"

#include <nlohmann/json.hpp>

#include <string_view>

using namespace bertc::run;
using nlohmann::json;

namespace {

constexpr struct {
  std::string_view task, output;
} readFrom[] = {
    {"sequence-classification", "logits"},
    {"token-classification", "logits"},
    {"multiple-choice", "logits"},
    {"question-answering", "start_logits"},
    {"question-answering", "end_logits"},
    {"embed", "embedding"},
    {"mlm", "logits"},
    {"pretrain", "prediction_logits"},
};

bool hasOutput(const bertc_model *model, std::string_view name) {
  for (int64_t i = 0; i < bertc_info(model)->num_outputs; ++i)
    if (bertc_output_info(model, i)->name == name)
      return true;
  return false;
}

} // namespace

ModelFacts::ModelFacts(const bertc_model *model)
    : task(bertc_info(model)->task),
      maxPositions(bertc_info(model)->max_positions) {
  for (const auto &[of, output] : readFrom)
    if (of == task && missingOutput.empty() && !hasOutput(model, output))
      missingOutput = output;
  const json facts = json::parse(bertc_info(model)->model_json, nullptr, false);
  if (!facts.is_object())
    return;
  auto found = facts.find("problem_type");
  if (found != facts.end() && found->is_string())
    problemType = found->get<std::string>();
  found = facts.find("labels");
  if (found != facts.end() && found->is_array())
    for (const json &label : *found)
      if (label.is_string())
        labels.push_back(label.get<std::string>());
}
