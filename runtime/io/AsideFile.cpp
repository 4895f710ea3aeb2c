//===- AsideFile.cpp ------------------------------------------------------===//

#include "runtime/io/AsideFile.h"

#include <cerrno>
#include <climits>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <limits>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

using namespace bertc::io;

namespace {

std::string folderOf(const std::string &path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

std::string randomLetters() {
  uint64_t bits = 0;
  if (getrandom(&bits, sizeof(bits), 0) < 0)
    bits = static_cast<uint64_t>(getpid());
  std::string letters;
  for (int i = 0; i < 8; ++i, bits /= 26)
    letters += static_cast<char>('a' + bits % 26);
  return letters;
}

std::string asideName(const std::string &target) {
  return target + "." + randomLetters() + ".tmp";
}

/// Where a symbolic link leads: it stays, its target is replaced.
std::string resolved(const std::string &path) {
  char buffer[PATH_MAX];
  return realpath(path.c_str(), buffer) ? buffer : path;
}

bool isSame(const struct stat &a, const struct stat &b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

} // namespace

int bertc::io::descriptorNamed(const std::string &path) {
  std::string name = path;
  // As many links as the system itself follows.
  for (int links = 0; links < 40; ++links) {
    if (name == "/dev/stdout")
      return STDOUT_FILENO;
    if (name == "/dev/stderr")
      return STDERR_FILENO;
    for (const std::string &folder :
         {std::string("/dev/fd/"), std::string("/proc/self/fd/")}) {
      if (name.compare(0, folder.size(), folder) != 0)
        continue;
      const char *digits = name.c_str() + folder.size();
      char *end = nullptr;
      const long number = std::strtol(digits, &end, 10);
      const bool isNumber = *digits >= '0' && *digits <= '9' && *end == '\0';
      return isNumber && number <= INT_MAX ? static_cast<int>(number) : -1;
    }
    char link[PATH_MAX];
    const ssize_t length = ::readlink(name.c_str(), link, sizeof(link));
    if (length <= 0 || length == ssize_t(sizeof(link)))
      return -1;
    const std::string to(link, static_cast<size_t>(length));
    name = to[0] == '/' ? to : folderOf(name) + "/" + to;
  }
  return -1;
}

MaybeFailure bertc::io::checkNotRead(const std::string &output,
                                     const std::vector<std::string> &read) {
  struct stat target, source, folder;
  // Nothing is lost where nothing is, nor in a pipe.
  if (::stat(output.c_str(), &target) != 0 || !S_ISREG(target.st_mode))
    return std::nullopt;
  const std::string above = folderOf(resolved(output));
  const bool hasFolder = ::stat(above.c_str(), &folder) == 0;
  for (const std::string &path : read) {
    if (::stat(path.c_str(), &source) != 0)
      continue;
    if (isSame(source, target) ||
        (S_ISDIR(source.st_mode) && hasFolder && isSame(source, folder)))
      return Failure{output + ": cannot write: is " +
                     (isSame(source, target) ? "" : "in ") + path +
                     ", which this run reads"};
  }
  return std::nullopt;
}

AsideFile::AsideFile(std::string path, std::string target, std::string aside,
                     int descriptor, bool isNamed)
    : path(std::move(path)), target(std::move(target)), aside(std::move(aside)),
      descriptor(descriptor), isNamed(isNamed) {}

AsideFile::AsideFile(AsideFile &&other) noexcept
    : path(std::move(other.path)), target(std::move(other.target)),
      aside(std::move(other.aside)),
      descriptor(std::exchange(other.descriptor, -1)), isNamed(other.isNamed) {}

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
  if (const int open = descriptorNamed(path); open >= 0) {
    // To open it anew would begin at its first byte, to replace it would lose
    // what it holds. What is still in a buffer comes first.
    std::fflush(stdout);
    const int copy = ::fcntl(open, F_DUPFD_CLOEXEC, 0);
    if (copy < 0)
      return Failure{path + ": cannot write: " + std::strerror(errno)};
    return AsideFile(path, path, "", copy, /*isNamed=*/true);
  }
  std::string target = resolved(path);
  struct stat status;
  bool exists = ::stat(target.c_str(), &status) == 0;
  if (exists && S_ISDIR(status.st_mode))
    return Failure{path + ": cannot write: is a folder"};
  // Nothing in /dev is replaced, whatever it is.
  bool inPlace = exists && (!S_ISREG(status.st_mode) ||
                            target.compare(0, 5, "/dev/") == 0);
  int flags = O_WRONLY | O_CLOEXEC | (inPlace ? 0 : O_CREAT | O_EXCL);
  std::string name = target;
  int descriptor = -1;
  // A file without a name goes with the process, however that ends. Not every
  // file system has them.
  if (!inPlace) {
    descriptor = ::open(folderOf(target).c_str(),
                        O_WRONLY | O_CLOEXEC | O_TMPFILE, 0666);
    if (descriptor >= 0)
      return AsideFile(path, target, "", descriptor, /*isNamed=*/false);
  }
  for (int attempt = 0; attempt < 100; ++attempt) {
    if (!inPlace)
      name = asideName(target);
    descriptor = ::open(name.c_str(), flags, 0666);
    if (descriptor >= 0 || errno != EEXIST)
      break;
  }
  if (descriptor < 0)
    return Failure{path + ": cannot write: " + std::strerror(errno)};
  return AsideFile(path, target, inPlace ? "" : name, descriptor,
                   /*isNamed=*/true);
}

MaybeFailure AsideFile::reserve(uint64_t bytes) {
  if (isInPlace() || bytes == 0)
    return std::nullopt;
  if (bytes > uint64_t(std::numeric_limits<off_t>::max()))
    return failed("cannot write", EFBIG);
  int code;
  do
    code = ::posix_fallocate(descriptor, 0, static_cast<off_t>(bytes));
  while (code == EINTR);
  return code ? MaybeFailure(failed("cannot write", code)) : std::nullopt;
}

MaybeFailure AsideFile::sync() {
  if (::fsync(descriptor) != 0 && !isInPlace())
    return failed("cannot write", errno);
  return std::nullopt;
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

/// A new file cannot take a name that is taken: it gets one of its own first.
bool AsideFile::giveName() {
  const std::string self = "/proc/self/fd/" + std::to_string(descriptor);
  for (int attempt = 0; attempt < 100; ++attempt) {
    aside = asideName(target);
    if (::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, aside.c_str(),
                 AT_SYMLINK_FOLLOW) == 0)
      return true;
    if (errno != EEXIST)
      break;
  }
  aside.clear();
  return false;
}

MaybeFailure AsideFile::keep(Durability durability) {
  if (durability == Durability::synced)
    if (MaybeFailure failure = sync())
      return failure;
  if (!isNamed && !giveName())
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

MaybeFailure bertc::io::writeWhole(const std::string &path,
                                   std::string_view bytes) {
  Result<AsideFile> file = AsideFile::create(path);
  if (!file)
    return Failure{file.error()};
  if (MaybeFailure failure = file->write(bytes.data(), bytes.size()))
    return failure;
  return file->keep();
}
