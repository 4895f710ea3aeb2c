//===- SpoolFile.cpp ------------------------------------------------------===//

#include "runtime/io/SpoolFile.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

using namespace bertc::io;

namespace {

std::string folderFor(const std::string &path) {
  struct stat status;
  if (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
    const char *chosen = std::getenv("TMPDIR");
    return chosen && *chosen ? chosen : "/tmp";
  }
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos)
    return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

} // namespace

Result<SpoolFile> SpoolFile::create(const std::string &path) {
  std::string folder = folderFor(path);
  int descriptor = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor < 0 && (errno == EOPNOTSUPP || errno == EISDIR)) {
    // A file system without nameless files: take the name away at once.
    std::string name = folder + "/.bertc.XXXXXX";
    descriptor = ::mkostemp(name.data(), O_CLOEXEC);
    if (descriptor >= 0)
      ::unlink(name.c_str());
  }
  if (descriptor < 0)
    return Failure{path + ": cannot write: " + std::strerror(errno)};
  return SpoolFile(path, descriptor);
}

SpoolFile::SpoolFile(SpoolFile &&other) noexcept
    : path(std::move(other.path)),
      descriptor(std::exchange(other.descriptor, -1)), length(other.length) {}

SpoolFile::~SpoolFile() {
  if (descriptor >= 0)
    ::close(descriptor);
}

Failure SpoolFile::failed(const char *what, int error) const {
  return Failure{
      path + ": cannot " + what + ": " +
      (error ? std::strerror(error) : "a temporary file ends early")};
}

MaybeFailure SpoolFile::append(const void *data, size_t bytes) {
  const char *next = static_cast<const char *>(data);
  while (bytes > 0) {
    const ssize_t written = ::write(descriptor, next, bytes);
    if (written < 0) {
      if (errno == EINTR)
        continue;
      return failed("write", errno);
    }
    next += written;
    bytes -= static_cast<size_t>(written);
    length += static_cast<uint64_t>(written);
  }
  return std::nullopt;
}

MaybeFailure SpoolFile::read(uint64_t offset, void *data, size_t bytes) const {
  char *next = static_cast<char *>(data);
  while (bytes > 0) {
    const ssize_t count =
        ::pread(descriptor, next, bytes, static_cast<off_t>(offset));
    if (count <= 0) {
      if (count < 0 && errno == EINTR)
        continue;
      return failed("read", count < 0 ? errno : 0);
    }
    next += count;
    bytes -= static_cast<size_t>(count);
    offset += static_cast<uint64_t>(count);
  }
  return std::nullopt;
}
