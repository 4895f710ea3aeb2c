//===- CheckpointWriter.cpp -----------------------------------------------===//

#include "compiler/CheckpointWriter.h"

#include "compiler/Errors.h"
#include "compiler/JsonFile.h"
#include "runtime/io/AsideFile.h"
#include "runtime/io/Result.h"
#include "runtime/io/Tensor.h"

#include <algorithm>
#include <optional>
#include <utility>

using namespace bertc;

namespace {

/// Elements that are in memory at once: 4 MB.
constexpr int64_t pieceElements = int64_t(1) << 20;

llvm::Error errorOf(const io::Failure &failure) {
  return llvm::createStringError(failure.message);
}

} // namespace

llvm::Expected<CheckpointWriter>
CheckpointWriter::create(const std::string &path,
                         std::vector<CheckpointTensor> tensors,
                         const std::map<std::string, std::string> &notes) {
  std::vector<io::Tensor> planned;
  for (CheckpointTensor &tensor : tensors) {
    io::Tensor plan;
    plan.name = std::move(tensor.name);
    plan.shape = std::move(tensor.shape);
    // Where the bytes do not fit into 63 bits, neither does the file: 0 is
    // refused as not what the shape asks for.
    plan.bytes = io::byteSize(plan.dtype, plan.shape).value_or(0);
    planned.push_back(std::move(plan));
  }
  io::Result<io::SafetensorsWriter> file =
      io::SafetensorsWriter::create(path, planned, notes);
  if (!file)
    return errorOf(file.failure());
  if (io::MaybeFailure failure = file->reserve())
    return errorOf(*failure);
  return CheckpointWriter(std::move(*file), std::move(planned));
}

llvm::Error CheckpointWriter::write(TensorValues values) {
  std::vector<float> piece;
  for (const io::Tensor &tensor : tensors) {
    const int64_t elements = tensor.elements();
    for (int64_t first = 0; first < elements; first += pieceElements) {
      piece.resize(size_t(std::min(pieceElements, elements - first)));
      if (llvm::Error error = values(tensor.name, first, piece))
        return error;
      if (io::MaybeFailure failure =
              file.write(piece.data(), piece.size() * sizeof(float)))
        return errorOf(*failure);
    }
  }
  if (io::MaybeFailure failure = file.sync())
    return errorOf(*failure);
  return llvm::Error::success();
}

llvm::Error CheckpointWriter::keep() {
  if (io::MaybeFailure failure = file.keep())
    return errorOf(*failure);
  return llvm::Error::success();
}

llvm::Error bertc::saveWeights(llvm::StringRef folder, TensorValues values) {
  const std::string path = inFolder(folder, "model.safetensors");
  std::vector<CheckpointTensor> tensors;
  std::map<std::string, std::string> notes;
  {
    // Unmapped again before the work: only its header was of use.
    io::Result<io::SafetensorsFile> old = io::SafetensorsFile::open(path);
    if (!old)
      return errorOf(old.failure());
    for (const io::Tensor &tensor : old->tensors()) {
      if (!io::isFloat(tensor.dtype))
        return fileError(path, "tensor \"" + io::oneLine(tensor.name) +
                                   "\" has dtype " + io::nameOf(tensor.dtype) +
                                   "; floats were expected");
      tensors.push_back({tensor.name, tensor.shape});
    }
    notes = old->metadata();
  }
  llvm::Expected<CheckpointWriter> file =
      CheckpointWriter::create(path, std::move(tensors), notes);
  if (!file)
    return file.takeError();
  if (llvm::Error error = file->write(values))
    return error;
  return file->keep();
}
