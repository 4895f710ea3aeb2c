//===- Calibration.cpp ----------------------------------------------------===//

#include "compiler/Calibration.h"

#include "compiler/BatchCheck.h"
#include "compiler/Errors.h"
#include "compiler/Facts.h"
#include "compiler/Reference.h"
#include "dialect/BertOps.h"
#include "passes/Symbols.h"
#include "runtime/run/Batch.h"
#include "runtime/run/Lines.h"
#include "runtime/text/Tokenizer.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

using namespace bertc;

namespace {

/// The largest magnitude of each column.
using Extremes = std::vector<float>;

void include(Extremes &most, int64_t column, double value) {
  most[column] = std::max(most[column], static_cast<float>(std::fabs(value)));
}

//===----------------------------------------------------------------------===//
// Tokens
//===----------------------------------------------------------------------===//

llvm::Expected<run::Batch>
readTexts(llvm::StringRef folder, llvm::StringRef file, int64_t maxPositions) {
  if (folder.ends_with(".mlir"))
    return fileError(folder,
                     "has no tokenizer for the texts of " + file +
                         "; token ids in a .safetensors file need none");
  text::Result<text::Tokenizer> tokenizer =
      text::Tokenizer::fromFolder(folder.str());
  if (!tokenizer)
    return llvm::createStringError(tokenizer.error());
  run::Result<run::LineReader> lines = run::LineReader::open(file.str());
  if (!lines)
    return llvm::createStringError(lines.error());
  std::vector<std::vector<int32_t>> ids, types;
  int64_t left = mostCalibrationTokens;
  while (left > 0) {
    std::optional<std::string_view> line = lines->next();
    if (!line)
      break;
    if (line->empty())
      continue;
    text::EncodeOptions options;
    options.maxLength = std::min(maxPositions, std::max<int64_t>(left, 8));
    text::Result<text::Encoding> encoding = tokenizer->encode(*line, options);
    if (!encoding)
      return fileError(file, "line " + llvm::Twine(lines->number()) + ": " +
                                 encoding.error());
    left -= static_cast<int64_t>(encoding->ids.size());
    ids.push_back(std::move(encoding->ids));
    types.push_back(std::move(encoding->typeIds));
  }
  if (run::MaybeFailure failure = lines->failure())
    return llvm::createStringError(failure->message);
  if (ids.empty())
    return fileError(file, "has no text to calibrate with");
  return run::batchOf(ids, types);
}

/// The first sequences, as many as there is time for.
llvm::Expected<run::Batch> readIds(llvm::StringRef file,
                                   const ModelFacts &facts) {
  run::Result<run::Batch> batch = run::readBatch(file.str());
  if (!batch)
    return llvm::createStringError(batch.error());
  if (llvm::Error error = checkBatch(file, *batch, facts))
    return std::move(error);
  int64_t count = 0, tokens = 0;
  for (int64_t length : batch->lengths()) {
    if (count > 0 && tokens + length > mostCalibrationTokens)
      break;
    tokens += length;
    ++count;
  }
  if (tokens == 0)
    return fileError(file, "has no tokens to calibrate with");
  return batch->part(0, count);
}

llvm::Expected<run::Batch> readTokens(llvm::StringRef path,
                                      llvm::StringRef file,
                                      const ModelFacts &facts) {
  return file.ends_with(".safetensors")
             ? readIds(file, facts)
             : readTexts(path, file, facts.maxPositions);
}

//===----------------------------------------------------------------------===//
// Columns
//===----------------------------------------------------------------------===//

/// The parameters that a weight is made of.
llvm::SmallVector<llvm::StringRef> namesOf(mlir::Value weight) {
  const llvm::SmallVector<mlir::Value> parts = partsOf(weight);
  llvm::SmallVector<llvm::StringRef> names;
  for (mlir::Value part : parts)
    if (auto get = part.getDefiningOp<bert::GetParameterOp>())
      names.push_back(get.getName());
  return names.size() == parts.size() ? names
                                      : llvm::SmallVector<llvm::StringRef>();
}

/// A product's weight, by its first part, and what its columns hold.
struct Weight {
  llvm::SmallVector<llvm::StringRef> parts;
  Extremes inputs;
};

class Calibration {
public:
  explicit Calibration(Model &model) : model(model) {}

  llvm::Error run(const run::Batch &batch) {
    if (llvm::Error error = inlineCalls())
      return error;
    findProducts();
    auto look = [&](mlir::Value value, const ReferenceTensor &tensor) {
      for (Weight *weight : readers.lookup(value))
        for (int64_t t = 0; t < tensor.dim(0); ++t)
          for (int64_t k = 0; k < tensor.dim(1); ++k)
            include(weight->inputs, k, tensor.row(t)[k]);
      return std::optional<ReferenceTensor>();
    };
    auto results = runReference(flat.get(), *model.parameters, batch, look);
    if (!results)
      return results.takeError();
    for (auto &[name, weight] : weights)
      if (llvm::Error error = addScale(name, weight))
        return error;
    model.parameters->addNew(model.module.get());
    return llvm::Error::success();
  }

private:
  /// A copy in which each layer's products are ops of their own.
  llvm::Error inlineCalls() {
    flat = mlir::cast<mlir::ModuleOp>(model.module.get()->clone());
    mlir::PassManager manager(flat.get()->getContext());
    manager.addPass(mlir::createInlinerPass());
    if (mlir::failed(manager.run(flat.get())))
      return defect("the model's layers cannot be made one function");
    return llvm::Error::success();
  }

  void findProducts() {
    findEntry(flat.get()).walk([&](bert::FusedLinearOp product) {
      auto names = namesOf(product.getWeight());
      if (names.empty())
        return;
      auto type =
          mlir::cast<mlir::RankedTensorType>(product.getWeight().getType());
      Weight &weight = weights[names.front()];
      weight.parts = names;
      weight.inputs.resize(type.getDimSize(1));
    });
    // No more weights come: they stay where they are.
    findEntry(flat.get()).walk([&](bert::FusedLinearOp product) {
      auto names = namesOf(product.getWeight());
      if (!names.empty())
        readers[product.getInput()].push_back(&weights[names.front()]);
    });
  }

  llvm::Error addScale(llvm::StringRef name, const Weight &weight) {
    const auto columns = static_cast<int64_t>(weight.inputs.size());
    Extremes most(columns);
    std::vector<float> row(columns);
    for (llvm::StringRef part : weight.parts) {
      llvm::Expected<llvm::ArrayRef<int64_t>> shape =
          model.parameters->shape(part);
      if (!shape)
        return shape.takeError();
      for (int64_t n = 0; n < (*shape)[0]; ++n) {
        if (llvm::Error error = model.parameters->read(part, n * columns, row))
          return error;
        for (int64_t k = 0; k < columns; ++k)
          include(most, k, row[k]);
      }
    }
    std::vector<float> scale(columns, 1);
    for (int64_t k = 0; k < columns; ++k) {
      const float ratio = most[k] / weight.inputs[k];
      // Neither beyond what f32 squares.
      if (most[k] > 0 && weight.inputs[k] > 0 && std::isfinite(ratio))
        scale[k] = std::clamp(std::sqrt(ratio), 1e-5f, 1e5f);
    }
    mlir::ModuleOp module = model.module.get();
    auto owner = module.lookupSymbol<bert::ParameterOp>(name);
    mlir::OpBuilder b(owner);
    b.setInsertionPointAfter(owner);
    auto type = mlir::RankedTensorType::get({columns}, b.getF32Type());
    bert::ParameterOp::create(
        b, owner.getLoc(), b.getStringAttr(name + inputScaleSuffix),
        mlir::TypeAttr::get(type), /*source=*/{},
        mlir::DenseElementsAttr::get(type, llvm::ArrayRef<float>(scale)),
        /*tied_to=*/{}, /*divided_by=*/{}, /*sources=*/{}, /*panel=*/{});
    return llvm::Error::success();
  }

  Model &model;
  mlir::OwningOpRef<mlir::ModuleOp> flat;
  llvm::MapVector<llvm::StringRef, Weight> weights;
  llvm::DenseMap<mlir::Value, llvm::SmallVector<Weight *, 2>> readers;
};

} // namespace

llvm::Error bertc::calibrate(Model &model, llvm::StringRef path,
                             llvm::StringRef file) {
  llvm::Expected<run::Batch> batch =
      readTokens(path, file, readFacts(model.module.get()));
  if (!batch)
    return batch.takeError();
  if (llvm::Error error = Calibration(model).run(*batch))
    return inFile(file, std::move(error));
  return llvm::Error::success();
}
