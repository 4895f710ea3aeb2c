//===- Json.h - JSON of files that nobody vouches for ---------------------===//

#ifndef BERTC_RUNTIME_IO_JSON_H
#define BERTC_RUNTIME_IO_JSON_H

#include <nlohmann/json.hpp>
#include <string_view>

namespace bertc::io {

/// Far deeper than any file that is read nests.
constexpr int deepestJson = 64;

/// `text` as JSON; discarded where it is none. What nests deeper than
/// `deepestJson` is left out: nlohmann-json copies and prints by recursion, and
/// a hostile file would overflow the stack.
inline nlohmann::json parseJson(std::string_view text) {
  using nlohmann::json;
  return json::parse(
      text.begin(), text.end(),
      [](int depth, json::parse_event_t, json &) {
        return depth <= deepestJson;
      },
      /*allow_exceptions=*/false);
}

} // namespace bertc::io

#endif // BERTC_RUNTIME_IO_JSON_H
