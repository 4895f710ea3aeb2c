//===- MaterializeParameters.cpp - bert-materialize-parameters ------------===//

#include "passes/Passes.h"
#include "passes/Symbols.h"
#include "passes/pack/Packing.h"

#include "dialect/BertOps.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bertc {
#define GEN_PASS_DEF_BERTMATERIALIZEPARAMETERS
#include "passes/Passes.h.inc"
} // namespace bertc

using namespace bertc;
using namespace mlir;

namespace {

using Sources = SmallVector<Attribute>;

/// "a.query.weight", "a.key.weight" -> "a.query_key.weight". Names that differ
/// in more than one part give the first, marked.
std::string joinNames(ArrayRef<Attribute> sources) {
  SmallVector<SmallVector<StringRef>> names;
  for (Attribute source : sources)
    llvm::SplitString(cast<FlatSymbolRefAttr>(source).getValue(),
                      names.emplace_back(), ".");
  std::vector<std::string> joined;
  unsigned differing = 0;
  for (auto [i, part] : llvm::enumerate(names.front())) {
    std::string all = part.str();
    for (ArrayRef<StringRef> other : ArrayRef(names).drop_front()) {
      if (other.size() != names.front().size())
        return llvm::join(names.front(), ".") + ".concat";
      if (other[i] != part)
        all += ("_" + other[i]).str();
    }
    differing += all != part;
    joined.push_back(std::move(all));
  }
  return differing > 1 ? llvm::join(names.front(), ".") + ".concat"
                       : llvm::join(joined, ".");
}

/// Finds and makes derived parameters.
class DerivedParameters {
public:
  explicit DerivedParameters(ModuleOp module)
      : module(module), symbols(module) {
    for (auto parameter : module.getOps<bert::ParameterOp>()) {
      last = parameter;
      if (auto sources = parameter.getSourcesAttr())
        known[{sources, parameter.getParameterType()}] = parameter;
    }
  }

  /// The plain parameters whose rows make up `value`; nothing where it is made
  /// of anything else.
  std::optional<Sources> sourcesOf(Value value) {
    Operation *op = value.getDefiningOp();
    if (auto get = dyn_cast_or_null<bert::GetParameterOp>(op)) {
      auto parameter = symbols.lookup<bert::ParameterOp>(get.getName());
      if (valuesOf(symbols, get).getLearned())
        return std::nullopt;
      if (!parameter.getSources())
        return Sources{get.getNameAttr()};
      if (parameter.getPanel())
        return std::nullopt;
      return Sources(parameter.getSourcesAttr().getValue());
    }
    auto concat = dyn_cast_or_null<bert::ConcatOp>(op);
    if (!concat)
      return std::nullopt;
    Sources all;
    for (Value part : concat.getSources()) {
      std::optional<Sources> sources = sourcesOf(part);
      if (!sources)
        return std::nullopt;
      all.append(*sources);
    }
    return all;
  }

  /// Whether a packing reads parameters that change from run to run.
  bool isLearned(Operation *packing) {
    return llvm::any_of(packing->getOperands(), [&](Value operand) {
      Operation *op = operand.getDefiningOp();
      if (auto get = dyn_cast_or_null<bert::GetParameterOp>(op))
        return valuesOf(symbols, get).getLearned();
      return op && isPacking(op) && isLearned(op);
    });
  }

  /// `panel` is 0 for a concatenation without packing. Of the same sources
  /// there may be packings of several types.
  bert::ParameterOp get(ArrayRef<Attribute> sources, int64_t panel, Type type) {
    OpBuilder b(module.getContext());
    if (last)
      b.setInsertionPointAfter(last);
    else
      b.setInsertionPointToStart(module.getBody());
    ArrayAttr names = b.getArrayAttr(sources);
    bert::ParameterOp &parameter = known[{names, type}];
    if (parameter)
      return parameter;
    std::string name = joinNames(sources) + (panel ? ".packed" : "");
    parameter = bert::ParameterOp::create(
        b, module.getLoc(), b.getStringAttr(name), TypeAttr::get(type),
        /*source=*/{}, /*value=*/{}, /*tied_to=*/{}, /*divided_by=*/{}, names,
        panel ? b.getI64IntegerAttr(panel) : IntegerAttr());
    symbols.insert(parameter);
    last = parameter;
    return parameter;
  }

private:
  ModuleOp module;
  SymbolTable symbols;
  bert::ParameterOp last;
  llvm::DenseMap<std::pair<Attribute, Type>, bert::ParameterOp> known;
};

/// Puts each parameter right before what reads it, in the order of its
/// operands: weights are laid out in this order, and a run reads them in it.
void orderByUse(ModuleOp module) {
  SmallVector<Operation *> readers;
  llvm::SmallDenseSet<Operation *> placed;
  module.walk([&](Operation *op) { readers.push_back(op); });
  for (Operation *op : readers)
    for (Value operand : op->getOperands()) {
      auto get = operand.getDefiningOp<bert::GetParameterOp>();
      if (get && get->getBlock() == op->getBlock() && placed.insert(get).second)
        get->moveBefore(op);
    }
}

/// Moves what a run packs right before what reads it, with what it is packed
/// of: the room is the next packing's too.
void sink(Operation *packing) {
  Operation *first = nullptr;
  for (Operation *user : packing->getUsers())
    if (user->getBlock() == packing->getBlock() &&
        (!first || user->isBeforeInBlock(first)))
      first = user;
  if (!first)
    return;
  packing->moveBefore(first);
  for (Value operand : packing->getOperands())
    if (Operation *op = operand.getDefiningOp(); op && isPacking(op))
      sink(op);
}

struct MaterializeParametersPass
    : bertc::impl::BertMaterializeParametersBase<MaterializeParametersPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    DerivedParameters derived(module);
    SmallVector<Operation *> packings;
    module.walk([&](Operation *op) {
      if (isPacking(op))
        packings.push_back(op);
    });
    for (Operation *op : packings) {
      // What is only packed on needs no place of its own.
      if (llvm::all_of(op->getUsers(), isPacking))
        continue;
      auto pack = dyn_cast<bert::PackOp>(op);
      Value result = op->getResult(0);
      std::optional<Sources> sources =
          derived.sourcesOf(pack ? pack.getSource() : result);
      if (!sources) {
        if (derived.isLearned(op))
          sink(op);
        else
          op->emitRemark("not materialized: it reads more than parameters");
        continue;
      }
      bert::ParameterOp parameter =
          derived.get(*sources, pack ? pack.getPanel() : 0, result.getType());
      OpBuilder b(op);
      auto get = bert::GetParameterOp::create(b, op->getLoc(), result.getType(),
                                              parameter.getSymName());
      result.replaceAllUsesWith(get);
    }
    for (Operation *op : llvm::reverse(packings))
      if (op->use_empty())
        op->erase();
    module.walk([&](bert::GetParameterOp get) {
      if (get->use_empty())
        get.erase();
    });
    orderByUse(module);
    eraseUnusedParameters(module);
  }
};

} // namespace
