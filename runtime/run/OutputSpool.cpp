//===- OutputSpool.cpp ----------------------------------------------------===//

#include "runtime/run/OutputSpool.h"

#include "runtime/io/AsideFile.h"
#include "runtime/io/Npy.h"
#include "runtime/io/Safetensors.h"

#include <algorithm>

using namespace bertc;
using namespace bertc::run;

namespace {

int64_t elementsOf(const std::vector<int64_t> &shape) {
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  return count;
}

/// Copies a tensor of shape `from` to the front corner of one of shape `to`,
/// from dimension `d` on.
void copyCorner(const float *source, const std::vector<int64_t> &from,
                float *target, const std::vector<int64_t> &to, size_t d) {
  if (d == from.size()) {
    *target = *source;
    return;
  }
  if (d + 1 == from.size()) {
    std::copy_n(source, from[d], target);
    return;
  }
  const int64_t sourceStep = elementsOf({from.begin() + d + 1, from.end()});
  const int64_t targetStep = elementsOf({to.begin() + d + 1, to.end()});
  for (int64_t i = 0; i < from[d]; ++i)
    copyCorner(source + i * sourceStep, from, target + i * targetStep, to,
               d + 1);
}

} // namespace

MaybeFailure OutputSpool::add(const std::vector<Output> &outputs) {
  if (io::isNpyName(path) && outputs.size() != 1)
    return Failure{path + ": a .npy file holds one output, the model has " +
                   std::to_string(outputs.size())};
  if (spooled.empty())
    for (const Output &output : outputs) {
      Result<io::SpoolFile> file = io::SpoolFile::create(path);
      if (!file)
        return Failure{file.error()};
      spooled.push_back({output.name,
                         std::move(*file),
                         {},
                         std::vector<int64_t>(output.shape.size() - 1, 0),
                         0});
    }
  for (size_t i = 0; i < outputs.size(); ++i) {
    const Output &output = outputs[i];
    Spooled &target = spooled[i];
    Block block{output.shape[0],
                {output.shape.begin() + 1, output.shape.end()}};
    for (size_t d = 0; d < block.shape.size(); ++d)
      target.shape[d] = std::max(target.shape[d], block.shape[d]);
    target.sequences += block.sequences;
    if (MaybeFailure failure = target.file.append(
            output.values.data(), output.values.size() * sizeof(float)))
      return failure;
    target.blocks.push_back(std::move(block));
  }
  return std::nullopt;
}

template <typename Sink>
MaybeFailure OutputSpool::writePadded(const Spooled &output, Sink &sink) {
  std::vector<float> read, padded(elementsOf(output.shape));
  uint64_t offset = 0;
  for (const Block &block : output.blocks) {
    read.resize(elementsOf(block.shape));
    const size_t bytes = read.size() * sizeof(float);
    for (int64_t i = 0; i < block.sequences; ++i, offset += bytes) {
      if (MaybeFailure failure = output.file.read(offset, read.data(), bytes))
        return failure;
      std::fill(padded.begin(), padded.end(), 0.0f);
      if (bytes > 0)
        copyCorner(read.data(), block.shape, padded.data(), output.shape, 0);
      if (MaybeFailure failure =
              sink.write(padded.data(), padded.size() * sizeof(float)))
        return failure;
    }
  }
  return std::nullopt;
}

MaybeFailure OutputSpool::finishNpy() const {
  Result<io::AsideFile> file = io::AsideFile::create(path);
  if (!file)
    return Failure{file.error()};
  const Spooled &output = spooled.front();
  std::vector<int64_t> shape = output.shape;
  shape.insert(shape.begin(), output.sequences);
  const std::string header = io::npyHeader(shape);
  if (MaybeFailure failure = file->write(header.data(), header.size()))
    return failure;
  if (MaybeFailure failure = writePadded(output, *file))
    return failure;
  return file->keep();
}

MaybeFailure OutputSpool::finish() {
  if (io::isNpyName(path))
    return finishNpy();
  std::vector<io::Tensor> tensors;
  for (const Spooled &output : spooled) {
    io::Tensor tensor{
        output.name, io::DType::F32, {output.sequences}, nullptr, 0};
    tensor.shape.insert(tensor.shape.end(), output.shape.begin(),
                        output.shape.end());
    // Null where it does not fit: the writer says so.
    tensor.bytes = io::byteSize(tensor.dtype, tensor.shape).value_or(0);
    tensors.push_back(std::move(tensor));
  }
  Result<io::SafetensorsWriter> file =
      io::SafetensorsWriter::create(path, tensors);
  if (!file)
    return Failure{file.error()};
  for (const Spooled &output : spooled)
    if (MaybeFailure failure = writePadded(output, *file))
      return failure;
  return file->keep();
}
