//===- JsonText.cpp -------------------------------------------------------===//

#include "runtime/run/JsonText.h"

#include <charconv>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

using namespace bertc::run;

std::string bertc::run::quoted(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false,
                                   nlohmann::json::error_handler_t::replace);
}

std::string bertc::run::numberText(double value) {
  if (!std::isfinite(value))
    return "null";
  char text[32];
  std::snprintf(text, sizeof(text), "%.6g", value);
  return text;
}

std::string bertc::run::exactText(float value) {
  if (!std::isfinite(value))
    return "null";
  char digits[32];
  return {digits, std::to_chars(digits, digits + sizeof(digits), value).ptr};
}

JsonObject &JsonObject::raw(std::string_view key, std::string_view json) {
  members += members.size() > 1 ? ", " : "";
  members += quoted(key) + ": ";
  members += json;
  return *this;
}
