//===- SetPrecision.cpp - bert-set-precision ------------------------------===//

#include "passes/NamePatterns.h"
#include "passes/Passes.h"
#include "passes/Symbols.h"

#include "dialect/BertOps.h"
#include "dialect/Quantization.h"
#include "dialect/Verify.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace bertc {
#define GEN_PASS_DEF_BERTSETPRECISION
#include "passes/Passes.h.inc"
} // namespace bertc

using namespace bertc;
using namespace mlir;

namespace {

/// Sets the precision of products, function by function from the entry on. A
/// function is called once a layer: where some of its layers keep f32 and
/// others do not, each choice gets a function of its own.
class PrecisionSetter {
public:
  PrecisionSetter(ModuleOp module, bert::Precision precision,
                  bool roundAttention, NamePatterns &keep)
      : symbols(module), precision(precision), roundAttention(roundAttention),
        keep(keep) {}

  void set(func::FuncOp entry) { apply(entry, choose(entry, {})); }

private:
  /// Which parameters an argument stands for; of a derived weight, all.
  using Names = SmallVector<StringRef>;
  /// For a function with these arguments: of each product, in their order,
  /// whether it keeps f32; and what is chosen in each function it calls.
  struct Choice {
    std::string key; ///< equal for equal choices
    SmallVector<bool> kept;
    std::vector<Choice> callees;
  };

  Names namesOf(Value value, ArrayRef<Names> arguments) {
    if (auto argument = dyn_cast<BlockArgument>(value))
      return argument.getArgNumber() < arguments.size()
                 ? arguments[argument.getArgNumber()]
                 : Names();
    Operation *op = value.getDefiningOp();
    if (auto get = dyn_cast<bert::GetParameterOp>(op)) {
      auto parameter = symbols.lookup<bert::ParameterOp>(get.getName());
      if (!parameter.getSources())
        return {get.getName()};
      Names names;
      for (auto source :
           parameter.getSources()->getAsRange<FlatSymbolRefAttr>())
        names.push_back(source.getValue());
      return names;
    }
    Names names;
    if (isa<bert::ConcatOp>(op))
      for (Value part : partsOf(value))
        llvm::append_range(names, namesOf(part, arguments));
    return names;
  }

  bool keeps(ArrayRef<StringRef> names) {
    bool any = false;
    for (StringRef name : names)
      any |= keep.matches(name);
    return any;
  }

  Choice choose(func::FuncOp function, ArrayRef<Names> arguments) {
    Choice choice;
    function.walk([&](Operation *op) {
      if (auto product = dyn_cast<bert::FusedLinearOp>(op)) {
        choice.kept.push_back(keeps(namesOf(product.getWeight(), arguments)));
        choice.key += choice.kept.back() ? 'k' : '.';
      } else if (auto call = dyn_cast<func::CallOp>(op)) {
        SmallVector<Names> given;
        for (Value operand : call.getOperands())
          given.push_back(namesOf(operand, arguments));
        choice.callees.push_back(
            choose(symbols.lookup<func::FuncOp>(call.getCallee()), given));
        choice.key += "(" + choice.callees.back().key + ")";
      }
    });
    return choice;
  }

  void apply(func::FuncOp function, const Choice &choice) {
    size_t product = 0, callee = 0;
    function.walk([&](Operation *op) {
      if (auto linear = dyn_cast<bert::FusedLinearOp>(op)) {
        if (choice.kept[product++])
          return;
        if (precision == bert::Precision::int8 &&
            bert::columnsOf(linear.getInput()) > mostInt8Columns)
          linear.emitRemark("not in int8: sums of rows of ")
              << bert::columnsOf(linear.getInput()) << " overflow";
        else
          linear.setPrecision(precision);
      } else if (auto attention = dyn_cast<bert::SelfAttentionOp>(op)) {
        auto qkv = attention.getQkv().getDefiningOp<bert::FusedLinearOp>();
        if (roundAttention && qkv)
          attention.setPrecision(
              std::min(qkv.getPrecision(), bert::Precision::bf16));
      } else if (auto call = dyn_cast<func::CallOp>(op)) {
        call.setCallee(variantOf(call, choice.callees[callee++]).getSymName());
      }
    });
  }

  /// The called function with this choice: itself for the first, a copy made
  /// before anything was set for every further one.
  func::FuncOp variantOf(func::CallOp call, const Choice &choice) {
    StringRef name = call.getCallee();
    llvm::StringMap<func::FuncOp> &variants = functions[name];
    func::FuncOp &variant = variants[choice.key];
    if (variant)
      return variant;
    auto original = symbols.lookup<func::FuncOp>(name);
    OwningOpRef<func::FuncOp> &plain = plains[name];
    if (!plain) {
      plain = original.clone();
      variant = original;
    } else {
      variant = plain->clone();
      symbols.insert(variant, std::next(Block::iterator(original)));
    }
    apply(variant, choice);
    return variant;
  }

  SymbolTable symbols;
  bert::Precision precision;
  bool roundAttention;
  NamePatterns &keep;
  llvm::StringMap<llvm::StringMap<func::FuncOp>> functions;
  llvm::StringMap<OwningOpRef<func::FuncOp>> plains;
};

/// Of what backward passes multiply.
SmallVector<Operation *> gradientsOfProducts(ModuleOp module) {
  SmallVector<Operation *> found;
  module.walk([&](Operation *op) {
    if (isa<bert::LinearInputGradientOp, bert::LinearWeightGradientOp,
            bert::AccumulateWeightGradientOp>(op))
      found.push_back(op);
  });
  return found;
}

struct SetPrecisionPass : bertc::impl::BertSetPrecisionBase<SetPrecisionPass> {
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto refuse = [&](const Twine &message) {
      emitError(module.getLoc()) << message;
      signalPassFailure();
    };
    std::optional<bert::Precision> chosen = bert::symbolizePrecision(precision);
    if (!chosen)
      return refuse("precision " + precision + " is none of f32, bf16, int8");
    llvm::Expected<NamePatterns> patterns =
        NamePatterns::create("keep-f32", keepF32);
    if (!patterns)
      return refuse(llvm::toString(patterns.takeError()));
    if (*chosen == bert::Precision::f32)
      return;
    func::FuncOp entry = findEntry(module);
    if (!entry)
      return refuse("no function carries bert.entry");
    // Choices for its callees would have no end.
    if (llvm::any_of(module.getOps<func::FuncOp>(), isRecursive))
      return refuse("a function calls itself");
    const SmallVector<Operation *> gradients = gradientsOfProducts(module);
    if (!gradients.empty() && *chosen == bert::Precision::int8)
      return refuse("gradients of products are f32 or bf16, not int8");
    if (!gradients.empty() && !keepF32.empty())
      return refuse("keep-f32 goes without gradients of products, which have "
                    "no names");
    // Its gradients take attention as it is in f32, whether they keep it or
    // compute it again.
    PrecisionSetter(module, *chosen, attention && gradients.empty(), *patterns)
        .set(entry);
    if (func::FuncOp evaluation = findEvaluation(module))
      PrecisionSetter(module, *chosen, attention, *patterns).set(evaluation);
    for (Operation *op : gradients)
      op->setAttr("precision",
                  bert::PrecisionAttr::get(&getContext(), *chosen));
    if (std::optional<StringRef> pattern = patterns->unmatched())
      return refuse("keep-f32 \"" + *pattern +
                    "\" is the name of no product's weight");
  }
};

} // namespace
