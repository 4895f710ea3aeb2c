//===- Safetensors.cpp ----------------------------------------------------===//

#include "runtime/io/Safetensors.h"

#include "runtime/io/SafetensorsHeader.h"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>

using namespace bertc::io;

namespace {

constexpr uint64_t lengthBytes = 8;
/// As in the reference implementation.
constexpr uint64_t maximumHeader = 100'000'000;

std::string quoted(const std::string &name) {
  return "\"" + oneLine(name) + "\"";
}

/// Tensors that lie within `dataBytes`, each of its size, in file order.
MaybeFailure checkEntries(std::vector<TensorEntry> &entries,
                          uint64_t dataBytes) {
  for (const TensorEntry &entry : entries) {
    std::string tensor = "tensor " + quoted(entry.name);
    if (entry.begin > entry.end || entry.end > dataBytes)
      return Failure{tensor + ": data_offsets [" + std::to_string(entry.begin) +
                     ", " + std::to_string(entry.end) + "] do not lie within " +
                     std::to_string(dataBytes) + " bytes of data"};
    std::optional<uint64_t> bytes = byteSize(entry.dtype, entry.shape);
    if (!bytes)
      return Failure{tensor + ": shape " + shapeText(entry.shape) +
                     " is too large"};
    if (*bytes != entry.end - entry.begin)
      return Failure{tensor + ": " + nameOf(entry.dtype) + " " +
                     shapeText(entry.shape) + " takes " +
                     std::to_string(*bytes) + " bytes, data_offsets have " +
                     std::to_string(entry.end - entry.begin)};
  }
  std::sort(entries.begin(), entries.end(),
            [](const TensorEntry &a, const TensorEntry &b) {
              return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
            });
  uint64_t next = 0;
  const std::string *before = nullptr;
  for (const TensorEntry &entry : entries) {
    if (entry.begin < next)
      return Failure{"tensors " + quoted(*before) + " and " +
                     quoted(entry.name) + " overlap"};
    if (entry.begin > next)
      return Failure{"tensor " + quoted(entry.name) + ": " +
                     std::to_string(entry.begin - next) +
                     " bytes before it belong to no tensor"};
    next = entry.end;
    before = &entry.name;
  }
  if (next != dataBytes)
    return Failure{std::to_string(dataBytes - next) +
                   " bytes at the end belong to no tensor"};
  return std::nullopt;
}

} // namespace

SafetensorsFile::SafetensorsFile(std::string path, MappedFile file)
    : name(std::move(path)), file(std::move(file)) {}

Result<SafetensorsFile> SafetensorsFile::open(const std::string &path) {
  Result<MappedFile> mapped = MappedFile::open(path);
  if (!mapped)
    return Failure{mapped.error()};
  uint64_t size = mapped->size();
  if (size < lengthBytes)
    return Failure{path + ": not a safetensors file: " + std::to_string(size) +
                   " bytes, a header has at least 8"};
  uint64_t length;
  std::memcpy(&length, mapped->data(), sizeof(length));
  if (length > maximumHeader)
    return Failure{path + ": header of " + std::to_string(length) +
                   " bytes, the limit is 100000000: not a safetensors file?"};
  if (length > size - lengthBytes)
    return Failure{path + ": header of " + std::to_string(length) +
                   " bytes in a file of " + std::to_string(size) +
                   ": cut off, or not a safetensors file"};

  Result<SafetensorsHeader> header =
      parseSafetensorsHeader(mapped->text().substr(lengthBytes, length));
  if (!header)
    return Failure{path + ": " + header.error()};
  uint64_t start = lengthBytes + length;
  if (MaybeFailure failure = checkEntries(header->tensors, size - start))
    return Failure{path + ": " + failure->message};

  SafetensorsFile result(path, std::move(*mapped));
  result.notes = std::move(header->metadata);
  for (TensorEntry &entry : header->tensors) {
    result.places.emplace(entry.name, result.list.size());
    result.list.push_back(
        {std::move(entry.name), entry.dtype, std::move(entry.shape),
         result.file.data() + start + entry.begin, entry.end - entry.begin});
  }
  return result;
}

const Tensor *SafetensorsFile::find(std::string_view name) const {
  auto place = places.find(std::string(name));
  return place == places.end() ? nullptr : &list[place->second];
}

Result<SafetensorsWriter>
SafetensorsWriter::create(const std::string &path,
                          const std::vector<Tensor> &tensors,
                          const std::map<std::string, std::string> &metadata) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty())
    header["__metadata__"] = metadata;
  uint64_t end = 0;
  for (const Tensor &tensor : tensors) {
    std::optional<uint64_t> bytes = byteSize(tensor.dtype, tensor.shape);
    if (!bytes || *bytes != tensor.bytes || header.contains(tensor.name) ||
        __builtin_add_overflow(end, tensor.bytes, &end))
      return Failure{path + ": tensor " + quoted(tensor.name) +
                     " cannot be written: same name twice, or bytes other "
                     "than its shape asks for"};
    header[tensor.name] = {{"dtype", nameOf(tensor.dtype)},
                           {"shape", tensor.shape},
                           {"data_offsets", {end - tensor.bytes, end}}};
  }
  // Invalid UTF-8 in a name is replaced: there is nobody to throw at.
  std::string text = header.dump(
      -1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  // Spaces behind the JSON, so that the data starts at a multiple of 8.
  text.append((8 - text.size() % 8) % 8, ' ');
  uint64_t length = text.size(), whole = 0;
  if (__builtin_add_overflow(end, sizeof(length) + length, &whole))
    return Failure{path + ": tensors of " + std::to_string(end) +
                   " bytes are too large for a file"};

  Result<AsideFile> file = AsideFile::create(path);
  if (!file)
    return Failure{file.error()};
  if (MaybeFailure failure = file->write(&length, sizeof(length)))
    return *failure;
  if (MaybeFailure failure = file->write(text.data(), text.size()))
    return *failure;
  return SafetensorsWriter(std::move(*file), whole);
}

MaybeFailure SafetensorsWriter::reserve() { return file.reserve(bytes); }

MaybeFailure SafetensorsWriter::write(const void *data, size_t bytes) {
  return file.write(data, bytes);
}

MaybeFailure SafetensorsWriter::sync() { return file.sync(); }

MaybeFailure SafetensorsWriter::keep(AsideFile::Durability durability) {
  return file.keep(durability);
}

MaybeFailure
bertc::io::writeSafetensors(const std::string &path,
                            const std::vector<Tensor> &tensors,
                            const std::map<std::string, std::string> &metadata,
                            AsideFile::Durability durability) {
  Result<SafetensorsWriter> file =
      SafetensorsWriter::create(path, tensors, metadata);
  if (!file)
    return Failure{file.error()};
  for (const Tensor &tensor : tensors)
    if (MaybeFailure failure = file->write(tensor.data, tensor.bytes))
      return failure;
  return file->keep(durability);
}
