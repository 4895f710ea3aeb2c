//===- Facts.cpp ----------------------------------------------------------===//

#include "compiler/Facts.h"

#include "dialect/BertOps.h"
#include "passes/Symbols.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/DenseSet.h"

#include <map>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

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

/// Adds up functions and what they call, each once for each way it is called.
class Counter {
public:
  explicit Counter(mlir::ModuleOp module) : module(module) {}

  /// `perSequence` tells which arguments have a row a sequence.
  const FlopCount &count(mlir::func::FuncOp function,
                         const std::vector<bool> &perSequence) {
    auto [place, isNew] =
        counted.try_emplace({function.getOperation(), perSequence});
    // A recursive module is no model: its function counts what is known.
    if (isNew && !function.isExternal()) {
      Result result = walk(function, perSequence);
      place->second = std::move(result);
    }
    return place->second.flops;
  }

private:
  struct Result {
    FlopCount flops;
    std::vector<bool> perSequence; ///< of the results
  };
  using Key = std::pair<mlir::Operation *, std::vector<bool>>;

  Result walk(mlir::func::FuncOp function, const std::vector<bool> &arguments) {
    Result result;
    // Values with a row a sequence: what pooling gives, and all made of it.
    llvm::DenseSet<mlir::Value> pooled;
    for (auto [argument, isPooled] :
         llvm::zip(function.getArguments(), arguments))
      if (isPooled)
        pooled.insert(argument);
    for (mlir::Operation &op : function.getBody().front()) {
      if (auto call = mlir::dyn_cast<mlir::func::CallOp>(op)) {
        addCall(call, pooled, result.flops);
        continue;
      }
      if (hasPooledRows(op, pooled)) {
        pooled.insert(op.result_begin(), op.result_end());
        if (!op.hasTrait<mlir::OpTrait::IsTerminator>())
          continue;
      }
      if (auto flops = mlir::dyn_cast<bert::FlopsOpInterface>(op)) {
        result.flops.perToken += flops.getFlopsPerRow();
        result.flops.perTokenPair += flops.getFlopsPerTokenPair();
      }
      if (mlir::isa<mlir::func::ReturnOp>(op))
        for (mlir::Value value : op.getOperands())
          result.perSequence.push_back(pooled.contains(value));
    }
    return result;
  }

  /// Whether the op's results have a row a sequence.
  static bool hasPooledRows(mlir::Operation &op,
                            const llvm::DenseSet<mlir::Value> &pooled) {
    auto changes = mlir::dyn_cast<bert::RowsOpInterface>(op);
    if (!changes)
      return op.getNumOperands() > 0 && pooled.contains(op.getOperand(0));
    // Those of offsets, or of another tensor.
    mlir::Value rows = changes.getRowsOperand();
    return mlir::getElementTypeOrSelf(rows.getType()).isInteger()
               ? mlir::isa<bert::SequenceOpInterface>(op)
               : pooled.contains(rows);
  }

  void addCall(mlir::func::CallOp call, llvm::DenseSet<mlir::Value> &pooled,
               FlopCount &total) {
    auto callee = module.lookupSymbol<mlir::func::FuncOp>(call.getCallee());
    if (!callee)
      return;
    std::vector<bool> arguments;
    for (mlir::Value operand : call.getOperands())
      arguments.push_back(pooled.contains(operand));
    const FlopCount &inner = count(callee, arguments);
    total.perToken += inner.perToken;
    total.perTokenPair += inner.perTokenPair;
    const Result &result = counted[{callee.getOperation(), arguments}];
    for (auto [value, isPooled] :
         llvm::zip(call.getResults(), result.perSequence))
      if (isPooled)
        pooled.insert(value);
  }

  mlir::ModuleOp module;
  std::map<Key, Result> counted;
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
  mlir::func::FuncOp entry = findEntry(module);
  if (!entry)
    return {};
  return Counter(module).count(entry,
                               std::vector<bool>(entry.getNumArguments()));
}
