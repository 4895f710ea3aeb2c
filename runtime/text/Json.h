//===- Json.h - reading JSON without exceptions ---------------------------===//
//
// nlohmann-json aborts on a wrong type when exceptions are off. All reads go
// through `Fields`, which notes the first wrong one instead.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_RUNTIME_TEXT_JSON_H
#define BERTC_RUNTIME_TEXT_JSON_H

#include "runtime/io/Json.h"
#include "runtime/text/Result.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace bertc::text {

using Json = nlohmann::json;

inline Result<Json> parseJson(std::string_view text, const std::string &name) {
  Json json = io::parseJson(text);
  if (json.is_discarded())
    return Failure{name + ": not valid JSON"};
  if (!json.is_object())
    return Failure{name + ": expected a JSON object"};
  return json;
}

/// The fields of one object. A field that is missing or null leaves its
/// variable as it is; one of another type sets `error` to a line that names it.
class Fields {
public:
  Fields(const Json &object, std::string place, std::string &error)
      : object(object), place(std::move(place)), error(error) {}

  const Json *find(const char *key) const {
    if (!object.is_object())
      return nullptr;
    auto it = object.find(key);
    return it == object.end() || it->is_null() ? nullptr : &*it;
  }

  const Json *find(const char *key, Json::value_t type,
                   const char *expected) const {
    const Json *value = find(key);
    if (!value || value->type() == type)
      return value;
    fail(key, expected);
    return nullptr;
  }

  void read(const char *key, bool &out) const {
    if (auto *v = find(key, Json::value_t::boolean, "true or false"))
      out = v->get<bool>();
  }
  void read(const char *key, std::string &out) const {
    if (auto *v = find(key, Json::value_t::string, "a string"))
      out = v->get<std::string>();
  }
  template <typename Integer> void read(const char *key, Integer &out) const {
    if (const Json *value = find(key)) {
      if (!value->is_number_integer() ||
          (value->is_number_unsigned() &&
           value->get<uint64_t>() >
               uint64_t(std::numeric_limits<Integer>::max())) ||
          value->get<int64_t>() < 0 ||
          value->get<int64_t>() > std::numeric_limits<Integer>::max())
        return fail(key, "a whole number from 0 on");
      out = static_cast<Integer>(value->get<int64_t>());
    }
  }

  void fail(const std::string &key, const std::string &expected) const {
    if (error.empty())
      error = place + ": \"" + key + "\" is not " + expected;
  }

private:
  const Json &object;
  std::string place;
  std::string &error;
};

} // namespace bertc::text

#endif // BERTC_RUNTIME_TEXT_JSON_H
