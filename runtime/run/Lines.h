//===- Lines.h - a text file, line by line --------------------------------===//

#ifndef BERTC_RUNTIME_RUN_LINES_H
#define BERTC_RUNTIME_RUN_LINES_H

#include "runtime/io/MappedFile.h"
#include "runtime/io/Result.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

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

  /// The next line, which is there until the next call of this or of
  /// wouldWait; nothing at the end, or where reading failed.
  std::optional<std::string_view> next();
  /// Whether `next` would wait for somebody to write to a pipe.
  bool wouldWait();
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
  /// A pipe's descriptor; -1: none.
  class Descriptor {
  public:
    explicit Descriptor(int number) : number(number) {}
    Descriptor(Descriptor &&other) noexcept
        : number(std::exchange(other.number, -1)) {}
    Descriptor &operator=(Descriptor &&other) noexcept {
      std::swap(number, other.number);
      return *this;
    }
    ~Descriptor(); ///< leaves the standard input open

    int number;
  };

  LineReader(std::string path, std::optional<io::MappedFile> mapped, int pipe)
      : name(std::move(path)), mapped(std::move(mapped)), pipe(pipe) {}
  std::optional<std::string_view> nextRaw();
  /// Reads more of the pipe into `buffer`.
  void read();

  std::string name;
  std::optional<io::MappedFile> mapped;
  Descriptor pipe;
  std::string buffer;  ///< of the pipe: what came, not yet all given
  size_t place = 0;    ///< of the next line, in the buffer or the mapped file
  size_t searched = 0; ///< the buffer has no line end from `place` to here
  bool atEnd = false;  ///< of the pipe
  bool terminated = false; ///< whether the last line ended with LF
  bool hadReturn = false;  ///< whether a CR stood before that
  int64_t count = 0;
  int error = 0;
};

} // namespace bertc::run

#endif // BERTC_RUNTIME_RUN_LINES_H
