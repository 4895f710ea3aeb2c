//===- KernelSchedule.cpp -------------------------------------------------===//

#include "passes/lower-cpu/KernelSchedule.h"

#include "passes/tile/Kernels.h"

using namespace bertc;
using namespace mlir;

#include "passes/lower-cpu/KernelLowering.cpp.inc"

namespace {

/// All elements of an array, without what fills up its rows.
RunAmount bytesOfAll(Value tensor, RowKind kind) {
  auto type = cast<RankedTensorType>(tensor.getType());
  const int64_t element = type.getElementTypeBitWidth() / 8;
  if (isParameter(tensor))
    return {type.getNumElements() * element};
  return RunAmount::ofRows(
      kind, element * (type.getRank() == 2 ? type.getDimSize(1) : 1));
}

} // namespace

RunAmount KernelSchedule::flopsOf(bert::FlopsOpInterface op) const {
  RunAmount flops =
      RunAmount::ofRows(kindOf(op->getResult(0)), op.getFlopsPerRow());
  flops.perTokenPair = op.getFlopsPerTokenPair();
  return flops;
}

void KernelSchedule::call(func::FuncOp kernel, SmallVector<Value> operands,
                          RowKind rows) {
  operands.append({context.rows(b, rows), context.thread, context.threads});
  func::CallOp::create(b, kernel, operands);
  context.barrier(b, module);
}

void KernelSchedule::launch(const KernelLaunch &launch) {
  func::FuncOp kernel = launch.kernel;
  SchedulePhase phase;
  phase.kernel = kernel.getName().str();
  phase.dtype = launch.dtype;
  phase.flops = launch.flops;
  SmallVector<Value> operands;
  for (const KernelArray &array : launch.arrays) {
    operands.push_back(buffer(array.tensor));
    const RunAmount bytes =
        array.bytes.value_or(bytesOfAll(array.tensor, kindOf(array.tensor)));
    if (isParameter(array.tensor)) {
      phase.parameters.push_back(array.tensor);
      phase.weightBytes = phase.weightBytes + bytes;
    } else {
      phase.activationBytes = phase.activationBytes + bytes;
    }
  }
  if (launch.takesScratch)
    operands.push_back(context.scratch);
  call(kernel, std::move(operands), launch.rows);
  phases.push_back(std::move(phase));
}

void KernelSchedule::copy(Value tensor, Value destination) {
  const RowKind kind = kindOf(tensor);
  func::FuncOp kernel =
      elementwiseKernel(module, columns(tensor), bert::Activation::none,
                        /*residual=*/false, target);
  call(kernel, {buffer(tensor), destination}, kind);
  SchedulePhase phase;
  phase.kernel = kernel.getName().str();
  const RunAmount bytes = bytesOfAll(tensor, kind);
  phase.activationBytes = bytes + bytes;
  phases.push_back(std::move(phase));
}
