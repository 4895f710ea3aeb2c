//===- Result.h - a value, or one line that says what is wrong ------------===//

#ifndef BERTC_RUNTIME_TEXT_RESULT_H
#define BERTC_RUNTIME_TEXT_RESULT_H

#include <optional>
#include <string>
#include <utility>

namespace bertc::text {

/// Carries the message of a Result that failed.
struct Failure {
  std::string message;
};

template <typename T> class Result {
public:
  Result(T value) : value(std::move(value)) {}
  Result(Failure failure) : message(std::move(failure.message)) {}

  explicit operator bool() const { return value.has_value(); }
  T &operator*() { return *value; }
  const T &operator*() const { return *value; }
  T *operator->() { return &*value; }
  const T *operator->() const { return &*value; }

  /// One line without a line break; empty when there is a value.
  const std::string &error() const { return message; }

private:
  std::optional<T> value;
  std::string message;
};

} // namespace bertc::text

#endif // BERTC_RUNTIME_TEXT_RESULT_H
