//===- SpoolFile.h - bytes that wait on the disk --------------------------===//

#ifndef BERTC_RUNTIME_IO_SPOOLFILE_H
#define BERTC_RUNTIME_IO_SPOOLFILE_H

#include "runtime/io/Result.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace bertc::io {

/// A file without a name, gone with its descriptor however the process ends:
/// for what may be larger than memory and is read once all of it is there.
class SpoolFile {
public:
  /// In the folder of `path`, the file that its bytes go to at last, where that
  /// is a regular one or to become one; else in $TMPDIR or /tmp.
  static Result<SpoolFile> create(const std::string &path);
  SpoolFile(SpoolFile &&other) noexcept;
  SpoolFile &operator=(SpoolFile &&other) = delete;
  ~SpoolFile();

  MaybeFailure append(const void *data, size_t bytes);
  /// Bytes [offset, offset + bytes), which were appended.
  MaybeFailure read(uint64_t offset, void *data, size_t bytes) const;
  uint64_t size() const { return length; }

private:
  SpoolFile(std::string path, int descriptor)
      : path(std::move(path)), descriptor(descriptor) {}
  Failure failed(const char *what, int error) const;

  std::string path; ///< for messages
  int descriptor;
  uint64_t length = 0;
};

} // namespace bertc::io

#endif // BERTC_RUNTIME_IO_SPOOLFILE_H
