//===- Labels.cpp ---------------------------------------------------------===//

#include "compiler/Labels.h"

#include "compiler/Errors.h"
#include "passes/Symbols.h"
#include "runtime/include/bertc_artifact.h"
#include "runtime/io/Safetensors.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/FormatVariadic.h"

#include <cmath>
#include <utility>

using namespace bertc;

namespace {

constexpr llvm::StringLiteral labelNames[] = {BERTC_LABEL_NAMES};

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

std::vector<LabelInput> bertc::labelInputs(mlir::func::FuncOp entry) {
  using Rows = LabelInput::Rows;
  std::vector<LabelInput> inputs;
  for (unsigned i = 0; i < entry.getNumArguments(); ++i) {
    auto rows = entry.getArgAttrOfType<mlir::StringAttr>(i, "bert.rows");
    if (!rows ||
        !llvm::is_contained(labelNames, nameOf(entry.getArgAttrDict(i))))
      continue;
    auto type =
        mlir::cast<mlir::RankedTensorType>(entry.getArgument(i).getType());
    LabelInput &input = inputs.emplace_back();
    input.name = nameOf(entry.getArgAttrDict(i)).str();
    input.rows = llvm::StringSwitch<Rows>(rows.getValue())
                     .Case("selected", Rows::selected)
                     .Case("sequences", Rows::sequences)
                     .Case("questions", Rows::questions)
                     .Case("question_offsets", Rows::questionOffsets)
                     .Case("pairs", Rows::pairs)
                     .Default(Rows::tokens);
    input.isReal = type.getElementType().isF32();
    input.columns = type.getRank() == 2 ? type.getDimSize(1) : 1;
    if (auto classes =
            entry.getArgAttrOfType<mlir::IntegerAttr>(i, "bert.classes"))
      input.classes = classes.getInt();
  }
  return inputs;
}

static LabelInput::Rows rowsOf(bertc_rows_kind rows) {
  using Rows = LabelInput::Rows;
  switch (rows) {
  case BERTC_PER_SEQUENCE:
    return Rows::sequences;
  case BERTC_PER_SELECTED:
    return Rows::selected;
  case BERTC_PER_QUESTION:
    return Rows::questions;
  case BERTC_QUESTION_OFFSETS:
    return Rows::questionOffsets;
  case BERTC_PER_PAIR:
    return Rows::pairs;
  default:
    return Rows::tokens;
  }
}

std::vector<LabelInput> bertc::labelInputs(const bertc_model *model) {
  std::vector<LabelInput> inputs;
  for (int64_t i = 0; i < bertc_info(model)->num_inputs; ++i) {
    const bertc_tensor_info &info = *bertc_input_info(model, i);
    if (!llvm::is_contained(labelNames, llvm::StringRef(info.name)))
      continue;
    inputs.push_back({info.name, rowsOf(info.rows), info.element == BERTC_F32,
                      info.columns, info.classes});
  }
  return inputs;
}

/// Makes the labels of one batch.
class Labels::Packer {
public:
  Packer(const Labels &labels, const run::Batch &batch, PackedInputs &inputs)
      : labels(labels), batch(batch), inputs(inputs) {}

  llvm::Error run(const std::vector<LabelInput> &wanted) {
    for (const LabelInput &input : wanted) {
      if (input.rows == LabelInput::Rows::questionOffsets)
        continue; // packChoices adds them
      const Tensor *tensor = labels.find(input.name);
      if (!tensor)
        return fileError(labels.path(), "no tensor \"" + input.name +
                                            "\", which the loss is computed "
                                            "from");
      llvm::Expected<ReferenceTensor> packed = pack(*tensor, input);
      if (!packed)
        return packed.takeError();
      inputs.add(input.name, std::move(*packed));
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
                                       const LabelInput &input) {
    int64_t rows = batch.batch;
    if (input.rows == LabelInput::Rows::pairs) {
      if (rows % 2 != 0)
        return fileError(labels.path(), "tensor \"input_ids\" has " +
                                            llvm::Twine(rows) +
                                            " sequences, expected pairs");
      rows /= 2;
    }
    if (input.isReal)
      return packNumbers(tensor, rows, input.columns);
    if (tensor.isReal)
      return wrong(tensor, "holds floats, expected I64 or I32");
    switch (input.rows) {
    case LabelInput::Rows::questions:
      return packChoices(tensor);
    case LabelInput::Rows::questionOffsets:
      break;
    case LabelInput::Rows::sequences:
      return input.classes > 0 ? packClasses(tensor, rows, input.classes)
                               : packPlaces(tensor);
    case LabelInput::Rows::pairs:
      return packClasses(tensor, rows, /*classes=*/rows);
    case LabelInput::Rows::tokens:
    case LabelInput::Rows::selected:
      return packTokens(tensor, input.classes,
                        input.rows == LabelInput::Rows::selected);
    }
    llvm_unreachable("rows of labels");
  }

  /// A number for each sequence, or pair, and output.
  llvm::Expected<ReferenceTensor>
  packNumbers(const Tensor &tensor, int64_t rows, int64_t columns) const {
    const bool isVector =
        columns == 1 && tensor.shape == std::vector<int64_t>{rows};
    if (!isVector && tensor.shape != std::vector<int64_t>{rows, columns})
      return wrongShape(tensor, {rows, columns});
    ReferenceTensor packed({rows, columns});
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

  /// A class for each sequence, or pair.
  llvm::Expected<ReferenceTensor>
  packClasses(const Tensor &tensor, int64_t rows, int64_t classes) const {
    if (tensor.shape != std::vector<int64_t>{rows})
      return wrongShape(tensor, {rows});
    for (int64_t b = 0; b < rows; ++b)
      if (llvm::Error error = checkClass(tensor, b, classes))
        return std::move(error);
    if (llvm::Error error = checkAny(tensor, tensor.values))
      return std::move(error);
    ReferenceTensor packed({rows});
    packed.values = tensor.values;
    return packed;
  }

  /// A class for each token, or, where the model has logits for `chosen`
  /// tokens, for those with a label alone.
  llvm::Expected<ReferenceTensor>
  packTokens(const Tensor &tensor, int64_t classes, bool chosen) const {
    if (tensor.shape != std::vector<int64_t>{batch.batch, batch.seqLen})
      return wrongShape(tensor, {batch.batch, batch.seqLen});
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
  PackedInputs &inputs;
};

llvm::Error Labels::pack(const run::Batch &batch,
                         const std::vector<LabelInput> &wanted,
                         PackedInputs &inputs) const {
  return Packer(*this, batch, inputs).run(wanted);
}
