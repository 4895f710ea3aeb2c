//===- FunctionLowering.h - one tensor function to a kernel schedule ------===//

#ifndef BERTC_PASSES_LOWERCPU_FUNCTIONLOWERING_H
#define BERTC_PASSES_LOWERCPU_FUNCTIONLOWERING_H

#include "passes/TargetDescription.h"
#include "passes/lower-cpu/Phases.h"
#include "passes/lower-cpu/ProgramLayout.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/StringMap.h"

#include <utility>
#include <vector>

namespace bertc {

class BodyLowering;

/// A private function after lowering. Arguments: those of the tensor function,
/// one memref for each result, then the run's context.
struct LoweredFunction {
  mlir::func::FuncOp function;
  AffineBytes frame;    ///< its own temporaries and those of what it calls
  TouchedBytes touched; ///< of it
  llvm::SmallVector<RowKind> results;
  /// A result and the argument that it is written over; its caller hands the
  /// same memref over as both.
  llvm::SmallVector<std::pair<unsigned, unsigned>> updates;
  llvm::SmallVector<SchedulePhase> phases; ///< on the source's arguments
};

/// A symbol's name without what the lowering adds to it for its own time.
llvm::StringRef plainName(llvm::StringRef name);

/// The states of a program, one behind the other in front of all that moves:
/// learned parameters that are read, and arguments and results of static shape.
/// Of one role and name there is one.
class ProgramStates {
public:
  explicit ProgramStates(const TargetDescription &target) : target(target) {}

  /// Adds those of a function. An error where two of one name differ.
  mlir::LogicalResult collect(mlir::func::FuncOp function);

  /// The state that the parameter of that symbol is; null where none is.
  const ProgramState *ofParameter(llvm::StringRef symbol) const {
    auto found = parameters.find(symbol);
    return found == parameters.end() ? nullptr : &states[found->second];
  }
  /// That an argument or a result of these attributes is.
  const ProgramState &find(mlir::DictionaryAttr attributes) const;

  llvm::ArrayRef<ProgramState> all() const { return states; }
  /// Of all of them, in front of a frame.
  int64_t bytes() const { return end; }

private:
  /// Its number.
  mlir::FailureOr<size_t> add(mlir::func::FuncOp function, StateRole role,
                              llvm::StringRef name, mlir::Type type);

  const TargetDescription &target;
  std::vector<ProgramState> states; ///< offsets from the start of the frame
  llvm::StringMap<size_t> parameters;
  int64_t end = 0;
};

/// Lowers the functions of a program and, on first call, each that they call.
class ProgramLowering {
public:
  ProgramLowering(mlir::ModuleOp module, const TargetDescription &target,
                  ProgramLayout &layout, int64_t maxPositions,
                  int64_t scratchBytes)
      : module(module), target(target), layout(layout),
        maxPositions(maxPositions), scratchBytes(scratchBytes), states(target) {
  }

  /// Places the states of a function that the host calls; of all of them before
  /// any is lowered.
  mlir::LogicalResult collectStates(mlir::func::FuncOp function) {
    return states.collect(function);
  }
  mlir::LogicalResult lowerEntry(mlir::func::FuncOp entry);
  /// What a run without labels does; its inputs are among the entry's.
  mlir::LogicalResult lowerEvaluation(mlir::func::FuncOp evaluation);
  /// What a step does once it has its gradients: a function of states alone.
  mlir::LogicalResult lowerUpdate(mlir::func::FuncOp update);
  /// `kinds` says for each argument what its rows are.
  mlir::FailureOr<LoweredFunction *>
  lowerPrivate(mlir::func::FuncOp function, llvm::ArrayRef<RowKind> kinds);

  /// Whether `op` is a function that has been lowered and may go.
  bool isSource(mlir::Operation *op) const;
  /// Frees the names that kernels and lowered functions take.
  void renameSources();
  /// Gives lowered functions their source's name, where no kernel took it.
  void renameLowered();

  mlir::ModuleOp getModule() const { return module; }
  const TargetDescription &getTarget() const { return target; }
  ProgramLayout &getLayout() { return layout; }
  int64_t getMaxPositions() const { return maxPositions; }
  int64_t getScratchBytes() const { return scratchBytes; }
  /// The state that the parameter of that symbol is; null where none is.
  const ProgramState *stateOf(llvm::StringRef symbol) const {
    return states.ofParameter(plainName(symbol));
  }
  /// Whether the host calls the function, so that it knows where states are.
  bool isCalledByHost(mlir::Operation *function) const {
    return calledByHost.contains(function);
  }

private:
  /// A value and the memref that it is to be copied to.
  using Copy = std::pair<mlir::Value, mlir::Value>;

  mlir::LogicalResult analyse(BodyLowering &body, mlir::func::FuncOp function,
                              llvm::ArrayRef<RowKind> kinds);
  void openFunction(BodyLowering &body, llvm::StringRef name);
  mlir::FailureOr<llvm::SmallVector<RowKind>>
  kindsOfInputs(mlir::func::FuncOp function);
  ProgramTensor describe(mlir::Value value, mlir::DictionaryAttr attributes,
                         RowKind kind) const;
  mlir::LogicalResult placeOutputs(BodyLowering &body,
                                   mlir::func::FuncOp function,
                                   llvm::SmallDenseSet<mlir::Value> &placed,
                                   llvm::SmallVectorImpl<Copy> &copies);
  mlir::LogicalResult placeStates(BodyLowering &body,
                                  mlir::func::FuncOp function,
                                  llvm::SmallDenseSet<mlir::Value> &placed,
                                  llvm::SmallVectorImpl<Copy> &copies);
  mlir::LogicalResult
  closeFunction(BodyLowering &body,
                const llvm::SmallDenseSet<mlir::Value> &placed,
                llvm::ArrayRef<Copy> copies);
  void addTouched(const BodyLowering &body);

  mlir::ModuleOp module;
  const TargetDescription &target;
  ProgramLayout &layout;
  int64_t maxPositions, scratchBytes;
  ProgramStates states;
  AffineBytes inputBytes; ///< of states and the entry's inputs
  llvm::SmallPtrSet<mlir::Operation *, 4> calledByHost;
  llvm::SmallPtrSet<mlir::Operation *, 4> active; ///< being analysed
  struct Entry {
    mlir::Operation *source;
    llvm::SmallVector<RowKind> kinds;
    LoweredFunction lowered;
  };
  llvm::StringMap<Entry> functions;
};

} // namespace bertc

#endif // BERTC_PASSES_LOWERCPU_FUNCTIONLOWERING_H
