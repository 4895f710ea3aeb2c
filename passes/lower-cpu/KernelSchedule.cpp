//===- KernelSchedule.cpp -------------------------------------------------===//

#include "passes/lower-cpu/KernelSchedule.h"

#include "passes/tile/GradientKernels.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace bertc;
using namespace mlir;

#include "passes/lower-cpu/KernelLowering.cpp.inc"

namespace {

/// All elements of an array, without what fills up its rows.
RunAmount bytesOfAll(Value tensor, RowKind kind) {
  auto type = cast<RankedTensorType>(tensor.getType());
  const int64_t element = type.getElementTypeBitWidth() / 8;
  if (type.hasStaticShape())
    return {type.getNumElements() * element};
  return RunAmount::ofRows(
      kind, element * (type.getRank() == 2 ? type.getDimSize(1) : 1));
}

} // namespace

int64_t bertc::elementsOf(Value memref) {
  return cast<MemRefType>(memref.getType()).getNumElements();
}

Value bertc::flatten(ImplicitLocOpBuilder &b, Value memref) {
  auto type = cast<MemRefType>(memref.getType());
  if (type.getRank() > 1) {
    SmallVector<ReassociationIndices> all(1);
    for (int64_t d = 0; d < type.getRank(); ++d)
      all.front().push_back(d);
    memref = memref::CollapseShapeOp::create(b, memref, all);
  }
  return memref::CastOp::create(
      b, MemRefType::get({ShapedType::kDynamic}, type.getElementType()),
      memref);
}

RunAmount KernelSchedule::flopsOf(bert::FlopsOpInterface op) const {
  // A gradient of a parameter takes its products by the rows of its operands.
  Value rows =
      isConstant(op->getResult(0)) ? op->getOperand(0) : op->getResult(0);
  RunAmount flops = RunAmount::ofRows(kindOf(rows), op.getFlopsPerRow());
  flops.perTokenPair = op.getFlopsPerTokenPair();
  return flops;
}

void KernelSchedule::call(func::FuncOp kernel, SmallVector<Value> operands,
                          RowKind rows, int64_t count) {
  Value share = rows == RowKind::constant
                    ? Value(arith::ConstantIndexOp::create(b, count))
                    : context.rows(b, rows);
  operands.append({share, context.thread, context.threads});
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
    if (array.isTemporary()) {
      const bool isWhole =
          cast<MemRefType>(array.tensor.getType()).hasStaticShape();
      operands.push_back(launch.flat && isWhole ? flatten(b, array.tensor)
                                                : array.tensor);
      continue;
    }
    operands.push_back(launch.flat ? flatten(b, buffer(array.tensor))
                                   : buffer(array.tensor));
    const RunAmount bytes =
        array.bytes.value_or(bytesOfAll(array.tensor, kindOf(array.tensor)));
    if (isMadeOfParameters(array.tensor)) {
      phase.parameters.push_back(array.tensor);
      phase.weightBytes = phase.weightBytes + bytes;
    } else {
      phase.activationBytes = phase.activationBytes + bytes;
    }
  }
  if (launch.takesScratch)
    operands.push_back(context.scratch);
  call(kernel, std::move(operands), launch.rows, launch.count);
  phases.push_back(std::move(phase));
}

void KernelSchedule::fill(Value tensor, double value) {
  KernelLaunch launch{
      flatFillKernel(module, value, target), {tensor}, RowKind::constant};
  launch.count = elementsOf(buffer(tensor));
  launch.flat = true;
  this->launch(launch);
}

void KernelSchedule::copy(Value tensor, Value destination) {
  const RowKind kind = kindOf(tensor);
  func::FuncOp kernel;
  if (kind == RowKind::constant) {
    kernel = flatScaleKernel(module, /*factor=*/1, target);
    call(kernel, {flatten(b, buffer(tensor)), flatten(b, destination)}, kind,
         elementsOf(buffer(tensor)));
  } else {
    kernel = elementwiseKernel(module, columns(tensor), bert::Activation::none,
                               /*residual=*/false, target);
    call(kernel, {buffer(tensor), destination}, kind, 0);
  }
  SchedulePhase phase;
  phase.kernel = kernel.getName().str();
  const RunAmount bytes = bytesOfAll(tensor, kind);
  phase.activationBytes = bytes + bytes;
  phases.push_back(std::move(phase));
}
