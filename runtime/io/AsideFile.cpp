//===- AsideFile.cpp ------------------------------------------------------===//

#include "runtime/io/AsideFile.h"

#include <cerrno>
#include <climits>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

using namespace bertc::io;

namespace {

std::string randomLetters() {
  uint64_t bits = 0;
  if (getrandom(&bits, sizeof(bits), 0) < 0)
    bits = static_cast<uint64_t>(getpid());
  std::string letters;
  for (int i = 0; i < 8; ++i, bits /= 26)
    letters += static_cast<char>('a' + bits % 26);
  return letters;
}

/// Where a symbolic link leads: it stays, its target is replaced.
std::string resolved(const std::string &path) {
  char buffer[PATH_MAX];
  return realpath(path.c_str(), buffer) ? buffer : path;
}

} // namespace

AsideFile::AsideFile(std::string path, std::string target, std::string aside,
                     int descriptor)
    : path(std::move(path)), target(std::move(target)), aside(std::move(aside)),
      descriptor(descriptor) {}

AsideFile::AsideFile(AsideFile &&other) noexcept
    : path(std::move(other.path)), target(std::move(other.target)),
      aside(std::move(other.aside)),
      descriptor(std::exchange(other.descriptor, -1)) {}

AsideFile::~AsideFile() {
  if (descriptor < 0)
    return;
  ::close(descriptor);
  if (!aside.empty())
    ::unlink(aside.c_str());
}

Failure AsideFile::failed(const char *what, int error) const {
  return Failure{path + ": " + what + ": " + std::strerror(error)};
}

Result<AsideFile> AsideFile::create(const std::string &path) {
  std::string target = resolved(path);
  struct stat status;
  bool exists = ::stat(target.c_str(), &status) == 0;
  if (exists && S_ISDIR(status.st_mode))
    return Failure{path + ": cannot write: is a folder"};
  bool inPlace = exists && !S_ISREG(status.st_mode);
  int flags = O_WRONLY | O_CLOEXEC | (inPlace ? 0 : O_CREAT | O_EXCL);
  std::string name = target;
  int descriptor = -1;
  for (int attempt = 0; attempt < 100; ++attempt) {
    if (!inPlace)
      name = target + "." + randomLetters() + ".tmp";
    descriptor = ::open(name.c_str(), flags, 0666);
    if (descriptor >= 0 || errno != EEXIST)
      break;
  }
  if (descriptor < 0)
    return Failure{path + ": cannot write: " + std::strerror(errno)};
  return AsideFile(path, target, inPlace ? "" : name, descriptor);
}

MaybeFailure AsideFile::write(const void *data, size_t bytes) {
  const char *next = static_cast<const char *>(data);
  while (bytes > 0) {
    ssize_t written = ::write(descriptor, next, bytes);
    if (written < 0) {
      if (errno == EINTR)
        continue;
      return failed("cannot write", errno);
    }
    next += written;
    bytes -= static_cast<size_t>(written);
  }
  return std::nullopt;
}

MaybeFailure AsideFile::keep(Durability durability) {
  if (durability == Durability::synced && ::fsync(descriptor) != 0 &&
      !aside.empty())
    return failed("cannot write", errno);
  // Some file systems find out about a full disk only here.
  int closed = ::close(std::exchange(descriptor, -1));
  int error = errno;
  if (closed == 0 && aside.empty())
    return std::nullopt;
  if (closed == 0 && ::rename(aside.c_str(), target.c_str()) == 0)
    return std::nullopt;
  if (closed == 0)
    error = errno;
  if (!aside.empty())
    ::unlink(aside.c_str());
  return failed("cannot write", error);
}
