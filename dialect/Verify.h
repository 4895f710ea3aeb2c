//===- Verify.h - checks that several ops share ---------------------------===//

#ifndef BERTC_DIALECT_VERIFY_H
#define BERTC_DIALECT_VERIFY_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Operation.h"
#include "mlir/IR/Value.h"

#include <optional>

namespace bertc::bert {

enum class Precision : uint32_t;

/// H of a [T, H] tensor.
inline int64_t columnsOf(mlir::Value rows) {
  return mlir::cast<mlir::RankedTensorType>(rows.getType()).getDimSize(1);
}

/// The length of dimension 0, possibly ShapedType::kDynamic.
inline int64_t rowsOf(mlir::Value value) {
  return mlir::cast<mlir::RankedTensorType>(value.getType()).getDimSize(0);
}

// `constraint` is the number the op's description gives the rule, "C2".
/// `result` has as many rows as `from`, or both an unknown number.
mlir::LogicalResult verifyRows(mlir::Operation *op, llvm::StringRef constraint,
                               mlir::Value from, mlir::Value result);
mlir::LogicalResult verifyOneType(mlir::Operation *op,
                                  llvm::StringRef constraint,
                                  mlir::ValueRange values);
/// `result`, a result of `op`, has so many columns.
mlir::LogicalResult verifyColumnCount(mlir::Operation *op,
                                      llvm::StringRef constraint,
                                      mlir::Value result, int64_t columns);
mlir::LogicalResult verifyVector(mlir::Operation *op,
                                 llvm::StringRef constraint,
                                 llvm::StringRef name, mlir::Value vector,
                                 int64_t size);
mlir::LogicalResult verifyEpsilon(mlir::Operation *op,
                                  llvm::StringRef constraint,
                                  const llvm::APFloat &epsilon);
/// Of gradients of products: f32 or bf16.
mlir::LogicalResult verifyGradientPrecision(mlir::Operation *op,
                                            llvm::StringRef constraint,
                                            Precision precision);
/// `padding`, where there is one, is a row of as many.
mlir::LogicalResult verifyPadding(mlir::Operation *op,
                                  llvm::StringRef constraint,
                                  std::optional<int64_t> padding, int64_t rows);
mlir::LogicalResult verifyHeads(mlir::Operation *op, llvm::StringRef constraint,
                                int64_t heads, int64_t hidden);
/// `tensor` has a row for each sequence that `offsets` bounds.
mlir::LogicalResult verifyPerSequence(mlir::Operation *op,
                                      llvm::StringRef constraint,
                                      mlir::Value tensor, mlir::Value offsets);
/// `result` has `heads` maps of `positions` columns in each row of `from`.
mlir::LogicalResult verifyMaps(mlir::Operation *op, llvm::StringRef constraint,
                               int64_t heads, int64_t positions,
                               mlir::Value from, mlir::Value result);
/// C1 and C2 of bert.embedding.
mlir::LogicalResult verifyEmbedding(mlir::Operation *op, mlir::ValueRange ids,
                                    mlir::ValueRange tables,
                                    mlir::Value result);

} // namespace bertc::bert

#endif // BERTC_DIALECT_VERIFY_H
