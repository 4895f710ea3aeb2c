//===- Result.h - a value, or one line that says what is wrong ------------===//

#ifndef BERTC_RUNTIME_IO_RESULT_H
#define BERTC_RUNTIME_IO_RESULT_H

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace bertc::io {

struct Failure {
  /// One line without a line break. Messages about a file begin with its path.
  std::string message;
  /// A bertc_status: of the function of bertc.h that failed, or of what is at
  /// fault; 0 where what was given is.
  int status = 0;
};

template <typename T> class [[nodiscard]] Result {
public:
  Result(T value) : value(std::move(value)) {}
  Result(Failure failure) : failed(std::move(failure)) {}

  explicit operator bool() const { return value.has_value(); }
  T &operator*() { return *value; }
  const T &operator*() const { return *value; }
  T *operator->() { return &*value; }
  const T *operator->() const { return &*value; }

  /// Empty when there is a value.
  const std::string &error() const { return failed.message; }
  /// Where there is no value.
  const Failure &failure() const { return failed; }

private:
  std::optional<T> value;
  Failure failed;
};

/// For what gives nothing but may fail:
///   if (MaybeFailure failure = file.write(data, size))
///     return *failure;
using MaybeFailure = std::optional<Failure>;

/// Text without line ends and what else would steer a terminal.
inline std::string withoutControls(std::string_view text) {
  std::string line(text);
  for (char &c : line)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      c = '?';
  return line;
}

/// Text that came from a file, fit for one line of a message.
inline std::string oneLine(std::string_view text) {
  constexpr size_t limit = 300;
  const std::string line = withoutControls(text.substr(0, limit));
  return text.size() > limit ? line + "..." : line;
}

} // namespace bertc::io

#endif // BERTC_RUNTIME_IO_RESULT_H
