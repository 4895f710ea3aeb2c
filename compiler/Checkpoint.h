//===- Checkpoint.h - the tensors of a Hugging Face folder ----------------===//
//
// model.safetensors, or the shards that model.safetensors.index.json names. The
// files are mapped; a tensor's bytes are first touched when it is read.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_COMPILER_CHECKPOINT_H
#define BERTC_COMPILER_CHECKPOINT_H

#include "models/ParameterCatalog.h"
#include "runtime/io/Safetensors.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bertc {

class Checkpoint {
public:
  static llvm::Expected<Checkpoint> open(llvm::StringRef folder);

  /// Null when there is no tensor of this name.
  const io::Tensor *find(llvm::StringRef name) const;
  /// All names, in the order of the files.
  std::vector<llvm::StringRef> names() const;
  /// The file that holds a tensor; the one that should, for another name.
  llvm::StringRef fileOf(llvm::StringRef name) const;

  /// Elements [first, first + out.size()) of a tensor, as f32.
  llvm::Error read(llvm::StringRef name, int64_t first,
                   llvm::MutableArrayRef<float> out) const;
  /// Lets go of the pages that reads brought into this process.
  void release() const;

private:
  struct Entry {
    const io::Tensor *tensor;
    size_t file;
  };

  explicit Checkpoint(std::string main) : main(std::move(main)) {}
  llvm::Error addIndex(llvm::StringRef folder);
  llvm::Expected<const io::SafetensorsFile *> addFile(const std::string &path);
  void addTensor(const io::Tensor &tensor, size_t file);

  std::string main; ///< model.safetensors or the index
  // Tensors point into their file: it must not move.
  std::vector<std::unique_ptr<io::SafetensorsFile>> files;
  llvm::StringMap<Entry> entries;
  std::vector<llvm::StringRef> order;
};

/// A checkpoint's tensors as importers ask for them; it must outlive this.
class CheckpointCatalog : public ParameterCatalog {
public:
  explicit CheckpointCatalog(const Checkpoint &checkpoint)
      : checkpoint(checkpoint) {}

  std::optional<TensorInfo> lookup(llvm::StringRef name) const override;
  std::string location(llvm::StringRef name) const override;

private:
  const Checkpoint &checkpoint;
};

} // namespace bertc

#endif // BERTC_COMPILER_CHECKPOINT_H
