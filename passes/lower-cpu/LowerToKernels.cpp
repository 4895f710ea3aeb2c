//===- LowerToKernels.cpp - bert-lower-to-kernels -------------------------===//
//
// From tensors to the program that every thread of a run executes: each op
// becomes a call of its kernel on memrefs in the session's workspace, followed
// by a barrier; a private function stays one function, called once per layer
// with its weights. The entry becomes `bertc_run(const bertc_call *)`, the
// function with bert.update `bertc_update_states`, that with bert.evaluation
// `bertc_evaluate`.
//
//   workspace = scratch of each thread | states | frame | frame of a callee
//
//===----------------------------------------------------------------------===//

#include "passes/Passes.h"
#include "passes/Symbols.h"
#include "passes/lower-cpu/FunctionLowering.h"
#include "passes/lower-cpu/KernelSchedule.h"
#include "passes/lower-cpu/ProgramLayout.h"
#include "passes/tile/GradientKernels.h"

#include "dialect/PackedLayout.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace bertc {
#define GEN_PASS_DEF_BERTLOWERTOKERNELS
#include "passes/Passes.h.inc"
} // namespace bertc

using namespace bertc;
using namespace mlir;

namespace {

/// Decides where each parameter stands in the weights, in the order of first
/// use, so that a run streams through them. What another program has placed in
/// the same layout stays there.
class WeightPlacement {
public:
  WeightPlacement(ModuleOp module, const TargetDescription &target,
                  ProgramLayout &layout, std::vector<StoredParameter> placed)
      : symbols(module), target(target), layout(layout),
        others(std::move(placed)) {
    for (const StoredParameter &other : others)
      end = std::max(end, alignedEnd(other));
  }

  /// All that the function and those it calls read.
  void place(func::FuncOp function) {
    if (!seen.insert(function).second)
      return;
    function.walk([&](Operation *op) {
      if (auto get = dyn_cast<bert::GetParameterOp>(op))
        place(get);
      else if (auto call = dyn_cast<func::CallOp>(op))
        if (auto callee = symbols.lookup<func::FuncOp>(call.getCallee()))
          place(callee);
    });
  }

private:
  static int64_t alignedEnd(const StoredParameter &stored) {
    return llvm::alignTo(stored.end(), 64);
  }
  void place(bert::GetParameterOp get);

  SymbolTable symbols;
  const TargetDescription &target;
  ProgramLayout &layout;
  std::vector<StoredParameter> others;
  llvm::SmallPtrSet<Operation *, 4> seen;
  llvm::StringSet<> placed;
  int64_t end = 0;
};

void WeightPlacement::place(bert::GetParameterOp get) {
  // A learned one stands there as a state begins: once, under its own name.
  bert::ParameterOp parameter = valuesOf(symbols, get);
  if (!parameter.getLearned())
    parameter = symbols.lookup<bert::ParameterOp>(get.getName());
  if (!placed.insert(parameter.getSymName()).second)
    return;
  auto type = cast<RankedTensorType>(get.getResult().getType());
  StoredParameter stored;
  stored.name = parameter.getSymName().str();
  if (auto sources = parameter.getSources()) {
    for (auto source : sources->getAsRange<FlatSymbolRefAttr>())
      stored.sources.push_back(source.getValue().str());
    stored.panel = parameter.getPanel().value_or(0);
  } else {
    stored.sources.push_back(stored.name);
  }
  int64_t rows = 0;
  for (const std::string &source : stored.sources) {
    auto plain = symbols.lookup<bert::ParameterOp>(source);
    auto shape = cast<ShapedType>(plain.getParameterType()).getShape();
    rows += shape[0];
    stored.shape.assign(shape.begin(), shape.end());
  }
  stored.shape[0] = rows;
  int64_t elements = type.getNumElements();
  if (type.getRank() == 1)
    elements = llvm::alignTo(elements, target.panel);
  stored.precision = bert::precisionOf(type.getElementType());
  stored.bytes = elements * bert::bytesOf(stored.precision);
  auto other = llvm::find_if(others, [&](const StoredParameter &candidate) {
    return candidate.serves(stored);
  });
  if (other != others.end()) {
    stored.offset = other->offset;
    stored.bytes = other->bytes;
  } else {
    stored.offset = end;
    end = alignedEnd(stored);
  }
  layout.weights.push_back(std::move(stored));
}

/// The most scratch that a thread needs in any kernel.
int64_t scratchBytes(ModuleOp module, int64_t maxPositions,
                     const TargetDescription &target) {
  int64_t most = 0;
  auto need = [&](int64_t headSize, bert::Precision precision) {
    most =
        std::max(most, attentionScratchBytes(module.getContext(), headSize,
                                             maxPositions, precision, target));
  };
  module.walk([&](bert::SelfAttentionOp op) {
    auto type = cast<RankedTensorType>(op.getQkv().getType());
    need(type.getDimSize(1) / 3 / int64_t(op.getNumHeads()), op.getPrecision());
  });
  module.walk([&](bert::AttentionOp op) {
    auto type = cast<RankedTensorType>(op.getQuery().getType());
    need(type.getDimSize(1) / int64_t(op.getNumHeads()), bert::Precision::f32);
  });
  module.walk([&](bert::DropoutAttentionOp op) {
    auto type = cast<RankedTensorType>(op.getQuery().getType());
    need(type.getDimSize(1) / int64_t(op.getNumHeads()), bert::Precision::f32);
  });
  module.walk([&](bert::SelfAttentionProbsOp op) {
    need(op.getHeadSize(), bert::Precision::f32);
  });
  module.walk([&](bert::PackedLinearOp op) {
    auto input = cast<RankedTensorType>(op.getInput().getType());
    most =
        std::max(most, productScratchBytes(op.getContext(), input.getDimSize(1),
                                           bert::precisionOf(op), target));
  });
  auto needOfWeight = [&](auto op) {
    most = std::max(most, weightGradientScratchBytes(
                              module.getContext(), op.getPrecision(), target));
  };
  module.walk([&](bert::LinearWeightGradientOp op) { needOfWeight(op); });
  module.walk([&](bert::AccumulateWeightGradientOp op) { needOfWeight(op); });
  auto needOfGradient = [&](auto op) {
    const int64_t headSize =
        cast<RankedTensorType>(op.getQuery().getType()).getDimSize(1) /
        int64_t(op.getNumHeads());
    most = std::max(most,
                    attentionGradientScratchBytes(module.getContext(), headSize,
                                                  maxPositions, target));
  };
  module.walk([&](bert::AttentionGradientOp op) { needOfGradient(op); });
  module.walk([&](bert::DropoutAttentionGradientOp op) { needOfGradient(op); });
  return llvm::alignTo(most, 4096);
}

/// That each map is as wide as the longest sequence, and each output of maps
/// holds whole maps of tokens.
LogicalResult checkMaps(ModuleOp module, func::FuncOp entry,
                        int64_t maxPositions) {
  WalkResult walk = module.walk([&](bert::SelfAttentionProbsOp op) {
    if (int64_t(op.getMaxPositions()) == maxPositions)
      return WalkResult::advance();
    op.emitOpError("has max_positions ")
        << int64_t(op.getMaxPositions()) << ", the model " << maxPositions;
    return WalkResult::interrupt();
  });
  if (walk.wasInterrupted())
    return failure();
  for (unsigned i = 0; i < entry.getNumResults(); ++i) {
    if (!entry.getResultAttr(i, "bert.maps"))
      continue;
    auto type = dyn_cast<RankedTensorType>(entry.getResultTypes()[i]);
    if (!type || type.getRank() != 2 || type.getDimSize(1) % maxPositions != 0)
      return entry.emitOpError("result ")
             << i << " is of attention maps, but " << entry.getResultTypes()[i]
             << " has no rows of heads times " << maxPositions << " columns";
  }
  return success();
}

struct LowerToKernelsPass
    : bertc::impl::BertLowerToKernelsBase<LowerToKernelsPass> {
  using Base::Base;

  void getDependentDialects(DialectRegistry &registry) const override {
    Base::getDependentDialects(registry);
    registerKernelLowerings(registry);
  }

  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto target = TargetDescription::get(targetCpu);
    if (!target) {
      emitError(module.getLoc()) << toString(target.takeError());
      return signalPassFailure();
    }
    if (!f32Products.empty())
      if (llvm::Error error = target->setF32Products(f32Products)) {
        emitError(module.getLoc()) << toString(std::move(error));
        return signalPassFailure();
      }
    func::FuncOp entry = findEntry(module);
    if (!entry) {
      module.emitError("no function carries bert.entry");
      return signalPassFailure();
    }
    auto model = module->getAttrOfType<DictionaryAttr>("bert.model");
    auto positions =
        model ? model.getAs<IntegerAttr>("max_positions") : IntegerAttr();
    if (!positions) {
      module.emitError("bert.model with max_positions is missing");
      return signalPassFailure();
    }
    if (failed(checkMaps(module, entry, positions.getInt())))
      return signalPassFailure();

    FailureOr<std::vector<StoredParameter>> others = takePlacedWeights(module);
    if (failed(others))
      return signalPassFailure();
    ProgramLayout layout;
    func::FuncOp update = findUpdate(module);
    func::FuncOp evaluation = findEvaluation(module);
    WeightPlacement placement(module, *target, layout, std::move(*others));
    placement.place(entry);
    if (evaluation)
      placement.place(evaluation);
    int64_t scratch = scratchBytes(module, positions.getInt(), *target);
    ProgramLowering lowering(module, *target, layout, positions.getInt(),
                             scratch);
    for (func::FuncOp function : {entry, update, evaluation})
      if (function && failed(lowering.collectStates(function)))
        return signalPassFailure();
    lowering.renameSources();
    if (failed(lowering.lowerEntry(entry)) ||
        (update && failed(lowering.lowerUpdate(update))) ||
        (evaluation && failed(lowering.lowerEvaluation(evaluation))))
      return signalPassFailure();

    // The tensor program has been read; what is left is the kernel program.
    SmallVector<Operation *> old;
    for (Operation &op : module.getBody()->getOperations())
      if (isa<bert::ParameterOp>(op) || lowering.isSource(&op))
        old.push_back(&op);
    for (Operation *op : llvm::reverse(old)) {
      op->dropAllReferences();
      op->dropAllUses();
    }
    for (Operation *op : old)
      op->erase();
    lowering.renameLowered();
    setProgramLayout(module, layout);
  }
};

} // namespace
