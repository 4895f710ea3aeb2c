//===- BodyLowering.h - one function's ops to kernels ---------------------===//

#ifndef BERTC_PASSES_LOWERCPU_BODYLOWERING_H
#define BERTC_PASSES_LOWERCPU_BODYLOWERING_H

#include "passes/lower-cpu/FunctionLowering.h"
#include "passes/lower-cpu/KernelSchedule.h"

#include "dialect/BertOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace bertc {

/// The memref that an array or a parameter lies in: rows with the target's
/// stride, vectors filled up to whole panels.
mlir::MemRefType bufferType(mlir::Type type, const TargetDescription &target);

/// Lowers one function body: kinds of rows, plan, then code.
class BodyLowering {
public:
  BodyLowering(ProgramLowering &program, mlir::func::FuncOp source)
      : program(program), target(program.getTarget()), source(source),
        schedule(program.getModule(), program.getTarget(),
                 program.getMaxPositions(), source.getLoc()) {}

  /// `mayOverwrite` tells which arguments are written over by what updates
  /// them; all of a function that others call.
  mlir::LogicalResult analyse(
      llvm::ArrayRef<RowKind> argumentKinds,
      llvm::function_ref<bool(mlir::BlockArgument)> mayOverwrite =
          [](mlir::BlockArgument) { return true; });
  /// Plans temporaries, all but those in `placed`, and fixes the frame's size.
  void plan(const llvm::SmallDenseSet<mlir::Value> &placed);
  mlir::LogicalResult emit();

  mlir::ImplicitLocOpBuilder &builder() { return schedule.b; }
  void setContext(const RunContext &c) { schedule.context = c; }
  void setBuffer(mlir::Value value, mlir::Value buffer) {
    schedule.setBuffer(value, buffer);
  }
  mlir::Value viewAt(mlir::Type tensor, RowKind kind,
                     const AffineBytes &offset);
  RowKind kindOf(mlir::Value value) const { return schedule.kindOf(value); }
  /// The value that lies where `value` does, and was there first: an update
  /// that is the last to read what it updates is written over it.
  mlir::Value storageOf(mlir::Value value) const;
  AffineBytes frame() const { return own + deepestCallee; }
  /// What of frame() is written.
  TouchedBytes touched() const {
    return {own + touchedByCallees.bytes + AffineBytes{0, -ownSelected, 0, 0},
            ownSelected + touchedByCallees.perSelected};
  }
  /// Leaves the beginning of the frame to what is not the function's alone.
  void setFrame(const AffineBytes &begin) { own = begin; }
  AffineBytes ownFrame() const { return own; }
  /// Room in the frame for a value the plan must not share; its offset.
  AffineBytes reserve(mlir::Type type, RowKind kind);
  /// Copies what is returned but was not computed in place.
  void copy(mlir::Value value, mlir::Value destination) {
    schedule.copy(value, destination);
  }
  /// Of what was emitted.
  llvm::SmallVector<SchedulePhase> takePhases() {
    return std::move(schedule.phases);
  }

private:
  mlir::LogicalResult checkRows(mlir::Operation *op);
  void overwrite(mlir::OpResult result, mlir::Value operand,
                 llvm::function_ref<bool(mlir::BlockArgument)> mayOverwrite);
  mlir::LogicalResult emitOp(mlir::Operation *op);
  mlir::LogicalResult emitCall(mlir::func::CallOp op);
  void emitParameter(bert::GetParameterOp op);

  ProgramLowering &program;
  const TargetDescription &target;
  mlir::func::FuncOp source;
  KernelSchedule schedule;
  llvm::DenseMap<mlir::Value, mlir::Value> overwritten; ///< by each value
  llvm::DenseMap<mlir::Value, AffineBytes> planned;
  llvm::DenseMap<mlir::Operation *, llvm::SmallVector<AffineBytes>>
      temporaries; ///< of each op
  AffineBytes own, deepestCallee;
  TouchedBytes touchedByCallees;
  int64_t ownSelected = 0; ///< of own.perToken
};

} // namespace bertc

#endif // BERTC_PASSES_LOWERCPU_BODYLOWERING_H
