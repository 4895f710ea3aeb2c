//===- StateFile.h - all that a training is taken up again from -----------===//
//
// A safetensors file. Its __metadata__ has "format", which says what it is,
// "state", a JSON object of the loop's, and "checksum", of all else, so that a
// state is loaded as it was saved to the bit or not at all.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_RUNTIME_TRAIN_STATEFILE_H
#define BERTC_RUNTIME_TRAIN_STATEFILE_H

#include "runtime/io/Result.h"
#include "runtime/io/Safetensors.h"
#include "runtime/io/Tensor.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace bertc::train {

using io::MaybeFailure;
using io::Result;

/// An array of the training, where it lives.
struct StateArray {
  std::string name;
  io::DType type = io::DType::F32; ///< F32, I64 or U8
  std::vector<int64_t> shape;
  void *data = nullptr; ///< only read by saveState
};

/// Replaces the file at `path` by the arrays, whose names differ, and `state`,
/// a JSON object. The new file is on the disk before it gets its name: however
/// the process or the machine ends, the old one is there or the new one, whole.
MaybeFailure saveState(const std::string &path,
                       const std::vector<StateArray> &arrays,
                       const std::string &state);

/// A file that is what was saved.
class StateFile {
public:
  static Result<StateFile> open(const std::string &path);

  const std::string &state() const { return json; }

  /// Fills the arrays, which have the names, types and shapes of those that
  /// were saved, and are all of them. Fills none where they are not.
  MaybeFailure load(const std::vector<StateArray> &arrays) const;

private:
  StateFile(io::SafetensorsFile file, std::string json)
      : file(std::move(file)), json(std::move(json)) {}

  io::SafetensorsFile file;
  std::string json;
};

} // namespace bertc::train

#endif // BERTC_RUNTIME_TRAIN_STATEFILE_H
