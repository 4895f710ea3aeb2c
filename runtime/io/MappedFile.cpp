//===- MappedFile.cpp -----------------------------------------------------===//

#include "runtime/io/MappedFile.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

using namespace bertc::io;

Result<MappedFile> MappedFile::open(const std::string &path) {
  // O_NONBLOCK: opening a pipe must not wait for a writer.
  int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0)
    return Failure{path + ": cannot open: " + std::strerror(errno)};
  struct stat status;
  if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(descriptor);
    return Failure{path + ": not a regular file"};
  }
  size_t length = static_cast<size_t>(status.st_size);
  if (length == 0) { // mmap refuses a length of zero
    ::close(descriptor);
    return MappedFile(nullptr, 0);
  }
  void *bytes = mmap(nullptr, length, PROT_READ, MAP_PRIVATE, descriptor, 0);
  int error = errno;
  ::close(descriptor);
  if (bytes == MAP_FAILED)
    return Failure{path + ": cannot map: " + std::strerror(error)};
  return MappedFile(static_cast<const uint8_t *>(bytes), length);
}

MappedFile::MappedFile(MappedFile &&other) noexcept
    : bytes(std::exchange(other.bytes, nullptr)),
      length(std::exchange(other.length, 0)) {}

MappedFile &MappedFile::operator=(MappedFile &&other) noexcept {
  std::swap(bytes, other.bytes);
  std::swap(length, other.length);
  return *this;
}

MappedFile::~MappedFile() {
  if (bytes)
    munmap(const_cast<uint8_t *>(bytes), length);
}
