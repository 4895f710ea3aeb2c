//===- Lines.cpp ----------------------------------------------------------===//

#include "runtime/run/Lines.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

using namespace bertc;
using namespace bertc::run;

LineReader::Descriptor::~Descriptor() {
  if (number > STDIN_FILENO)
    close(number);
}

Result<LineReader> LineReader::open(const std::string &path) {
  if (path == "-")
    return LineReader("standard input", std::nullopt, STDIN_FILENO);
  struct stat status;
  const bool isPipe = stat(path.c_str(), &status) == 0 &&
                      (S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode) ||
                       S_ISSOCK(status.st_mode));
  if (!isPipe) {
    Result<io::MappedFile> file = io::MappedFile::open(path);
    if (!file)
      return Failure{file.error()};
    return LineReader(path, std::move(*file), -1);
  }
  const int pipe = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (pipe < 0)
    return Failure{path + ": cannot read: " + std::strerror(errno)};
  return LineReader(path, std::nullopt, pipe);
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
  size_t end;
  while ((end = buffer.find('\n', searched)) == std::string::npos && !atEnd)
    read();
  if (error != 0 || place == buffer.size())
    return std::nullopt;
  terminated = end != std::string::npos;
  end = std::min(end, buffer.size());
  const std::string_view line =
      std::string_view(buffer).substr(place, end - place);
  place = searched = end + terminated;
  return line;
}

void LineReader::read() {
  // The line that was given last is over.
  buffer.erase(0, place);
  place = 0;
  searched = buffer.size();
  constexpr size_t size = 1 << 16;
  buffer.resize(searched + size);
  ssize_t count;
  while ((count = ::read(pipe.number, buffer.data() + searched, size)) < 0 &&
         (errno == EINTR || errno == EAGAIN))
    if (errno == EAGAIN) { // whoever opened it did not want to wait
      pollfd ready = {pipe.number, POLLIN, 0};
      poll(&ready, 1, -1);
    }
  error = count < 0 ? errno : 0;
  atEnd = count <= 0;
  buffer.resize(searched + std::max<ssize_t>(count, 0));
}

bool LineReader::wouldWait() {
  if (mapped)
    return false;
  while (!atEnd && buffer.find('\n', searched) == std::string::npos) {
    pollfd ready = {pipe.number, POLLIN, 0};
    if (poll(&ready, 1, 0) == 0)
      return true;
    read();
  }
  return false;
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
