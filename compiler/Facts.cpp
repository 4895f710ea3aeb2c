//===- Facts.cpp ----------------------------------------------------------===//

#include "compiler/Facts.h"

#include "dialect/BertOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/DenseSet.h"

#include <nlohmann/json.hpp>

using namespace bertc;

namespace {

nlohmann::ordered_json toJson(mlir::Attribute attribute) {
  if (auto text = mlir::dyn_cast<mlir::StringAttr>(attribute))
    return text.str();
  if (auto boolean = mlir::dyn_cast<mlir::BoolAttr>(attribute))
    return boolean.getValue();
  if (auto integer = mlir::dyn_cast<mlir::IntegerAttr>(attribute))
    return integer.getInt();
  if (auto number = mlir::dyn_cast<mlir::FloatAttr>(attribute))
    return number.getValueAsDouble();
  if (auto list = mlir::dyn_cast<mlir::ArrayAttr>(attribute)) {
    auto items = nlohmann::ordered_json::array();
    for (mlir::Attribute item : list)
      items.push_back(toJson(item));
    return items;
  }
  if (auto fields = mlir::dyn_cast<mlir::DictionaryAttr>(attribute)) {
    auto object = nlohmann::ordered_json::object();
    for (mlir::NamedAttribute field : fields)
      object[field.getName().str()] = toJson(field.getValue());
    return object;
  }
  return nullptr;
}

/// Adds up one function and what it calls.
class Counter {
public:
  explicit Counter(mlir::ModuleOp module) : module(module) {}

  FlopCount count(mlir::func::FuncOp function) {
    FlopCount total;
    // A recursive module is no model; it must not hang us either.
    if (!active.insert(function).second)
      return total;
    // Values with a row a sequence: what pooling gives, and all made of it.
    llvm::DenseSet<mlir::Value> perSequence;
    function.walk([&](mlir::Operation *op) {
      if ((mlir::isa<bert::RowsOpInterface>(op) &&
           mlir::isa<bert::SequenceOpInterface>(op)) ||
          (op->getNumOperands() > 0 &&
           perSequence.contains(op->getOperand(0)))) {
        perSequence.insert(op->result_begin(), op->result_end());
        return;
      }
      if (auto call = mlir::dyn_cast<mlir::func::CallOp>(op)) {
        auto callee = module.lookupSymbol<mlir::func::FuncOp>(call.getCallee());
        if (!callee)
          return;
        FlopCount inner = count(callee);
        total.perToken += inner.perToken;
        total.perTokenPair += inner.perTokenPair;
      }
      if (auto flops = mlir::dyn_cast<bert::FlopsOpInterface>(op)) {
        total.perToken += flops.getFlopsPerRow();
        total.perTokenPair += flops.getFlopsPerTokenPair();
      }
    });
    active.erase(function);
    return total;
  }

private:
  mlir::ModuleOp module;
  llvm::DenseSet<mlir::Operation *> active;
};

} // namespace

ModelFacts bertc::readFacts(mlir::ModuleOp module) {
  ModelFacts facts;
  auto model = module->getAttrOfType<mlir::DictionaryAttr>("bert.model");
  if (!model) {
    facts.json = "{}";
    return facts;
  }
  auto text = [&](llvm::StringRef name, std::string &value) {
    if (auto attribute = model.getAs<mlir::StringAttr>(name))
      value = attribute.str();
  };
  auto number = [&](llvm::StringRef name, int64_t &value) {
    if (auto attribute = model.getAs<mlir::IntegerAttr>(name))
      value = attribute.getInt();
  };
  text("family", facts.family);
  text("task", facts.task);
  number("vocab_size", facts.vocabSize);
  number("type_vocab_size", facts.typeVocabSize);
  number("max_positions", facts.maxPositions);
  number("position_offset", facts.positionOffset);
  number("pad_token_id", facts.padTokenId);
  if (auto counted = model.getAs<mlir::BoolAttr>("positions_counted"))
    facts.positionsCounted = counted.getValue();
  facts.json = toJson(model).dump();
  return facts;
}

FlopCount bertc::countFlops(mlir::ModuleOp module) {
  for (auto function : module.getOps<mlir::func::FuncOp>())
    if (function->hasAttr("bert.entry"))
      return Counter(module).count(function);
  return {};
}
