//===- OptimizerLowerings.cpp - which kernels compute an update -----------===//
//
// Models of KernelLoweringOpInterface for the ops of a training step's update,
// and for the packing of weights that it changes.
//
//===----------------------------------------------------------------------===//

#include "passes/lower-cpu/KernelLoweringForms.h"
#include "passes/tile/GradientKernels.h"
#include "passes/tile/OptimizerKernels.h"
#include "passes/tile/WeightPacking.h"

#include "dialect/BertOps.h"
#include "dialect/PackedLayout.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/Support/MathExtras.h"

using namespace bertc;
using namespace mlir;

namespace {

/// Of a tensor of static shape, without what fills up its memory.
int64_t countOf(Value tensor) {
  return cast<RankedTensorType>(tensor.getType()).getNumElements();
}

int64_t partsOfNorm(int64_t elements) {
  return llvm::divideCeil(elements, normBlock);
}

/// A model whose operands are all arrays of constant shape.
template <typename Model, typename Op>
struct ConstantLowering : Lowering<Model, Op> {
  bool takesConstantRows(Operation *, unsigned) const { return true; }
};

/// A flat launch on `count` elements.
KernelLaunch flatLaunch(func::FuncOp kernel, int64_t count,
                        ArrayRef<Value> arrays) {
  KernelLaunch launch{kernel, {}, RowKind::constant};
  launch.arrays.append(arrays.begin(), arrays.end());
  launch.count = count;
  launch.flat = true;
  return launch;
}

void append(SmallVectorImpl<Value> &values, ValueRange more) {
  values.append(more.begin(), more.end());
}

/// `count` elements of an array of constant shape.
Value partOf(KernelSchedule &s, Value memref, int64_t first, int64_t count) {
  Value part =
      memref::SubViewOp::create(s.b, flatten(s.b, memref),
                                ArrayRef<OpFoldResult>{s.b.getIndexAttr(first)},
                                ArrayRef<OpFoldResult>{s.b.getIndexAttr(count)},
                                ArrayRef<OpFoldResult>{s.b.getIndexAttr(1)});
  auto anywhere =
      StridedLayoutAttr::get(s.b.getContext(), ShapedType::kDynamic, {1});
  return memref::CastOp::create(
      s.b, MemRefType::get({ShapedType::kDynamic}, s.b.getF32Type(), anywhere),
      part);
}

struct CountedArray {
  Value array;
  int64_t count;
};

/// norm = |all arrays|, through `parts`, a temporary.
void launchNorm(KernelSchedule &s, ArrayRef<CountedArray> arrays, Value parts,
                Value norm) {
  func::FuncOp squared = squaredPartsKernel(s.module, s.target);
  int64_t first = 0;
  for (auto [array, count] : arrays) {
    const int64_t own = partsOfNorm(count);
    s.launch(flatLaunch(squared, count, {array, partOf(s, parts, first, own)}));
    first += own;
  }
  s.launch(
      flatLaunch(normOfPartsKernel(s.module, s.target), first, {parts, norm}));
}

struct GlobalNormLowering
    : ConstantLowering<GlobalNormLowering, bert::GlobalNormOp> {
  SmallVector<KernelTemporary> getTemporaries(Operation *given,
                                              const KernelSchedule &) const {
    int64_t parts = 0;
    for (Value gradient : given->getOperands())
      parts += partsOfNorm(countOf(gradient));
    return {{RowKind::constant, parts}};
  }
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::GlobalNormOp>(given);
    SmallVector<CountedArray> gradients;
    for (Value gradient : op.getGradients())
      gradients.push_back({gradient, countOf(gradient)});
    launchNorm(s, gradients, s.temporaries[0], op.getResult());
  }
};

struct ClipFactorLowering
    : ConstantLowering<ClipFactorLowering, bert::ClipFactorOp> {
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::ClipFactorOp>(given);
    s.launch(flatLaunch(
        clipFactorKernel(s.module, op.getMaxNorm().convertToDouble(),
                         op.getEpsilon().convertToDouble(), s.target),
        /*count=*/1, {op.getNorm(), op.getResult()}));
  }
};

template <typename Op> MomentRates ratesOf(Op op) {
  return {op.getFirstDecay().convertToDouble(),
          op.getSecondDecay().convertToDouble(),
          op.getEpsilon().convertToDouble()};
}

struct AdamLowering : ConstantLowering<AdamLowering, bert::AdamOp> {
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::AdamOp>(given);
    SmallVector<Value> arrays(op->getOperands());
    append(arrays, op->getResults());
    s.launch(flatLaunch(
        adamKernel(s.module, ratesOf(op), bool(op.getDecay()), s.target),
        countOf(op.getParameter()), arrays));
  }
};

struct SgdLowering : ConstantLowering<SgdLowering, bert::SgdOp> {
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::SgdOp>(given);
    SmallVector<Value> arrays(op->getOperands());
    append(arrays, op->getResults());
    s.launch(
        flatLaunch(sgdKernel(s.module, op.getMomentum().convertToDouble(),
                             op.getNesterov(), bool(op.getDecay()), s.target),
                   countOf(op.getParameter()), arrays));
  }
};

struct LambLowering : ConstantLowering<LambLowering, bert::LambOp> {
  /// The direction; with a ratio the parts of both norms, and the norms.
  SmallVector<KernelTemporary> getTemporaries(Operation *given,
                                              const KernelSchedule &) const {
    auto op = cast<bert::LambOp>(given);
    const int64_t count = countOf(op.getParameter());
    SmallVector<KernelTemporary> all = {{RowKind::constant, count}};
    if (op.getDecay())
      all.append({{RowKind::constant, partsOfNorm(count)},
                  {RowKind::constant, 1},
                  {RowKind::constant, 1}});
    return all;
  }
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::LambOp>(given);
    const int64_t count = countOf(op.getParameter());
    // The schedule's are the next op's too.
    const SmallVector<Value> own = s.temporaries;
    SmallVector<Value> arrays = {
        op.getParameter(),       op.getFirst(),  op.getSecond(),
        op.getGradient(),        op.getFactor(), op.getFirstCorrection(),
        op.getSecondCorrection()};
    if (op.getDecay())
      arrays.push_back(op.getDecay());
    arrays.append({own[0], op.getNewFirst(), op.getNewSecond()});
    s.launch(flatLaunch(lambDirectionKernel(s.module, ratesOf(op),
                                            bool(op.getDecay()), s.target),
                        count, arrays));
    arrays = {op.getParameter(), own[0], op.getRate()};
    if (op.getDecay()) {
      launchNorm(s, {{op.getParameter(), count}}, own[1], own[2]);
      launchNorm(s, {{own[0], count}}, own[1], own[3]);
      arrays.append({own[2], own[3]});
    }
    arrays.push_back(op.getNewParameter());
    s.launch(
        flatLaunch(lambDescentKernel(s.module, bool(op.getDecay()), s.target),
                   count, arrays));
  }
};

/// Of what a packing makes.
bert::Precision precisionOfPacked(Operation *packing) {
  return bert::precisionOf(
      cast<RankedTensorType>(packing->getResult(0).getType()).getElementType());
}

struct PackLowering : Lowering<PackLowering, bert::PackOp> {
  /// Runs pack no integers.
  bool takesConstantRows(Operation *op, unsigned) const {
    return precisionOfPacked(op) != bert::Precision::int8;
  }
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::PackOp>(given);
    auto source = cast<RankedTensorType>(op.getSource().getType());
    KernelLaunch launch{packKernel(s.module, source.getDimSize(0),
                                   source.getDimSize(1), precisionOfPacked(op),
                                   s.target),
                        {op.getSource(), op.getResult()},
                        RowKind::constant};
    launch.count = packedVectors(source.getDimSize(0), s.target);
    s.launch(launch);
  }
};

struct PackTransposedLowering
    : ConstantLowering<PackTransposedLowering, bert::PackTransposedOp> {
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::PackTransposedOp>(given);
    auto source = cast<RankedTensorType>(op.getSource().getType());
    const bert::Precision precision = precisionOfPacked(op);
    KernelLaunch launch{packTransposedKernel(s.module, source.getDimSize(0),
                                             source.getDimSize(1), precision,
                                             s.target),
                        {op.getSource(), op.getResult()},
                        RowKind::constant};
    launch.count = bert::groupsOf(source.getDimSize(0), precision);
    s.launch(launch);
  }
};

struct ConcatLowering : ConstantLowering<ConcatLowering, bert::ConcatOp> {
  void lowerToKernels(Operation *given, KernelSchedule &s) const {
    auto op = cast<bert::ConcatOp>(given);
    func::FuncOp copy = copyIntoKernel(s.module, s.target);
    Value result = s.buffer(op.getResult());
    int64_t first = 0;
    for (Value source : op.getSources()) {
      const int64_t count = countOf(source);
      s.launch(
          flatLaunch(copy, count, {source, partOf(s, result, first, count)}));
      first += count;
    }
  }
};

} // namespace

void bertc::registerOptimizerLowerings(MLIRContext &c) {
  bert::AdamOp::attachInterface<AdamLowering>(c);
  bert::ClipFactorOp::attachInterface<ClipFactorLowering>(c);
  bert::ConcatOp::attachInterface<ConcatLowering>(c);
  bert::GlobalNormOp::attachInterface<GlobalNormLowering>(c);
  bert::LambOp::attachInterface<LambLowering>(c);
  bert::PackOp::attachInterface<PackLowering>(c);
  bert::PackTransposedOp::attachInterface<PackTransposedLowering>(c);
  bert::SgdOp::attachInterface<SgdLowering>(c);
}
