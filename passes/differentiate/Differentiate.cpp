//===- Differentiate.cpp - bert-differentiate -----------------------------===//

#include "passes/NamePatterns.h"
#include "passes/Passes.h"
#include "passes/Symbols.h"
#include "passes/differentiate/Differentiator.h"

#include "dialect/BertOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Error.h"

#include <optional>

namespace bertc {
#define GEN_PASS_DEF_BERTDIFFERENTIATE
#include "passes/Passes.h.inc"
} // namespace bertc

using namespace bertc;
using namespace mlir;

namespace {

/// The name of the parameter's tensor in a checkpoint.
StringRef tensorName(bert::ParameterOp parameter) {
  return parameter.getSource().value_or(parameter.getSymName());
}

class DifferentiatePass
    : public bertc::impl::BertDifferentiateBase<DifferentiatePass> {
public:
  using BertDifferentiateBase::BertDifferentiateBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    std::optional<Recompute> policy = recomputeFromName(recompute);
    if (!policy)
      return refuse("recompute \"" + recompute +
                    "\" is none of keep-all, recompute-cheap, recompute-layer");
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
    Reads reads = readsOf(entry, *frozen);
    if (std::optional<StringRef> pattern = frozen->unmatched())
      return refuse("freeze \"" + *pattern + "\" is the name of no parameter");
    if (failed(addGradients(entry, reads, *policy)))
      return signalPassFailure();
    for (func::FuncOp function :
         llvm::make_early_inc_range(module.getOps<func::FuncOp>()))
      if (std::optional<SmallVector<func::CallOp>> calls = findCalls(function);
          calls && calls->empty())
        function.erase();
  }

private:
  /// Where the entry reads each parameter that is not frozen.
  using Reads = llvm::MapVector<bert::ParameterOp, SmallVector<Value>>;

  void refuse(const Twine &message) {
    emitError(getOperation().getLoc()) << message;
    signalPassFailure();
  }

  Reads readsOf(func::FuncOp entry, NamePatterns &frozen) {
    SymbolTable symbols(getOperation());
    llvm::DenseMap<bert::ParameterOp, SmallVector<Value>> all;
    for (auto get : entry.getOps<bert::GetParameterOp>()) {
      auto parameter = symbols.lookup<bert::ParameterOp>(get.getName());
      if (std::optional<StringRef> other = parameter.getTiedTo())
        parameter = symbols.lookup<bert::ParameterOp>(*other);
      all[parameter].push_back(get);
    }
    Reads reads;
    for (auto parameter : getOperation().getOps<bert::ParameterOp>())
      if (auto found = all.find(parameter);
          found != all.end() && !frozen.matches(tensorName(parameter)))
        reads.insert({parameter, found->second});
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
