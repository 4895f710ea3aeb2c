//===- Parameters.cpp -----------------------------------------------------===//

#include "models/Parameters.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

using namespace bertc;

namespace {

std::string shapeText(llvm::ArrayRef<int64_t> shape) {
  std::string text = "[";
  for (auto [i, size] : llvm::enumerate(shape))
    text += (i ? ", " : "") + std::to_string(size);
  return text + "]";
}

/// The name of TensorFlow's time, which old files on the hub still use
/// (transformers, conversion_mapping.py): gamma and beta of a LayerNorm.
std::string oldName(llvm::StringRef name) {
  if (name.consume_back("LayerNorm.weight"))
    return (name + "LayerNorm.gamma").str();
  if (name.consume_back("LayerNorm.bias"))
    return (name + "LayerNorm.beta").str();
  return "";
}

} // namespace

std::optional<FoundTensor> bertc::findTensor(const ParameterCatalog &catalog,
                                             llvm::StringRef name) {
  for (const std::string &variant : {name.str(), oldName(name)})
    if (!variant.empty())
      if (std::optional<TensorInfo> info = catalog.lookup(variant))
        return FoundTensor{variant, std::move(*info)};
  return std::nullopt;
}

Parameters::Parameters(mlir::ModuleOp module, const ModelConfig &config,
                       const ParameterCatalog &catalog, llvm::StringRef prefix,
                       llvm::StringRef probe)
    : module(module), config(config), catalog(catalog) {
  if (catalog.lookup((prefix + probe).str()))
    this->prefix = prefix.str();
}

llvm::Error Parameters::missing(llvm::StringRef name) const {
  std::string full = nameInFile(name);
  return llvm::createStringError(catalog.location(full) + ": tensor \"" + full +
                                 "\" is missing");
}

llvm::Expected<bert::ParameterOp>
Parameters::declare(llvm::StringRef name, llvm::ArrayRef<int64_t> shape) {
  std::optional<FoundTensor> found = findTensor(catalog, nameInFile(name));
  return found ? declare(name, *found, shape) : missing(name);
}

bool Parameters::hasHeadTensor(llvm::StringRef name) const {
  return findTensor(catalog, name).has_value();
}

llvm::Expected<bert::ParameterOp>
Parameters::declareHeadTensor(llvm::StringRef name,
                              llvm::ArrayRef<int64_t> shape) {
  std::optional<FoundTensor> found = findTensor(catalog, name);
  if (!found)
    return llvm::createStringError(catalog.location(name) + ": tensor \"" +
                                   name + "\" is missing");
  return declare(name, *found, shape);
}

llvm::Error Parameters::declarePair(Declare declare, llvm::StringRef name,
                                    llvm::ArrayRef<int64_t> weightShape,
                                    AffineParameters &place) {
  auto weight = (this->*declare)((name + ".weight").str(), weightShape);
  if (!weight)
    return weight.takeError();
  auto bias = (this->*declare)((name + ".bias").str(), weightShape[0]);
  if (!bias)
    return bias.takeError();
  place = {*weight, *bias};
  return llvm::Error::success();
}

llvm::Error Parameters::declareAffine(llvm::StringRef name,
                                      llvm::ArrayRef<int64_t> weightShape,
                                      AffineParameters &place) {
  return declarePair(&Parameters::declare, name, weightShape, place);
}

llvm::Error Parameters::declareHead(llvm::StringRef name,
                                    llvm::ArrayRef<int64_t> weightShape,
                                    AffineParameters &place) {
  return declarePair(&Parameters::declareHeadTensor, name, weightShape, place);
}

llvm::Error
Parameters::requireHead(llvm::ArrayRef<llvm::StringRef> names) const {
  std::string list;
  int count = 0;
  for (llvm::StringRef name : names)
    for (const char *part : {".weight", ".bias"})
      if (std::string tensor = name.str() + part; !hasHeadTensor(tensor)) {
        list += (count++ ? ", \"" : "\"") + tensor + "\"";
      }
  if (count == 0)
    return llvm::Error::success();
  return llvm::createStringError(catalog.location("") + ": the head's tensor" +
                                 (count > 1 ? "s " : " ") + list +
                                 (count > 1 ? " are" : " is") + " missing");
}

llvm::Expected<bert::ParameterOp>
Parameters::declare(llvm::StringRef name, const FoundTensor &found,
                    llvm::ArrayRef<int64_t> shape) {
  const TensorInfo &info = found.info;
  std::string place =
      catalog.location(found.name) + ": tensor \"" + found.name + "\" has ";
  if (!info.isPlanned && llvm::ArrayRef(info.shape) != shape)
    return llvm::createStringError(
        place + "shape " + shapeText(info.shape) + ", " +
        llvm::sys::path::filename(config.path) + " says " + shapeText(shape));
  if (!llvm::is_contained({"F32", "F16", "BF16", "F64"}, info.dtype))
    return llvm::createStringError(place + "dtype " + info.dtype +
                                   "; F32, F16, BF16 or F64 was expected");

  mlir::OpBuilder b = mlir::OpBuilder::atBlockEnd(module.getBody());
  auto type = mlir::RankedTensorType::get(shape, b.getF32Type());
  auto op = bert::ParameterOp::create(
      b, b.getUnknownLoc(), b.getStringAttr(name), mlir::TypeAttr::get(type),
      /*source=*/{}, /*value=*/{}, /*tied_to=*/{}, /*divided_by=*/{},
      /*sources=*/{},
      /*panel=*/{});
  if (found.name != name)
    op.setSource(found.name);
  return op;
}
