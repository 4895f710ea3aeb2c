//===- LossBuilder.h - what kernels of losses share -----------------------===//

#ifndef BERTC_PASSES_TILE_LOSSBUILDER_H
#define BERTC_PASSES_TILE_LOSSBUILDER_H

#include "passes/tile/Arithmetic.h"
#include "passes/tile/KernelBuilder.h"

namespace bertc {

/// Scalars and rows of losses.
class LossBuilder : public Arithmetic {
public:
  explicit LossBuilder(KernelBuilder &k)
      : Arithmetic(k.builder()), k(k), zero(k.index(0)), one(k.index(1)),
        none(k.f32(0)) {}

  mlir::Value load(mlir::Value array, mlir::ValueRange place);
  void store(mlir::Value x, mlir::Value array, mlir::ValueRange place);

  /// Whether 0 <= label < size; a negative one is large where it has no sign.
  mlir::Value isWithin(mlir::Value label, mlir::Value size);
  mlir::Value isClass(mlir::Value label, int64_t classes, int64_t ignored);

  /// A row of lossParts.
  void storeParts(mlir::Value parts, mlir::Value row, mlir::Value sum,
                  mlir::Value weight);

  /// scale gradient / n, n the sum of `counts(i)` for i < size, an index; zero
  /// for none.
  mlir::Value shareOfEach(mlir::Value gradient, mlir::Value size,
                          llvm::function_ref<mlir::Value(mlir::Value)> counts,
                          double scale = 1);

  /// Largest element of a row, and the sum of exponentials of what lies below.
  struct SoftmaxFacts {
    mlir::Value most, sum;
  };
  /// Of a row divided by `temperature`; `most` is what it was before.
  SoftmaxFacts softmaxFacts(mlir::Value x, mlir::Value row, int64_t columns,
                            double temperature = 1);
  /// The same of a column's rows [begin, end).
  SoftmaxFacts softmaxFacts(mlir::Value x, mlir::Value begin, mlir::Value end);
  /// (x - most) / temperature, on vectors: differences first, as they are exact
  /// where it matters.
  mlir::Value softened(mlir::Value x, mlir::Value most, double temperature);
  mlir::Value logSumExp(const SoftmaxFacts &facts) {
    return add(facts.most, log(facts.sum));
  }

  KernelBuilder &k;
  mlir::Value zero, one, none;
};

/// Types of a loss kernel's arguments.
class LossTypes {
public:
  LossTypes(mlir::ModuleOp module, const TargetDescription &target)
      : context(module.getContext()), target(target) {}
  mlir::Type rows(int64_t columns) {
    return rowsType(context, columns, target);
  }
  mlir::Type numbers() { return numbersType(context); }
  /// A loss, or its gradient.
  mlir::Type scalar();
  /// With rows, thread and threads behind them.
  llvm::SmallVector<mlir::Type> arguments(llvm::ArrayRef<mlir::Type> arrays);

private:
  mlir::MLIRContext *context;
  const TargetDescription &target;
};

} // namespace bertc

#endif // BERTC_PASSES_TILE_LOSSBUILDER_H
