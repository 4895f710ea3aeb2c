//===- Lines.h - a text file, line by line --------------------------------===//

#ifndef BERTC_RUNTIME_RUN_LINES_H
#define BERTC_RUNTIME_RUN_LINES_H

#include "runtime/io/MappedFile.h"
#include "runtime/io/Result.h"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace bertc::run {

using io::Failure;
using io::MaybeFailure;
using io::Result;

/// The lines of a UTF-8 file, empty ones too, without a byte order mark and
/// without their ends, which are LF or CR LF. Files of any size: a regular file
/// is mapped, a pipe is read as it comes.
class LineReader {
public:
  /// "-" is the standard input.
  static Result<LineReader> open(const std::string &path);

  /// The next line, which is there until the next call; nothing at the end, or
  /// where reading failed.
  std::optional<std::string_view> next();
  /// Whether the line that `next` gave ended with CR LF.
  bool endedInCrLf() const { return hadReturn && terminated; }
  /// What made `next` end early.
  MaybeFailure failure() const;

  const std::string &path() const { return name; }
  /// How many lines `next` gave.
  int64_t number() const { return count; }
  /// How much of the file they are: 0 to 1; nothing for a pipe.
  std::optional<double> fraction() const;

private:
  struct Close {
    void operator()(std::FILE *file) const;
  };
  struct Free {
    void operator()(char *buffer) const;
  };

  LineReader(std::string path, std::optional<io::MappedFile> mapped,
             std::FILE *pipe)
      : name(std::move(path)), mapped(std::move(mapped)), pipe(pipe) {}
  std::optional<std::string_view> nextRaw();

  std::string name;
  std::optional<io::MappedFile> mapped;
  size_t place = 0; ///< in the mapped file
  std::unique_ptr<std::FILE, Close> pipe;
  std::unique_ptr<char, Free> buffer; ///< getline's
  size_t capacity = 0;
  bool terminated = false; ///< whether the last line ended with LF
  bool hadReturn = false;  ///< whether a CR stood before that
  int64_t count = 0;
  int error = 0;
};

} // namespace bertc::run

#endif // BERTC_RUNTIME_RUN_LINES_H
