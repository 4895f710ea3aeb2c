//===- Differentiate.cpp - bert-differentiate -----------------------------===//

#include "passes/NamePatterns.h"
#include "passes/Passes.h"
#include "passes/Symbols.h"
#include "passes/differentiate/Differentiator.h"

#include "dialect/BertOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Error.h"

#include <optional>

namespace bertc {
#define GEN_PASS_DEF_BERTDIFFERENTIATE
#include "passes/Passes.h.inc"
} // namespace bertc

using namespace bertc;
using namespace mlir;

namespace {

class DifferentiatePass
    : public bertc::impl::BertDifferentiateBase<DifferentiatePass> {
public:
  using BertDifferentiateBase::BertDifferentiateBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    std::optional<Recompute> policy = recomputeFromName(recompute);
    if (!policy)
      return refuse("recompute \"" + recompute + "\" is none of " +
                    llvm::join(recomputeNames(), ", "));
    func::FuncOp entry = findEntry(module);
    if (!entry || entry.isExternal() || !entry.getBody().hasOneBlock())
      return refuse("no function of one block carries bert.entry");
    if (llvm::any_of(module.getOps<func::FuncOp>(), isRecursive))
      return refuse("a function calls itself");
    if (entry.getNumResults() == 0 ||
        entry.getResultTypes()[0] !=
            RankedTensorType::get({}, Float32Type::get(&getContext())))
      return refuse("the first result of @" + entry.getSymName() +
                    " is no loss, a tensor<f32>");
    llvm::Expected<NamePatterns> frozen =
        NamePatterns::create("freeze", freeze);
    if (!frozen)
      return refuse(llvm::toString(frozen.takeError()));
    if (failed(checkReads(entry)))
      return signalPassFailure();
    const SmallVector<func::FuncOp> callees = calleesOf(entry);
    Reads reads = readsOf(entry, *frozen);
    if (std::optional<StringRef> pattern = frozen->unmatched())
      return refuse("freeze \"" + *pattern + "\" is the name of no parameter");
    if (failed(addGradients(entry, reads, *policy)))
      return signalPassFailure();
    eraseUncalled(callees);
  }

private:
  /// Where the entry reads each parameter that is not frozen.
  using Reads = llvm::MapVector<bert::ParameterOp, SmallVector<Value>>;

  void refuse(const Twine &message) {
    emitError(getOperation().getLoc()) << message;
    signalPassFailure();
  }

  /// The functions that the entry calls, and those that they call.
  SmallVector<func::FuncOp> calleesOf(func::FuncOp entry) {
    SymbolTable symbols(getOperation());
    llvm::SetVector<func::FuncOp> found;
    SmallVector<func::FuncOp> pending = {entry};
    while (!pending.empty())
      pending.pop_back_val().walk([&](func::CallOp call) {
        auto callee = symbols.lookup<func::FuncOp>(call.getCallee());
        if (callee && found.insert(callee))
          pending.push_back(callee);
      });
    return found.takeVector();
  }

  /// Their forward and backward functions have taken their place.
  static void eraseUncalled(SmallVector<func::FuncOp> functions) {
    bool changed = true;
    while (changed) {
      changed = false;
      for (func::FuncOp &function : functions) {
        if (!function)
          continue;
        std::optional<SmallVector<func::CallOp>> calls = findCalls(function);
        if (!calls || !calls->empty())
          continue;
        function.erase();
        function = nullptr;
        changed = true;
      }
    }
  }

  /// Only what the entry itself reads gets a gradient.
  LogicalResult checkReads(func::FuncOp entry) {
    if (!SymbolTable::symbolKnownUseEmpty(entry, getOperation()))
      return entry.emitError("the entry is called, and would return more");
    for (func::FuncOp function : calleesOf(entry)) {
      WalkResult result = function.walk([&](bert::GetParameterOp get) {
        get.emitError("only the entry may read parameters that gradients are "
                      "wanted of: @")
            << function.getSymName() << " reads @" << get.getName();
        return WalkResult::interrupt();
      });
      if (result.wasInterrupted())
        return failure();
    }
    SymbolTable symbols(getOperation());
    WalkResult result = entry.walk([&](bert::GetParameterOp get) {
      auto parameter = symbols.lookup<bert::ParameterOp>(get.getName());
      if (get->getParentOp() == entry && !parameter.getSources() &&
          !parameter.getDividedBy())
        return WalkResult::advance();
      get.emitError("@") << get.getName()
                         << " is made of other parameters or read in a "
                            "region: gradients come before fusing and packing";
      return WalkResult::interrupt();
    });
    return failure(result.wasInterrupted());
  }

  Reads readsOf(func::FuncOp entry, NamePatterns &frozen) {
    SymbolTable symbols(getOperation());
    llvm::DenseMap<bert::ParameterOp, SmallVector<Value>> all;
    llvm::DenseSet<bert::ParameterOp> isFrozen;
    for (auto get : entry.getOps<bert::GetParameterOp>()) {
      auto parameter = symbols.lookup<bert::ParameterOp>(get.getName());
      bool matches = frozen.matches(tensorName(parameter));
      // One tensor, whatever name it is frozen by.
      if (std::optional<StringRef> other = parameter.getTiedTo()) {
        parameter = symbols.lookup<bert::ParameterOp>(*other);
        matches |= frozen.matches(tensorName(parameter));
      }
      all[parameter].push_back(get);
      if (matches)
        isFrozen.insert(parameter);
    }
    Reads reads;
    SmallVector<Attribute> symbolsOfFrozen;
    for (auto parameter : getOperation().getOps<bert::ParameterOp>())
      if (auto found = all.find(parameter); found != all.end()) {
        if (isFrozen.contains(parameter))
          symbolsOfFrozen.push_back(FlatSymbolRefAttr::get(parameter));
        else
          reads.insert({parameter, found->second});
      }
    if (!symbolsOfFrozen.empty())
      entry->setAttr("bert.frozen",
                     ArrayAttr::get(&getContext(), symbolsOfFrozen));
    return reads;
  }

  LogicalResult addGradients(func::FuncOp entry, const Reads &reads,
                             Recompute policy) {
    SmallVector<Value> wanted;
    for (const auto &[parameter, values] : reads)
      llvm::append_range(wanted, values);
    Differentiator differentiator(getOperation(), policy);
    FailureOr<SmallVector<Value>> gradients =
        differentiator.differentiate(entry, wanted);
    if (failed(gradients))
      return failure();

    Operation *end = entry.front().getTerminator();
    OpBuilder b(end);
    ArrayRef<Value> next = *gradients;
    for (const auto &[parameter, values] : reads) {
      Value sum;
      for (Value gradient : next.take_front(values.size()))
        if (gradient)
          sum = sum ? bert::AddOp::create(b, end->getLoc(), sum, gradient)
                    : gradient;
      next = next.drop_front(values.size());
      if (!sum)
        continue;
      end->insertOperands(end->getNumOperands(), sum);
      NamedAttribute attributes[] = {
          b.getNamedAttr("bert.name", b.getStringAttr(tensorName(parameter))),
          b.getNamedAttr("bert.gradient_of",
                         FlatSymbolRefAttr::get(parameter))};
      // Fails only where an attribute refuses the function's new type.
      (void)entry.insertResult(entry.getNumResults(), sum.getType(),
                               b.getDictionaryAttr(attributes));
    }
    return success();
  }
};

} // namespace
