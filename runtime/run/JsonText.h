//===- JsonText.h - JSON as it is printed ---------------------------------===//

#ifndef BERTC_RUNTIME_RUN_JSONTEXT_H
#define BERTC_RUNTIME_RUN_JSONTEXT_H

#include <string>
#include <string_view>

namespace bertc::run {

/// A JSON string on one line; bytes that are no UTF-8 become U+FFFD, as the
/// tokenizer reads them.
std::string quoted(std::string_view text);

/// As many digits as a probability or a score has meaning, "null" for what JSON
/// has no number for.
std::string numberText(double value);

/// As many digits as it takes to read an f32 back; "null" likewise.
std::string exactText(float value);

/// Members in the order in which they are added.
class JsonObject {
public:
  JsonObject &text(std::string_view key, std::string_view value) {
    return raw(key, quoted(value));
  }
  JsonObject &number(std::string_view key, double value) {
    return raw(key, numberText(value));
  }
  JsonObject &integer(std::string_view key, long long value) {
    return raw(key, std::to_string(value));
  }
  /// `json` is a value's text.
  JsonObject &raw(std::string_view key, std::string_view json);

  std::string str() const { return members + "}"; }

private:
  std::string members = "{";
};

/// "[a, b]" of values that are JSON already.
class JsonArray {
public:
  JsonArray &raw(std::string_view json) {
    values += values.size() > 1 ? ", " : "";
    values += json;
    return *this;
  }
  std::string str() const { return values + "]"; }

private:
  std::string values = "[";
};

} // namespace bertc::run

#endif // BERTC_RUNTIME_RUN_JSONTEXT_H
