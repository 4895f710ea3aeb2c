//===- Facts.h - what a module of the bert dialect says of its model ------===//

#ifndef BERTC_COMPILER_FACTS_H
#define BERTC_COMPILER_FACTS_H

#include "mlir/IR/BuiltinOps.h"

#include <cstdint>
#include <string>

namespace bertc {

/// The attribute `bert.model`, with defaults for what it lacks.
struct ModelFacts {
  std::string family = "bert", task = "encode";
  int64_t vocabSize = 0, typeVocabSize = 0;
  int64_t maxPositions = 0, positionOffset = 0, padTokenId = 0;
  /// Positions count the tokens that are no padding: RoBERTa.
  bool positionsCounted = false;
  /// The whole attribute as one JSON object.
  std::string json;
};

ModelFacts readFacts(mlir::ModuleOp module);

/// Operations of the products in a run of the entry function: so many for each
/// token, and for each pair of tokens of one sequence. What is computed once a
/// sequence, such as a pooler, is left out.
struct FlopCount {
  int64_t perToken = 0, perTokenPair = 0;
};

FlopCount countFlops(mlir::ModuleOp module);

} // namespace bertc

#endif // BERTC_COMPILER_FACTS_H
