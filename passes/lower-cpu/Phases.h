//===- Phases.h - what a run does from barrier to barrier -----------------===//
//
// A schedule notes a phase for each kernel that it calls. The phases of a
// function that is called become the caller's, at each call with the parameters
// that it is handed there; those of the entry are the run's, for profiles.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_PASSES_LOWERCPU_PHASES_H
#define BERTC_PASSES_LOWERCPU_PHASES_H

#include "passes/lower-cpu/ProgramLayout.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Value.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <string>
#include <vector>

namespace bertc {

/// A parameter, and no array of the run, which has rows of tokens or sequences,
/// nor a key of dropout.
bool isParameter(mlir::Value tensor);

/// A parameter, or one that the run lays out anew.
bool isMadeOfParameters(mlir::Value tensor);

/// A phase as a function that is being lowered sees it.
struct SchedulePhase {
  std::string kernel;
  std::string dtype = "f32";
  RunAmount flops, weightBytes, activationBytes;
  /// Tensors of the function, whose names tell the phase's place: the
  /// parameters that it reads or, where it reads none, that a call hands over.
  llvm::SmallVector<mlir::Value> parameters;
};

/// The phases of a function as one who calls it sees them.
llvm::SmallVector<SchedulePhase>
phasesOfCall(mlir::func::CallOp call, llvm::ArrayRef<SchedulePhase> phases);

/// Those of a function that the host calls, under the names of the parameters
/// in the layout's weights and states.
std::vector<ProgramPhase> phasesOfProgram(llvm::ArrayRef<SchedulePhase> phases,
                                          const ProgramLayout &layout);

} // namespace bertc

#endif // BERTC_PASSES_LOWERCPU_PHASES_H
