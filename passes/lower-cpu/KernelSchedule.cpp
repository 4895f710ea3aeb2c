//===- KernelSchedule.cpp -------------------------------------------------===//

#include "passes/lower-cpu/KernelSchedule.h"

using namespace bertc;
using namespace mlir;

#include "passes/lower-cpu/KernelLowering.cpp.inc"

void KernelSchedule::launch(func::FuncOp kernel, SmallVector<Value> operands,
                            Value rows) {
  operands.append({rows, context.thread, context.threads});
  func::CallOp::create(b, kernel, operands);
  context.barrier(b, module);
}
