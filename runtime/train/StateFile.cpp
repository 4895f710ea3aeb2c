//===- StateFile.cpp ------------------------------------------------------===//

#include "runtime/train/StateFile.h"

#include "runtime/io/Json.h"
#include "runtime/train/Fingerprint.h"
#include "runtime/train/Messages.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <unordered_set>

using namespace bertc;
using namespace bertc::train;
using bertc::io::DType;
using bertc::io::Failure;

namespace {

constexpr const char *format = "bertc training state 1";

bool isKnown(DType type) {
  return type == DType::F32 || type == DType::I64 || type == DType::U8;
}

std::string kindOf(DType type, const std::vector<int64_t> &shape) {
  return std::string(io::nameOf(type)) + " " + io::shapeText(shape);
}

/// Of the state and of each array's name, type, shape and bytes. By name: the
/// order of empty arrays gets lost in a file.
std::string checksumOf(const std::vector<io::Tensor> &tensors,
                       const std::string &state) {
  std::map<std::string_view, std::string> lines;
  for (const io::Tensor &tensor : tensors) {
    const std::string_view bytes(reinterpret_cast<const char *>(tensor.data),
                                 tensor.bytes);
    lines[tensor.name] =
        kindOf(tensor.dtype, tensor.shape) + " " + fingerprint(bytes);
  }
  // Lengths, or a name could end where another line begins.
  std::string all = std::to_string(state.size()) + " " + state;
  for (const auto &[name, line] : lines) {
    all += "\n" + std::to_string(name.size()) + " ";
    all += name;
    all += " " + line;
  }
  return fingerprint(all);
}

bool isObject(const std::string &text) {
  return io::parseJson(text).is_object();
}

/// Empty where there is none.
std::string noteOf(const io::SafetensorsFile &file, const char *key) {
  const auto note = file.metadata().find(key);
  return note == file.metadata().end() ? "" : note->second;
}

} // namespace

MaybeFailure bertc::train::saveState(const std::string &path,
                                     const std::vector<StateArray> &arrays,
                                     const std::string &state) {
  if (!isObject(state))
    return Failure{path + ": cannot be written: its state is no JSON object"};
  std::vector<io::Tensor> tensors;
  for (const StateArray &array : arrays) {
    const std::optional<uint64_t> bytes = io::byteSize(array.type, array.shape);
    if (!isKnown(array.type) || !bytes)
      return Failure{path + ": cannot be written: array " +
                     inQuotes(array.name) + " is " +
                     kindOf(array.type, array.shape)};
    tensors.push_back({array.name, array.type, array.shape,
                       static_cast<const uint8_t *>(array.data), *bytes});
  }
  return io::writeSafetensors(path, tensors,
                              {{"format", format},
                               {"state", state},
                               {"checksum", checksumOf(tensors, state)}},
                              io::AsideFile::Durability::synced);
}

Result<StateFile> StateFile::open(const std::string &path) {
  Result<io::SafetensorsFile> file = io::SafetensorsFile::open(path);
  if (!file)
    return file.failure();
  if (noteOf(*file, "format") != format)
    return Failure{path + ": is not a \"" + format + "\""};
  for (const io::Tensor &tensor : file->tensors())
    if (!isKnown(tensor.dtype))
      return Failure{path + ": array " + inQuotes(tensor.name) + " is " +
                     kindOf(tensor.dtype, tensor.shape) +
                     ", expected F32, I64 or U8"};
  std::string state = noteOf(*file, "state");
  if (!isObject(state))
    return Failure{path + ": its state is no JSON object"};
  if (noteOf(*file, "checksum") != checksumOf(file->tensors(), state))
    return Failure{path + ": is damaged: its checksum is not that of its data"};
  return StateFile(std::move(*file), std::move(state));
}

MaybeFailure StateFile::load(const std::vector<StateArray> &arrays) const {
  std::unordered_set<std::string_view> wanted;
  for (const StateArray &array : arrays) {
    wanted.insert(array.name);
    const io::Tensor *saved = file.find(array.name);
    const std::string which =
        file.path() + ": array " + inQuotes(array.name) + " is ";
    if (!saved)
      return Failure{which + "missing"};
    if (saved->dtype != array.type || saved->shape != array.shape)
      return Failure{which + kindOf(saved->dtype, saved->shape) +
                     ", this training has " + kindOf(array.type, array.shape)};
  }
  for (const io::Tensor &tensor : file.tensors())
    if (wanted.count(tensor.name) == 0)
      return Failure{file.path() + ": array " + inQuotes(tensor.name) +
                     " is none of this training's"};
  for (const StateArray &array : arrays) {
    const io::Tensor *saved = file.find(array.name);
    if (saved->bytes > 0)
      std::memcpy(array.data, saved->data, saved->bytes);
  }
  return std::nullopt;
}
