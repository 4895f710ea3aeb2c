//===- ModelFacts.cpp -----------------------------------------------------===//

#include "runtime/run/ModelFacts.h"

#include <nlohmann/json.hpp>

#include <algorithm>

using namespace bertc::run;
using nlohmann::json;

ModelFacts::ModelFacts(const bertc_model *model)
    : task(bertc_info(model)->task),
      maxPositions(bertc_info(model)->max_positions) {
  for (int64_t i = 0; i < bertc_info(model)->num_outputs; ++i)
    outputs.emplace_back(bertc_output_info(model, i)->name);
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

bool ModelFacts::gives(const std::string &output) const {
  return std::find(outputs.begin(), outputs.end(), output) != outputs.end();
}
