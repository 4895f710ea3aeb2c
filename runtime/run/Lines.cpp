//===- Lines.cpp ----------------------------------------------------------===//

#include "runtime/run/Lines.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <sys/stat.h>
#include <utility>

using namespace bertc;
using namespace bertc::run;

void LineReader::Close::operator()(std::FILE *file) const {
  if (file != stdin)
    std::fclose(file);
}

void LineReader::Free::operator()(char *buffer) const { std::free(buffer); }

Result<LineReader> LineReader::open(const std::string &path) {
  if (path == "-")
    return LineReader("standard input", std::nullopt, stdin);
  struct stat status;
  const bool isPipe = stat(path.c_str(), &status) == 0 &&
                      (S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode) ||
                       S_ISSOCK(status.st_mode));
  if (!isPipe) {
    Result<io::MappedFile> file = io::MappedFile::open(path);
    if (!file)
      return Failure{file.error()};
    return LineReader(path, std::move(*file), nullptr);
  }
  std::FILE *file = std::fopen(path.c_str(), "rbe");
  if (!file)
    return Failure{path + ": cannot read: " + std::strerror(errno)};
  return LineReader(path, std::nullopt, file);
}

std::optional<std::string_view> LineReader::nextRaw() {
  if (mapped) {
    std::string_view rest = mapped->text().substr(place);
    if (rest.empty())
      return std::nullopt;
    const size_t end = std::min(rest.find('\n'), rest.size());
    terminated = end < rest.size();
    place += std::min(end + 1, rest.size());
    return rest.substr(0, end);
  }
  char *line = buffer.release();
  errno = 0;
  const ssize_t length = getline(&line, &capacity, pipe.get());
  buffer.reset(line);
  if (length < 0) {
    error = std::feof(pipe.get()) ? 0 : errno;
    return std::nullopt;
  }
  std::string_view text(line, static_cast<size_t>(length));
  terminated = text.back() == '\n';
  text.remove_suffix(terminated);
  return text;
}

std::optional<std::string_view> LineReader::next() {
  std::optional<std::string_view> line = nextRaw();
  if (!line)
    return std::nullopt;
  constexpr std::string_view byteOrderMark = "\xef\xbb\xbf";
  if (count == 0 && line->substr(0, 3) == byteOrderMark) {
    line->remove_prefix(3);
    // A file of nothing but the mark has no line.
    if (line->empty() && !terminated)
      return std::nullopt;
  }
  hadReturn = !line->empty() && line->back() == '\r';
  line->remove_suffix(hadReturn);
  ++count;
  return line;
}

MaybeFailure LineReader::failure() const {
  if (error == 0)
    return std::nullopt;
  return Failure{name + ": cannot read: " + std::strerror(error)};
}

std::optional<double> LineReader::fraction() const {
  if (!mapped)
    return std::nullopt;
  return mapped->size() == 0 ? 1.0 : double(place) / double(mapped->size());
}
