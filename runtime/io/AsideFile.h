//===- AsideFile.h - files that appear whole or not at all ----------------===//

#ifndef BERTC_RUNTIME_IO_ASIDEFILE_H
#define BERTC_RUNTIME_IO_ASIDEFILE_H

#include "runtime/io/Result.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bertc::io {

/// Written in the folder of the final one, without a name where the file system
/// knows such files, under another one elsewhere; `keep` gives it its name, and
/// it is gone when it is not kept. What is no regular file is written in place,
/// and so is one that the process already has open, under the name of its
/// descriptor: /dev/stdout goes where standard output stands, behind what
/// others wrote there.
class AsideFile {
public:
  static Result<AsideFile> create(const std::string &path);
  AsideFile(AsideFile &&other) noexcept;
  AsideFile &operator=(AsideFile &&other) = delete;
  ~AsideFile();

  /// Takes room on the disk for so many bytes, which are all that is written,
  /// so that a full one shows before the work; nothing for what is written in
  /// place. Called before the work.
  MaybeFailure reserve(uint64_t bytes);
  MaybeFailure write(const void *data, size_t bytes);
  /// Waits until the disk has what was written, where it goes to one.
  MaybeFailure sync();

  enum class Durability {
    cached, ///< whole for every process that looks, lost in a power failure
    synced  ///< on the disk before it gets its name
  };
  /// Gives the file its name, replacing what stands there. Called last.
  MaybeFailure keep(Durability durability = Durability::cached);

private:
  bool isInPlace() const { return isNamed && aside.empty(); }
  AsideFile(std::string path, std::string target, std::string aside,
            int descriptor, bool isNamed);
  bool giveName();
  Failure failed(const char *what, int error) const;

  std::string path;   ///< as the user wrote it, for messages
  std::string target; ///< where a symbolic link at `path` leads
  std::string aside;  ///< empty when written in place
  int descriptor;
  bool isNamed; ///< whether a name leads to what is written
};

/// The descriptor that a path is a name of: "/dev/stdout", "/dev/stderr",
/// "/dev/fd/N", "/proc/self/fd/N", or a symbolic link to one of them; -1 for
/// all others.
int descriptorNamed(const std::string &path);

/// A file of these bytes at `path`, whole or not at all.
MaybeFailure writeWhole(const std::string &path, std::string_view bytes);

/// A failure where `output` is one of the files that are `read`, or stands in a
/// folder among them: what a command reads it does not replace.
MaybeFailure checkNotRead(const std::string &output,
                          const std::vector<std::string> &read);

} // namespace bertc::io

#endif // BERTC_RUNTIME_IO_ASIDEFILE_H
