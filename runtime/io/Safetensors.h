//===- Safetensors.h - tensors by name in a file --------------------------===//
//
// The format (https://github.com/huggingface/safetensors#format): 8 bytes with
// the length N of the header, N bytes of JSON, the tensors without gaps.
// Nothing in a file is believed: every tensor handed out lies within the file,
// has the bytes its shape asks for, and shares none with another.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_RUNTIME_IO_SAFETENSORS_H
#define BERTC_RUNTIME_IO_SAFETENSORS_H

#include "runtime/io/AsideFile.h"
#include "runtime/io/MappedFile.h"
#include "runtime/io/Result.h"
#include "runtime/io/Tensor.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace bertc::io {

/// A mapped file; its tensors stay valid as long as it lives.
class SafetensorsFile {
public:
  static Result<SafetensorsFile> open(const std::string &path);

  const std::string &path() const { return name; }
  /// In the order of their data.
  const std::vector<Tensor> &tensors() const { return list; }
  /// Null when the file has no tensor of this name.
  const Tensor *find(std::string_view name) const;
  /// The strings under "__metadata__".
  const std::map<std::string, std::string> &metadata() const { return notes; }

private:
  SafetensorsFile(std::string path, MappedFile file);

  std::string name;
  MappedFile file;
  std::vector<Tensor> list;
  std::unordered_map<std::string, size_t> places;
  std::map<std::string, std::string> notes;
};

/// A file whose tensors are written one after the other, for data that is not
/// in memory. It appears whole or not at all.
class SafetensorsWriter {
public:
  /// Of `tensors`, whose names must differ, `data` is not looked at.
  static Result<SafetensorsWriter>
  create(const std::string &path, const std::vector<Tensor> &tensors,
         const std::map<std::string, std::string> &metadata = {});

  /// Takes room on the disk for the whole file, so that a full one shows before
  /// the work.
  MaybeFailure reserve();
  /// The next bytes of the tensors, in their order.
  MaybeFailure write(const void *data, size_t bytes);
  /// Waits until the disk has what was written.
  MaybeFailure sync();
  /// After the last byte of the last tensor.
  MaybeFailure
  keep(AsideFile::Durability durability = AsideFile::Durability::cached);

private:
  SafetensorsWriter(AsideFile file, uint64_t bytes)
      : file(std::move(file)), bytes(bytes) {}
  AsideFile file;
  uint64_t bytes; ///< of the whole file
};

/// Writes `path` whole or not at all. Names must differ.
MaybeFailure writeSafetensors(
    const std::string &path, const std::vector<Tensor> &tensors,
    const std::map<std::string, std::string> &metadata = {},
    AsideFile::Durability durability = AsideFile::Durability::cached);

} // namespace bertc::io

#endif // BERTC_RUNTIME_IO_SAFETENSORS_H
