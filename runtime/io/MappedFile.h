//===- MappedFile.h - a whole file, read only, in memory ------------------===//

#ifndef BERTC_RUNTIME_IO_MAPPEDFILE_H
#define BERTC_RUNTIME_IO_MAPPEDFILE_H

#include "runtime/io/Result.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bertc::io {

/// Pages come in as they are touched and are shared with other processes.
class MappedFile {
public:
  static Result<MappedFile> open(const std::string &path);
  MappedFile(MappedFile &&other) noexcept;
  MappedFile &operator=(MappedFile &&other) noexcept;
  ~MappedFile();

  const uint8_t *data() const { return bytes; }
  size_t size() const { return length; }
  std::string_view text() const {
    return {reinterpret_cast<const char *>(bytes), length};
  }

private:
  MappedFile(const uint8_t *bytes, size_t length)
      : bytes(bytes), length(length) {}

  const uint8_t *bytes;
  size_t length;
};

} // namespace bertc::io

#endif // BERTC_RUNTIME_IO_MAPPEDFILE_H
