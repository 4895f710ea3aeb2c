//===- OutputSpool.h - outputs of a run of unknown length -----------------===//

#ifndef BERTC_RUNTIME_RUN_OUTPUTSPOOL_H
#define BERTC_RUNTIME_RUN_OUTPUTSPOOL_H

#include "runtime/io/SpoolFile.h"
#include "runtime/run/Execute.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace bertc::run {

/// Collects the outputs of one batch after the other on the disk, since the
/// final file begins with shapes that are known at the end only: how many
/// sequences there were, and how long the longest was.
class OutputSpool {
public:
  /// `path` is the file that `finish` writes: NumPy's, with the one output of
  /// the model, where it ends in .npy, else safetensors.
  explicit OutputSpool(std::string path) : path(std::move(path)) {}

  MaybeFailure add(const std::vector<Output> &outputs);
  /// Every output in the shape that one large batch would have given.
  MaybeFailure finish();

private:
  /// Sequences that lie in the spool with the same shape.
  struct Block {
    int64_t sequences;
    std::vector<int64_t> shape; ///< of one sequence
  };
  struct Spooled {
    std::string name;
    io::SpoolFile file;
    std::vector<Block> blocks;
    std::vector<int64_t> shape; ///< the largest of each dimension
    int64_t sequences = 0;
  };

  MaybeFailure finishNpy() const;
  template <typename Sink>
  static MaybeFailure writePadded(const Spooled &output, Sink &sink);

  std::string path;
  std::vector<Spooled> spooled;
};

} // namespace bertc::run

#endif // BERTC_RUNTIME_RUN_OUTPUTSPOOL_H
