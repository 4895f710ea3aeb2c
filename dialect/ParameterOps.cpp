//===- ParameterOps.cpp - parameters and their layouts --------------------===//

#include "dialect/BertOps.h"
#include "dialect/PackedLayout.h"

#include "llvm/Support/MathExtras.h"

using namespace bertc::bert;
using namespace mlir;

namespace {

/// C6 of bert.parameter.
LogicalResult verifyDivisor(ParameterOp op) {
  if (!op.getDividedBy())
    return success();
  auto type = cast<RankedTensorType>(op.getParameterType());
  if (type.getRank() != 2 || !op.getTiedTo())
    return op.emitOpError("C6: divided_by needs tied_to and a matrix");
  auto divisor = op->getParentOfType<ModuleOp>().lookupSymbol<ParameterOp>(
      *op.getDividedBy());
  if (!divisor || divisor.getTiedTo() || divisor.getSources() ||
      divisor.getLearned() ||
      divisor.getParameterType() !=
          RankedTensorType::get({type.getDimSize(1)}, type.getElementType()))
    return op.emitOpError("C6: divided_by @")
           << *op.getDividedBy() << " is no plain parameter of "
           << type.getDimSize(1) << " elements";
  return success();
}

} // namespace

LogicalResult ParameterOp::verify() {
  auto type = dyn_cast<RankedTensorType>(getParameterType());
  if (!type || !type.hasStaticShape() ||
      !(type.getElementType().isF32() ||
        (getPanel() && (type.getElementType().isBF16() ||
                        type.getElementType().isInteger(8)))))
    return emitOpError("C1: type must be a static tensor of f32, or packed of "
                       "bf16 or i8, got ")
           << getParameterType();
  // No product of sizes below overflows, nor do its bytes.
  constexpr int64_t mostElements = int64_t(1) << 48;
  int64_t elements = 1;
  for (int64_t size : type.getShape())
    if (llvm::MulOverflow(elements, size, elements) || elements > mostElements)
      return emitOpError("C1: type has more than 2^48 elements: ") << type;
  if (getValue() && getValue()->getShapedType() != type)
    return emitOpError("C2: value has type ")
           << getValue()->getShapedType() << ", the parameter " << type;
  if (int(getValue().has_value()) + int(getSource().has_value()) +
          int(getSources().has_value()) >
      1)
    return emitOpError("C4: only one of value, source and sources may stand");
  if (getPanel() && (!getSources() || *getPanel() <= 0))
    return emitOpError("C4: panel must be positive and needs sources");
  auto module = (*this)->getParentOfType<ModuleOp>();
  if (getTiedTo()) {
    auto other = module.lookupSymbol<ParameterOp>(*getTiedTo());
    if (!other || other.getParameterType() != getParameterType())
      return emitOpError("C5: tied_to @")
             << *getTiedTo() << " is not a parameter of type "
             << getParameterType();
    if (other.getTiedTo() || getValue() || getSources())
      return emitOpError("C5: tied_to @")
             << *getTiedTo() << " must be where the values are";
  }
  if (failed(verifyDivisor(*this)))
    return failure();
  if (getLearned() && (getTiedTo() || getSources()))
    return emitOpError("C7: a learned parameter has values of its own");
  if (!getSources())
    return success();

  int64_t rows = 0;
  SmallVector<int64_t> rest;
  for (auto symbol : getSources()->getAsRange<FlatSymbolRefAttr>()) {
    auto source = module.lookupSymbol<ParameterOp>(symbol.getValue());
    if (!source || source.getSources())
      return emitOpError("C3: source ") << symbol << " is no plain parameter";
    auto shape = cast<ShapedType>(source.getParameterType()).getShape();
    if (shape.empty() || (rows > 0 && shape.drop_front() != ArrayRef(rest)))
      return emitOpError("C3: sources differ in more than their rows");
    rows += shape[0];
    rest.assign(shape.begin() + 1, shape.end());
  }
  SmallVector<int64_t> expected;
  if (getPanel()) {
    if (rest.size() != 1)
      return emitOpError("C3: only a matrix can be packed");
    expected = packedShape(rows, rest[0], *getPanel(),
                           precisionOf(type.getElementType()));
  } else {
    expected.push_back(rows);
    expected.append(rest);
  }
  if (type.getShape() != ArrayRef(expected))
    return emitOpError("C3: sources make up [")
           << expected << "], the type says " << type;
  return success();
}

LogicalResult
GetParameterOp::verifySymbolUses(SymbolTableCollection &symbolTable) {
  auto parameter =
      symbolTable.lookupNearestSymbolFrom<ParameterOp>(*this, getNameAttr());
  if (!parameter)
    return emitOpError("C1: ") << getNameAttr() << " is not a bert.parameter";
  if (parameter.getParameterType() != getResult().getType())
    return emitOpError("C2: ")
           << getNameAttr() << " has type " << parameter.getParameterType()
           << ", the result " << getResult().getType();
  return success();
}

LogicalResult ConcatOp::verify() {
  auto result = cast<RankedTensorType>(getResult().getType());
  if (getSources().empty() || result.getRank() < 1 || result.getRank() > 2)
    return emitOpError("C1: needs tensors of rank 1 or 2");
  int64_t rows = 0;
  for (Type type : getSources().getTypes()) {
    auto source = cast<RankedTensorType>(type);
    if (source.getRank() != result.getRank())
      return emitOpError("C1: ranks differ: ") << source << " and " << result;
    if (source.getShape().drop_front() != result.getShape().drop_front() ||
        source.getElementType() != result.getElementType())
      return emitOpError("C2: ") << source << " does not fit " << result;
    rows += source.getDimSize(0);
  }
  if (rows != result.getDimSize(0))
    return emitOpError("C2: the rows add up to ")
           << rows << ", the result has " << result.getDimSize(0);
  return success();
}

OpFoldResult ConcatOp::fold(FoldAdaptor) {
  return getSources().size() == 1 ? getSources()[0] : Value();
}

LogicalResult ConcatOp::canonicalize(ConcatOp op, PatternRewriter &rewriter) {
  // concat(concat(a, b), c) is concat(a, b, c).
  SmallVector<Value> flat;
  for (Value source : op.getSources())
    if (auto inner = source.getDefiningOp<ConcatOp>())
      llvm::append_range(flat, inner.getSources());
    else
      flat.push_back(source);
  if (flat.size() == op.getSources().size())
    return failure();
  rewriter.modifyOpInPlace(op, [&] { op.getSourcesMutable().assign(flat); });
  return success();
}

/// Of a packing in the precision of its result; with `transposed`, of the
/// source's transpose, in f32 or bf16.
template <typename Op>
static LogicalResult verifyPacking(Op op, bool transposed) {
  if (int64_t(op.getPanel()) <= 0)
    return op.emitOpError("C1: panel must be positive, got ")
           << int64_t(op.getPanel());
  auto source = cast<RankedTensorType>(op.getSource().getType());
  auto result = cast<RankedTensorType>(op.getResult().getType());
  if (!source.hasStaticShape())
    return op.emitOpError("C2: source has no static shape: ") << source;
  Precision precision = precisionOf(result.getElementType());
  if (transposed && precision == Precision::int8)
    precision = Precision::f32;
  auto expected =
      packedType(op.getContext(), source.getDimSize(transposed),
                 source.getDimSize(!transposed), op.getPanel(), precision);
  if (result != expected)
    return op.emitOpError("C2: result must be ")
           << expected << ", got " << result;
  return success();
}

LogicalResult PackOp::verify() {
  return verifyPacking(*this, /*transposed=*/false);
}

LogicalResult PackTransposedOp::verify() {
  return verifyPacking(*this, /*transposed=*/true);
}

#define GET_OP_CLASSES
#include "dialect/BertOps.cpp.inc"
