//===- PackedLayout.cpp ---------------------------------------------------===//

#include "dialect/PackedLayout.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/Support/MathExtras.h"

using namespace bertc::bert;
using namespace mlir;

Type bertc::bert::elementType(MLIRContext *context, Precision precision) {
  if (precision == Precision::bf16)
    return BFloat16Type::get(context);
  if (precision == Precision::int8)
    return IntegerType::get(context, 8);
  return Float32Type::get(context);
}

Precision bertc::bert::precisionOf(Type element) {
  return element.isBF16()       ? Precision::bf16
         : element.isInteger(8) ? Precision::int8
                                : Precision::f32;
}

Precision bertc::bert::precisionOf(PackedLinearOp op) {
  auto weight = cast<RankedTensorType>(op.getWeight().getType());
  return precisionOf(weight.getElementType());
}

llvm::StringRef bertc::bert::elementName(Precision precision) {
  return precision == Precision::int8 ? "i8" : stringifyPrecision(precision);
}

int64_t bertc::bert::groupsOf(int64_t columns, Precision precision) {
  const int64_t group = groupOf(precision);
  return group == 1 ? columns
                    : int64_t(llvm::alignTo(llvm::divideCeil(columns, group),
                                            groupsOfStep));
}

SmallVector<int64_t> bertc::bert::packedShape(int64_t rows, int64_t columns,
                                              int64_t panel,
                                              Precision precision) {
  const int64_t group = groupOf(precision);
  SmallVector<int64_t> shape = {
      int64_t(llvm::divideCeil(rows, panel)),
      groupsOf(columns, precision) + trailingGroupsOf(precision), panel};
  if (group > 1)
    shape.push_back(group);
  return shape;
}

RankedTensorType bertc::bert::packedType(MLIRContext *context, int64_t rows,
                                         int64_t columns, int64_t panel,
                                         Precision precision) {
  return RankedTensorType::get(packedShape(rows, columns, panel, precision),
                               elementType(context, precision));
}
