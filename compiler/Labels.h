//===- Labels.h - what a batch is to be learnt from -----------------------===//

#ifndef BERTC_COMPILER_LABELS_H
#define BERTC_COMPILER_LABELS_H

#include "compiler/PackedInputs.h"
#include "runtime/include/bertc.h"
#include "runtime/run/Batch.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bertc {

/// An input that a loss compares with.
struct LabelInput {
  enum class Rows {
    tokens,
    selected,
    sequences,
    questions,
    questionOffsets,
    pairs
  };

  std::string name;
  Rows rows = Rows::tokens;
  bool isReal = false; ///< f32, not i32
  int64_t columns = 1;
  int64_t classes = 0; ///< 0: positions in their sequence, or numbers
};

/// The labels that a loss reads: the arguments of an entry function, as addLoss
/// made them, or the inputs of an artifact.
std::vector<LabelInput> labelInputs(mlir::func::FuncOp entry);
std::vector<LabelInput> labelInputs(const bertc_model *model);

/// The tensors of labels in a file of token ids, under transformers' names:
/// labels, next_sentence_label, sentence_order_label, start_positions,
/// end_positions.
class Labels {
public:
  /// A label that is not learnt from (torch.nn.CrossEntropyLoss).
  static constexpr int64_t ignored = -100;

  static llvm::Expected<Labels> read(llvm::StringRef path);

  const std::string &path() const { return file; }

  /// Whether `labels` are floats.
  bool areReal() const;

  /// For a model of vocabulary logits: chooses the tokens that have a label.
  void select(run::Batch &batch) const;

  /// Adds what the loss reads to `inputs`, which are those of `batch`. An error
  /// that names the file, and where it can the place, for a tensor that is
  /// missing or of another shape, for a label that is none of the model's or of
  /// a token that is masked, and where there is none.
  llvm::Error pack(const run::Batch &batch,
                   const std::vector<LabelInput> &wanted,
                   PackedInputs &inputs) const;

private:
  struct Tensor {
    std::string name;
    std::vector<int64_t> shape;
    std::vector<double> values;
    bool isReal = false;
  };
  class Packer;

  const Tensor *find(llvm::StringRef name) const;

  std::string file;
  std::vector<Tensor> tensors;
};

} // namespace bertc

#endif // BERTC_COMPILER_LABELS_H
