//===- Builder.h - building blocks that all families share ----------------===//

#ifndef BERTC_MODELS_BUILDER_H
#define BERTC_MODELS_BUILDER_H

#include "dialect/BertOps.h"
#include "models/Parameters.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <string>

namespace bertc {

/// An input of the entry function.
struct EntryArgument {
  llvm::StringRef name;
  mlir::Type type;
  llvm::StringRef rows = ""; ///< bert.rows, none when empty
};

/// How the host sees an output of the entry function.
enum class ResultForm {
  rows,   ///< [B, S, columns] or [B, columns]
  scalar, ///< one column, which is no dimension
  maps    ///< attention maps, [B, heads, S, S]
};

/// An output of the entry function.
struct EntryResult {
  std::string name;
  mlir::Value value;
  ResultForm form = ResultForm::rows;
};

/// Emits ops of the bert dialect with the result types that they imply.
class EncoderBuilder : public mlir::ImplicitLocOpBuilder {
public:
  explicit EncoderBuilder(mlir::MLIRContext *context)
      : ImplicitLocOpBuilder(mlir::UnknownLoc::get(context), context) {}

  /// tensor<?xNxf32>, tensor<?xi32>, tensor<2xi32>.
  mlir::RankedTensorType rowsType(int64_t columns);
  mlir::RankedTensorType idsType();
  mlir::RankedTensorType keyType();

  mlir::Value parameter(bert::ParameterOp declared);
  /// `padding` is the row of each table that gets no gradient, -1: none.
  mlir::Value embedding(mlir::ValueRange ids, mlir::ValueRange tables,
                        llvm::ArrayRef<int64_t> padding);
  mlir::Value linear(mlir::Value x, mlir::Value weight, mlir::Value bias);
  mlir::Value linear(mlir::Value x, const AffineParameters &parameters);
  mlir::Value add(mlir::Value a, mlir::Value b);
  mlir::Value layerNorm(mlir::Value x, mlir::Value scale, mlir::Value bias,
                        double epsilon);
  mlir::Value layerNorm(mlir::Value x, const AffineParameters &parameters,
                        double epsilon);
  mlir::Value attention(mlir::Value query, mlir::Value key, mlir::Value value,
                        mlir::Value offsets, int64_t heads);
  mlir::Value attentionProbs(mlir::Value query, mlir::Value key,
                             mlir::Value offsets, int64_t heads,
                             int64_t maxPositions);
  mlir::Value activation(bert::Activation kind, mlir::Value x);
  mlir::Value firstToken(mlir::Value x, mlir::Value offsets);
  mlir::Value meanPool(mlir::Value x, mlir::Value offsets);
  mlir::Value l2Normalize(mlir::Value x, double epsilon);
  mlir::Value gatherRows(mlir::Value x, mlir::Value rows);
  mlir::Value sliceColumns(mlir::Value x, int64_t first, int64_t count);

  /// Opens the function that the runtime calls, at the end of the block where
  /// the builder stands, and moves into it.
  mlir::func::FuncOp beginEntry(llvm::StringRef name,
                                llvm::ArrayRef<EntryArgument> arguments);
  /// Returns these values, and gives `entry` their types and names.
  void endEntry(mlir::func::FuncOp entry, llvm::ArrayRef<EntryResult> results);

private:
  template <typename Op> mlir::Value pool(mlir::Value x, mlir::Value offsets);
};

} // namespace bertc

#endif // BERTC_MODELS_BUILDER_H
