//===- Labels.cpp ---------------------------------------------------------===//

#include "compiler/Labels.h"

#include "compiler/Errors.h"
#include "dialect/BertOps.h"
#include "passes/Symbols.h"
#include "runtime/io/Safetensors.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <cmath>
#include <utility>

using namespace bertc;

namespace {

constexpr llvm::StringLiteral labelNames[] = {
    "labels", "next_sentence_label", "sentence_order_label", "start_positions",
    "end_positions"};

std::string textOf(double value) {
  return llvm::formatv(value == std::trunc(value) ? "{0:f0}" : "{0:f6}", value)
      .str();
}

} // namespace

llvm::Expected<Labels> Labels::read(llvm::StringRef path) {
  io::Result<io::SafetensorsFile> file = io::SafetensorsFile::open(path.str());
  if (!file)
    return llvm::createStringError(file.error());
  Labels labels;
  labels.file = path.str();
  for (llvm::StringRef name : labelNames) {
    const io::Tensor *source = file->find(name.str());
    if (!source)
      continue;
    Tensor tensor{name.str(), source->shape, {}, io::isFloat(source->dtype)};
    if (tensor.isReal) {
      std::vector<float> values(source->elements());
      io::toFloat(*source, 0, source->elements(), values.data());
      for (float value : values)
        if (!std::isfinite(value))
          return fileError(path, "tensor \"" + name +
                                     "\" has numbers that are not finite");
      tensor.values.assign(values.begin(), values.end());
    } else {
      std::vector<int64_t> values;
      if (!io::toInt64(*source, values))
        return fileError(path, "tensor \"" + name + "\" is " +
                                   io::nameOf(source->dtype) +
                                   ", expected I64, I32 or floats");
      tensor.values.assign(values.begin(), values.end());
    }
    labels.tensors.push_back(std::move(tensor));
  }
  return labels;
}

const Labels::Tensor *Labels::find(llvm::StringRef name) const {
  auto found = llvm::find_if(
      tensors, [&](const Tensor &tensor) { return tensor.name == name; });
  return found == tensors.end() ? nullptr : &*found;
}

bool Labels::areReal() const {
  const Tensor *labels = find("labels");
  return labels && labels->isReal;
}

void Labels::select(run::Batch &batch) const {
  const Tensor *labels = find("labels");
  if (labels && int64_t(labels->values.size()) == batch.batch * batch.seqLen)
    run::selectWhere(batch, [&](int64_t place) {
      return labels->values[place] != double(ignored);
    });
}

/// Makes the arguments of one entry function.
class Labels::Packer {
public:
  Packer(const Labels &labels, const run::Batch &batch,
         mlir::func::FuncOp entry, PackedInputs &inputs)
      : labels(labels), batch(batch), entry(entry), inputs(inputs) {}

  llvm::Error run() {
    for (mlir::BlockArgument argument : entry.getArguments()) {
      llvm::StringRef name =
          nameOf(entry.getArgAttrDict(argument.getArgNumber()));
      if (inputs.find(name) || name == "choice_offsets")
        continue;
      const Tensor *tensor = labels.find(name);
      if (!tensor)
        return fileError(labels.path(), "no tensor \"" + name +
                                            "\", which the loss is computed "
                                            "from");
      llvm::Expected<ReferenceTensor> packed = pack(*tensor, argument);
      if (!packed)
        return packed.takeError();
      inputs.add(name, std::move(*packed));
    }
    return llvm::Error::success();
  }

private:
  llvm::Error wrong(const Tensor &tensor, const llvm::Twine &problem) const {
    return fileError(labels.path(),
                     "tensor \"" + tensor.name + "\" " + problem);
  }
  llvm::Error wrongShape(const Tensor &tensor,
                         const std::vector<int64_t> &expected) const {
    return wrong(tensor, "has shape " + io::shapeText(tensor.shape) +
                             ", expected " + io::shapeText(expected));
  }
  /// "labels[1, 3] is 7, expected ..."
  llvm::Error wrongAt(const Tensor &tensor, int64_t i,
                      const llvm::Twine &problem) const {
    std::string place = std::to_string(i);
    if (tensor.shape.size() == 2)
      place = std::to_string(i / tensor.shape[1]) + ", " +
              std::to_string(i % tensor.shape[1]);
    return fileError(labels.path(), tensor.name + "[" + place + "] is " +
                                        textOf(tensor.values[i]) + ", " +
                                        problem);
  }

  llvm::Expected<ReferenceTensor> pack(const Tensor &tensor,
                                       mlir::BlockArgument argument) {
    if (mlir::cast<mlir::RankedTensorType>(argument.getType()).getRank() == 2)
      return packNumbers(tensor, argument);
    if (tensor.isReal)
      return wrong(tensor, "holds floats, expected I64 or I32");
    if (auto sequences = userOf<bert::SequenceCrossEntropyOp>(argument)) {
      return sequences.getOffsets() == findArgument(entry, "choice_offsets")
                 ? packChoices(tensor)
                 : packPlaces(tensor);
    }
    auto loss = userOf<bert::CrossEntropyOp>(argument);
    if (!loss)
      return wrong(tensor, "is no argument of a loss");
    mlir::Value logits = loss.getLogits();
    const int64_t classes =
        mlir::cast<mlir::RankedTensorType>(logits.getType()).getDimSize(1);
    // What a row of the logits stands for: a sequence, or a token of it.
    return isPooled(logits) ? packClasses(tensor, classes)
                            : packTokens(tensor, classes);
  }

  /// The loss that takes these labels, among ops of the backward pass.
  template <typename Loss> Loss userOf(mlir::BlockArgument argument) const {
    for (mlir::Operation *user : argument.getUsers())
      if (auto loss = mlir::dyn_cast<Loss>(user))
        return loss;
    return {};
  }

  /// Whether the logits have a row a sequence.
  bool isPooled(mlir::Value logits) const {
    while (mlir::Operation *op = logits.getDefiningOp()) {
      if (mlir::isa<bert::FirstTokenOp, bert::MeanPoolOp>(op))
        return true;
      if (op->getNumOperands() == 0)
        return false;
      logits = op->getOperand(0);
    }
    return false;
  }

  /// A number for each sequence and output.
  llvm::Expected<ReferenceTensor> packNumbers(const Tensor &tensor,
                                              mlir::BlockArgument argument) {
    const int64_t columns =
        mlir::cast<mlir::RankedTensorType>(argument.getType()).getDimSize(1);
    const bool isVector =
        columns == 1 && tensor.shape == std::vector<int64_t>{batch.batch};
    if (!isVector && tensor.shape != std::vector<int64_t>{batch.batch, columns})
      return wrongShape(tensor, {batch.batch, columns});
    ReferenceTensor packed({batch.batch, columns});
    packed.values = tensor.values;
    return packed;
  }

  llvm::Error checkClass(const Tensor &tensor, int64_t i,
                         int64_t classes) const {
    const double label = tensor.values[i];
    if (label == double(ignored) || (label >= 0 && label < double(classes)))
      return llvm::Error::success();
    return wrongAt(tensor, i,
                   "expected 0 to " + llvm::Twine(classes - 1) + ", or " +
                       llvm::Twine(ignored) + " for none");
  }

  llvm::Error checkAny(const Tensor &tensor,
                       const std::vector<double> &packed) const {
    if (packed.empty())
      return wrong(tensor, "has no label to learn from");
    if (llvm::any_of(packed,
                     [](double label) { return label != double(ignored); }))
      return llvm::Error::success();
    return wrong(tensor,
                 "has no label to learn from: all are " + llvm::Twine(ignored));
  }

  /// A class for each sequence.
  llvm::Expected<ReferenceTensor> packClasses(const Tensor &tensor,
                                              int64_t classes) const {
    if (tensor.shape != std::vector<int64_t>{batch.batch})
      return wrongShape(tensor, {batch.batch});
    for (int64_t b = 0; b < batch.batch; ++b)
      if (llvm::Error error = checkClass(tensor, b, classes))
        return std::move(error);
    if (llvm::Error error = checkAny(tensor, tensor.values))
      return std::move(error);
    ReferenceTensor packed({batch.batch});
    packed.values = tensor.values;
    return packed;
  }

  /// A class for each token, or for those with a label alone where the model
  /// has logits for chosen tokens.
  llvm::Expected<ReferenceTensor> packTokens(const Tensor &tensor,
                                             int64_t classes) {
    if (tensor.shape != std::vector<int64_t>{batch.batch, batch.seqLen})
      return wrongShape(tensor, {batch.batch, batch.seqLen});
    // The entry's arguments tell, not the file, which may choose tokens too.
    const bool chosen = bool(findArgument(entry, "mlm_positions"));
    ReferenceTensor packed;
    for (int64_t i = 0; i < int64_t(tensor.values.size()); ++i) {
      if (llvm::Error error = checkClass(tensor, i, classes))
        return std::move(error);
      const bool isLabel = tensor.values[i] != double(ignored);
      if (isLabel && inputs.rowOf(i) < 0)
        return wrongAt(tensor, i,
                       "where attention_mask is 0, expected " +
                           llvm::Twine(ignored));
      if (inputs.rowOf(i) >= 0 && (isLabel || !chosen))
        packed.values.push_back(tensor.values[i]);
    }
    if (llvm::Error error = checkAny(tensor, packed.values))
      return std::move(error);
    packed.shape = {int64_t(packed.values.size())};
    return packed;
  }

  /// A column of each sequence's matrix as the token it is of the sequence;
  /// those past the matrix stay past the sequence's end, as no label.
  llvm::Expected<ReferenceTensor> packPlaces(const Tensor &tensor) const {
    if (tensor.shape != std::vector<int64_t>{batch.batch})
      return wrongShape(tensor, {batch.batch});
    ReferenceTensor packed({batch.batch});
    bool any = false;
    for (int64_t b = 0; b < batch.batch; ++b) {
      const double column = tensor.values[b];
      const int64_t first = inputs.firstRow(b);
      packed.values[b] = double(inputs.firstRow(b + 1) - first);
      if (column < 0)
        return wrongAt(tensor, b,
                       "expected a token, or " + llvm::Twine(batch.seqLen) +
                           " and up for none");
      if (column >= double(batch.seqLen))
        continue;
      const int64_t row = inputs.rowOf(b * batch.seqLen + int64_t(column));
      if (row < 0)
        return wrongAt(tensor, b, "where attention_mask is 0");
      packed.values[b] = double(row - first);
      any = true;
    }
    if (!any)
      return wrong(tensor, "has no label to learn from: all are past the end");
    return packed;
  }

  /// The right one of each question's choices, which follow each other.
  llvm::Expected<ReferenceTensor> packChoices(const Tensor &tensor) const {
    if (tensor.shape.size() != 1 || tensor.shape[0] == 0 ||
        batch.batch % tensor.shape[0] != 0)
      return wrong(tensor, "has shape " + io::shapeText(tensor.shape) +
                               ", expected one label for each question, whose "
                               "choices are the " +
                               llvm::Twine(batch.batch) + " sequences");
    const int64_t questions = tensor.shape[0];
    const int64_t choices = batch.batch / questions;
    ReferenceTensor offsets({questions + 1}), packed({questions});
    for (int64_t q = 0; q <= questions; ++q)
      offsets.values[q] = double(q * choices);
    for (int64_t q = 0; q < questions; ++q) {
      if (!(tensor.values[q] >= 0 && tensor.values[q] < double(choices)))
        return wrongAt(tensor, q, "expected 0 to " + llvm::Twine(choices - 1));
      packed.values[q] = tensor.values[q];
    }
    inputs.add("choice_offsets", std::move(offsets));
    return packed;
  }

  const Labels &labels;
  const run::Batch &batch;
  mlir::func::FuncOp entry;
  PackedInputs &inputs;
};

llvm::Error Labels::pack(const run::Batch &batch, mlir::func::FuncOp entry,
                         PackedInputs &inputs) const {
  return Packer(*this, batch, entry, inputs).run();
}
