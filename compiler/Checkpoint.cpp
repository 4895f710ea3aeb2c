//===- Checkpoint.cpp -----------------------------------------------------===//

#include "compiler/Checkpoint.h"

#include "compiler/Errors.h"
#include "compiler/JsonFile.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/Path.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <sys/mman.h>
#include <unistd.h>

using namespace bertc;
using nlohmann::json;

namespace {

/// A shard lies in the folder itself: an index may not name files elsewhere.
bool isPlainName(llvm::StringRef name) {
  return !name.empty() && name != "." && name != ".." && !name.contains('/') &&
         !name.contains('\0');
}

} // namespace

llvm::Expected<Checkpoint> Checkpoint::open(llvm::StringRef folder) {
  std::string single = inFolder(folder, "model.safetensors");
  std::string index = inFolder(folder, "model.safetensors.index.json");
  bool sharded = !llvm::sys::fs::exists(single) && llvm::sys::fs::exists(index);
  Checkpoint checkpoint(sharded ? index : single);
  if (sharded) {
    if (llvm::Error error = checkpoint.addIndex(folder))
      return std::move(error);
    return std::move(checkpoint);
  }
  if (!llvm::sys::fs::exists(single))
    return fileError(single, "No such file or directory; a folder with "
                             "model.safetensors or "
                             "model.safetensors.index.json was expected");
  llvm::Expected<const io::SafetensorsFile *> file = checkpoint.addFile(single);
  if (!file)
    return file.takeError();
  for (const io::Tensor &tensor : (*file)->tensors())
    checkpoint.addTensor(tensor, 0);
  return std::move(checkpoint);
}

llvm::Error Checkpoint::addIndex(llvm::StringRef folder) {
  llvm::Expected<json> index = readJsonFile(main);
  if (!index)
    return index.takeError();
  if (!index->is_object() || !index->contains("weight_map") ||
      !(*index)["weight_map"].is_object())
    return fileError(main, "an object with \"weight_map\" was expected");

  std::map<std::string, size_t> shards;
  for (const auto &[name, place] : (*index)["weight_map"].items()) {
    if (!place.is_string() ||
        !isPlainName(place.get_ref<const std::string &>()))
      return fileError(main,
                       "tensor \"" + io::oneLine(name) + "\" lies in " +
                           io::oneLine(place.is_structured() ? place.type_name()
                                                             : place.dump()) +
                           "; the name of a file in the same folder was "
                           "expected");
    std::string path = inFolder(folder, place.get_ref<const std::string &>());
    auto [shard, isNew] = shards.try_emplace(path, files.size());
    if (isNew) {
      llvm::Expected<const io::SafetensorsFile *> opened = addFile(path);
      if (!opened)
        return opened.takeError();
    }
    const io::Tensor *tensor = files[shard->second]->find(name);
    if (!tensor)
      return fileError(
          path, "tensor \"" + io::oneLine(name) + "\" is missing; " +
                    llvm::sys::path::filename(main) + " says it is here");
    addTensor(*tensor, shard->second);
  }
  return llvm::Error::success();
}

llvm::Expected<const io::SafetensorsFile *>
Checkpoint::addFile(const std::string &path) {
  io::Result<io::SafetensorsFile> file = io::SafetensorsFile::open(path);
  if (!file)
    return llvm::createStringError(file.error());
  files.push_back(std::make_unique<io::SafetensorsFile>(std::move(*file)));
  return files.back().get();
}

void Checkpoint::addTensor(const io::Tensor &tensor, size_t file) {
  auto [place, isNew] = entries.try_emplace(tensor.name, Entry{&tensor, file});
  if (isNew)
    order.push_back(place->getKey());
}

const io::Tensor *Checkpoint::find(llvm::StringRef name) const {
  auto found = entries.find(name);
  return found == entries.end() ? nullptr : found->second.tensor;
}

std::vector<llvm::StringRef> Checkpoint::names() const { return order; }

llvm::StringRef Checkpoint::fileOf(llvm::StringRef name) const {
  auto found = entries.find(name);
  return found == entries.end() ? llvm::StringRef(main)
                                : files[found->second.file]->path();
}

llvm::Error Checkpoint::read(llvm::StringRef name, int64_t first,
                             llvm::MutableArrayRef<float> out) const {
  const io::Tensor *tensor = find(name);
  if (!tensor || !io::isFloat(tensor->dtype) || first < 0 ||
      first + int64_t(out.size()) > tensor->elements())
    return defect("tensor \"" + name + "\" was read beyond what it holds");
  io::toFloat(*tensor, first, out.size(), out.data());
  return llvm::Error::success();
}

void Checkpoint::release() const {
  const uintptr_t page = ::sysconf(_SC_PAGESIZE);
  for (const auto &file : files) {
    if (file->tensors().empty())
      continue;
    // Whole pages of the tensors; the header before them is small.
    uintptr_t begin = UINTPTR_MAX, end = 0;
    for (const io::Tensor &tensor : file->tensors()) {
      auto data = reinterpret_cast<uintptr_t>(tensor.data);
      begin = std::min(begin, data);
      end = std::max<uintptr_t>(end, data + tensor.bytes);
    }
    begin = llvm::alignTo(begin, page);
    end = llvm::alignDown(end, page);
    if (begin < end) // NOLINTNEXTLINE(performance-no-int-to-ptr): of pages
      ::madvise(reinterpret_cast<void *>(begin), end - begin, MADV_DONTNEED);
  }
}

std::optional<TensorInfo>
CheckpointCatalog::lookup(llvm::StringRef name) const {
  const io::Tensor *tensor = checkpoint.find(name);
  if (!tensor)
    return std::nullopt;
  TensorInfo info;
  info.dtype = io::nameOf(tensor->dtype);
  info.shape = tensor->shape;
  return info;
}

std::string CheckpointCatalog::location(llvm::StringRef name) const {
  return checkpoint.fileOf(name).str();
}
