//===- Optimizer.h - which rule changes parameters, and its constants -----===//

#ifndef BERTC_PASSES_UPDATE_OPTIMIZER_H
#define BERTC_PASSES_UPDATE_OPTIMIZER_H

#include "mlir/Support/LLVM.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace mlir {
class Attribute;
class DictionaryAttr;
class MLIRContext;
} // namespace mlir

namespace bertc {

struct Optimizer {
  /// The op that computes a step (dialect/BertOptimizerOps.td).
  enum class Rule { adam, lamb, sgd };

  std::string name; ///< one of `optimizerNames`
  Rule rule = Rule::adam;
  double firstDecay = 0.9, secondDecay = 0.999, epsilon = 1e-8;
  double momentum = 0; ///< of sgd
  bool nesterov = false;
  /// Gradients' norm is kept below; 0: left alone.
  double maxNorm = 0;

  /// With its defaults. An error names those that there are.
  static llvm::Expected<Optimizer> fromName(llvm::StringRef name);
  /// What toAttribute made; an error for another attribute.
  static llvm::Expected<Optimizer>
  fromAttribute(mlir::DictionaryAttr attribute);
  mlir::DictionaryAttr toAttribute(mlir::MLIRContext *context) const;

  /// An error for constants that the rule is not defined for.
  llvm::Error check() const;
  /// Of bert.clip_factor, as the optimiser's own implementation clips.
  double clipEpsilon() const;
  /// The numbers that change from step to step, in the order of the op's
  /// operands; the last is the decay.
  llvm::ArrayRef<llvm::StringLiteral> rateNames() const;
};

/// adamw (torch), adamw-google, adamw-fairseq, lamb (Google), lamb-nvidia, sgd
/// (torch).
llvm::ArrayRef<llvm::StringLiteral> optimizerNames();

} // namespace bertc

#endif // BERTC_PASSES_UPDATE_OPTIMIZER_H
