//===- ModuleParameters.cpp -----------------------------------------------===//

#include "compiler/ModuleParameters.h"

#include "compiler/Errors.h"
#include "dialect/BertOps.h"

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/bit.h"

#include <algorithm>
#include <cstdint>
#include <utility>

using namespace bertc;

namespace {

/// Elements of a value that stands in the module.
bool readAttribute(mlir::ElementsAttr value, int64_t first,
                   llvm::MutableArrayRef<float> out) {
  if (auto dense = mlir::dyn_cast<mlir::DenseElementsAttr>(value)) {
    auto from = dense.value_begin<float>() + first;
    std::copy(from, from + out.size(), out.begin());
    return true;
  }
  if (auto blob = mlir::dyn_cast<mlir::DenseF32ResourceElementsAttr>(value)) {
    std::optional<llvm::ArrayRef<float>> data = blob.tryGetAsArrayRef();
    if (!data || int64_t(data->size()) < first + int64_t(out.size()))
      return false;
    llvm::copy(data->slice(first, out.size()), out.begin());
    return true;
  }
  return false;
}

/// Without a branch, so that it is done in vectors: a copy's worth of time.
bool allFinite(llvm::ArrayRef<float> values) {
  int32_t most = 0;
  for (float value : values)
    most = std::max(most, llvm::bit_cast<int32_t>(value) & INT32_MAX);
  return most < 0x7f800000; // the bits of infinity, below those of NaN
}

} // namespace

ModuleParameters::ModuleParameters(mlir::ModuleOp module, std::string name,
                                   std::optional<Checkpoint> checkpoint)
    : name(std::move(name)), checkpoint(std::move(checkpoint)) {
  addNew(module);
}

void ModuleParameters::addNew(mlir::ModuleOp module) {
  for (auto op : module.getOps<bert::ParameterOp>())
    if (!op.getSources() && !parameters.contains(op.getSymName()))
      add(module, op);
}

void ModuleParameters::add(mlir::ModuleOp module, bert::ParameterOp op) {
  auto type = mlir::cast<mlir::RankedTensorType>(op.getParameterType());
  bert::ParameterOp owner = op;
  if (auto tied = op.getTiedTo())
    if (auto other = module.lookupSymbol<bert::ParameterOp>(*tied))
      owner = other;
  Parameter parameter;
  parameter.shape = type.getShape().vec();
  parameter.source = owner.getSource().value_or(owner.getSymName()).str();
  parameter.value = owner.getValueAttr();
  if (auto divisor = op.getDividedBy())
    parameter.divisor = divisor->str();
  if (owner == op)
    elements += type.getNumElements();
  auto place = parameters.try_emplace(op.getSymName(), std::move(parameter));
  order.push_back(place.first->getKey());
}

llvm::Error ModuleParameters::check() const {
  for (llvm::StringRef symbol : order) {
    const Parameter &parameter = parameters.find(symbol)->second;
    if (parameter.value) {
      float probe;
      if (parameter.value.getNumElements() == 0 ||
          readAttribute(parameter.value, parameter.value.getNumElements() - 1,
                        probe))
        continue;
      return fileError(name, "parameter \"" + symbol +
                                 "\" has a value that is neither dense nor a "
                                 "resource of f32");
    }
    if (!checkpoint)
      return fileError(name, "parameter \"" + symbol +
                                 "\" has no value; --emit bert writes none, "
                                 "in a module they stand as: bert.parameter "
                                 "@NAME : TYPE = dense<...> : TYPE");
    const io::Tensor *tensor = checkpoint->find(parameter.source);
    if (!tensor)
      return fileError(checkpoint->fileOf(parameter.source),
                       "tensor \"" + parameter.source + "\" is missing");
    if (tensor->shape != parameter.shape || !io::isFloat(tensor->dtype))
      return fileError(checkpoint->fileOf(parameter.source),
                       "tensor \"" + parameter.source + "\" is " +
                           io::nameOf(tensor->dtype) + " " +
                           io::shapeText(tensor->shape) + "; floats of shape " +
                           io::shapeText(parameter.shape) + " were expected");
  }
  return llvm::Error::success();
}

llvm::Expected<llvm::ArrayRef<int64_t>>
ModuleParameters::shape(llvm::StringRef symbol) const {
  auto found = parameters.find(symbol);
  if (found == parameters.end())
    return defect("no parameter \"" + symbol + "\" was in the module");
  return llvm::ArrayRef<int64_t>(found->second.shape);
}

llvm::Error ModuleParameters::read(llvm::StringRef symbol, int64_t first,
                                   llvm::MutableArrayRef<float> out) const {
  auto found = parameters.find(symbol);
  if (found == parameters.end())
    return defect("no parameter \"" + symbol + "\" was in the module");
  const Parameter &parameter = found->second;
  if (llvm::Error error = readValue(symbol, parameter, first, out))
    return error;
  if (!parameter.divisor.empty())
    if (llvm::Error error = divide(parameter, first, out))
      return error;
  if (!allFinite(out)) {
    std::lock_guard<std::mutex> lock(odd->mutex);
    odd->symbols.insert(symbol);
  }
  return llvm::Error::success();
}

std::string ModuleParameters::notFinite() const {
  std::lock_guard<std::mutex> lock(odd->mutex);
  for (llvm::StringRef symbol : order) {
    if (!odd->symbols.contains(symbol))
      continue;
    const Parameter &parameter = parameters.find(symbol)->second;
    const bool inFile = !parameter.value && checkpoint;
    const size_t others = odd->symbols.size() - 1;
    return (inFile ? checkpoint->fileOf(parameter.source).str() : name) +
           ": tensor \"" + (inFile ? parameter.source : symbol.str()) + "\"" +
           (others ? " and " + std::to_string(others) + " more have"
                   : std::string(" has")) +
           " numbers that are NaN or infinite: so are results that meet them";
  }
  return "";
}

llvm::Error ModuleParameters::divide(const Parameter &parameter, int64_t first,
                                     llvm::MutableArrayRef<float> out) const {
  const int64_t columns = parameter.shape[1];
  std::vector<float> divisors(columns);
  if (llvm::Error error = read(parameter.divisor, 0, divisors))
    return error;
  for (size_t i = 0; i < out.size(); ++i)
    out[i] /= divisors[(first + i) % columns];
  return llvm::Error::success();
}

llvm::Error
ModuleParameters::readValue(llvm::StringRef symbol, const Parameter &parameter,
                            int64_t first,
                            llvm::MutableArrayRef<float> out) const {
  if (!parameter.value && checkpoint)
    return checkpoint->read(parameter.source, first, out);
  if (parameter.value && readAttribute(parameter.value, first, out))
    return llvm::Error::success();
  return fileError(name, "parameter \"" + symbol + "\" has no value");
}

void ModuleParameters::release() const {
  if (checkpoint)
    checkpoint->release();
}
