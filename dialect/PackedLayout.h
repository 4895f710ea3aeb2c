//===- PackedLayout.h - shapes of weights in panels -----------------------===//

#ifndef BERTC_DIALECT_PACKEDLAYOUT_H
#define BERTC_DIALECT_PACKEDLAYOUT_H

#include "dialect/BertOps.h"

#include "mlir/IR/BuiltinTypes.h"

namespace bertc::bert {

/// The element type that a product's factors have.
mlir::Type elementType(mlir::MLIRContext *context, Precision precision);

/// The precision of factors of this element type: f32, bf16 or i8.
Precision precisionOf(mlir::Type element);

/// That of the weight's elements.
Precision precisionOf(PackedLinearOp op);

/// How many elements of a weight's row lie side by side in a panel.
inline int64_t groupOf(Precision precision) {
  return precision == Precision::int8   ? 4
         : precision == Precision::bf16 ? 2
                                        : 1;
}

/// Bytes of an element: groups fill 32 bits.
inline int64_t bytesOf(Precision precision) { return 4 / groupOf(precision); }

/// How the element type is written: "f32", "bf16", "i8".
llvm::StringRef elementName(Precision precision);

/// A panel's groups of k come in so many: a matrix unit takes them at a time.
inline constexpr int64_t groupsOfStep = 16;

/// How many groups of k a panel of that many columns has, zeros filling the
/// last step.
int64_t groupsOf(int64_t columns, Precision precision);

/// How many groups behind a panel's last one say something of its columns.
inline int64_t trailingGroupsOf(Precision precision) {
  return precision == Precision::int8 ? 2 : 0;
}

/// The shape that bert.pack gives a weight [rows, columns].
llvm::SmallVector<int64_t> packedShape(int64_t rows, int64_t columns,
                                       int64_t panel, Precision precision);
/// Its type.
mlir::RankedTensorType packedType(mlir::MLIRContext *context, int64_t rows,
                                  int64_t columns, int64_t panel,
                                  Precision precision);

} // namespace bertc::bert

#endif // BERTC_DIALECT_PACKEDLAYOUT_H
