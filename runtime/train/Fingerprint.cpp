//===- Fingerprint.cpp ----------------------------------------------------===//

#include "runtime/train/Fingerprint.h"

#include "runtime/include/bertc_artifact.h"
#include "runtime/io/Json.h"
#include "runtime/io/MappedFile.h"

#include <cstddef>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

using namespace bertc;
using namespace bertc::train;
using nlohmann::json;

namespace {

constexpr size_t mostNamed = 3;
/// Of a value in a message.
constexpr size_t mostCharacters = 60;

std::string textOf(const json *value) {
  if (!value)
    return "absent";
  const std::string text =
      value->dump(-1, ' ', false, json::error_handler_t::replace);
  return text.size() <= mostCharacters ? text
                                       : text.substr(0, mostCharacters) + "...";
}

const json *memberOf(const json &object, const std::string &key) {
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

/// Of objects, as deep as both go. No deeper than parseJson does.
void collect(const json &saved, const json &current, const std::string &prefix,
             std::vector<std::string> &differences) {
  std::set<std::string> keys;
  for (const json *object : {&saved, &current})
    for (const auto &item : object->items())
      keys.insert(item.key());
  for (const std::string &key : keys) {
    const json *before = memberOf(saved, key), *now = memberOf(current, key);
    if (before && now && before->is_object() && now->is_object())
      collect(*before, *now, prefix + key + ".", differences);
    else if (!before || !now || *before != *now)
      differences.push_back(prefix + key + " was " + textOf(before) +
                            " and is " + textOf(now));
  }
}

} // namespace

std::string bertc::train::fingerprint(std::string_view bytes) {
  uint64_t sum = bertc_checksum(0, bytes.data(), bytes.size());
  std::string digits(16, '0');
  for (size_t i = digits.size(); i-- > 0; sum /= 16)
    digits[i] = "0123456789abcdef"[sum % 16];
  return digits;
}

Result<std::string> bertc::train::fingerprintOfFile(const std::string &path) {
  const Result<io::MappedFile> file = io::MappedFile::open(path);
  if (!file)
    return file.failure();
  return fingerprint(file->text());
}

std::string bertc::train::describeDifference(std::string_view saved,
                                             std::string_view current) {
  const json before = io::parseJson(saved), now = io::parseJson(current);
  if (!before.is_object() || !now.is_object())
    return saved == current ? "" : "one of them is no JSON object";
  std::vector<std::string> differences;
  collect(before, now, "", differences);
  std::string text;
  for (size_t i = 0; i < differences.size() && i < mostNamed; ++i)
    text += (i > 0 ? ", " : "") + differences[i];
  if (differences.size() > mostNamed)
    text += " and " + std::to_string(differences.size() - mostNamed) + " more";
  return io::withoutControls(text);
}
