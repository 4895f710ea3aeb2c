//===- CheckpointWriter.h - weights as a model.safetensors of f32 ---------===//

#ifndef BERTC_COMPILER_CHECKPOINTWRITER_H
#define BERTC_COMPILER_CHECKPOINTWRITER_H

#include "runtime/io/Safetensors.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace bertc {

/// A tensor of a checkpoint that is to be written.
struct CheckpointTensor {
  std::string name;
  std::vector<int64_t> shape;
};

/// Fills `out` with the elements [first, first + out.size()) of the tensor
/// `name` in row-major order. Tensors are asked for in their order, and each
/// from its first element to its last.
using TensorValues = llvm::function_ref<llvm::Error(
    llvm::StringRef name, int64_t first, llvm::MutableArrayRef<float> out)>;

/// A file of f32 tensors that is written aside, a piece at a time, and stands
/// whole under its name or not at all. Errors of writing name the file.
class CheckpointWriter {
public:
  /// `notes` are the strings of its "__metadata__". Takes room on the disk for
  /// the whole file; an error where there is none.
  static llvm::Expected<CheckpointWriter>
  create(const std::string &path, std::vector<CheckpointTensor> tensors,
         const std::map<std::string, std::string> &notes);

  /// Writes all tensors, and waits until the disk has them.
  llvm::Error write(TensorValues values);
  /// Gives the file its name, replacing what stands there. Called last.
  llvm::Error keep();

private:
  CheckpointWriter(io::SafetensorsWriter file, std::vector<io::Tensor> tensors)
      : file(std::move(file)), tensors(std::move(tensors)) {}

  io::SafetensorsWriter file;
  std::vector<io::Tensor> tensors;
};

/// Writes new values of every tensor into the model.safetensors of a folder, as
/// f32, under the same names and in the same order. Until the new file is whole
/// and on the disk the old one stands; whatever ends the program, one of both
/// does. An error of `values` is returned as it is.
llvm::Error saveWeights(llvm::StringRef folder, TensorValues values);

} // namespace bertc

#endif // BERTC_COMPILER_CHECKPOINTWRITER_H
