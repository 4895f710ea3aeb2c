//===- RandomTensors.h - inputs and parameters to try a program with ------===//

#ifndef BERTC_TOOLS_BERT_OPT_RANDOMTENSORS_H
#define BERTC_TOOLS_BERT_OPT_RANDOMTENSORS_H

#include "dialect/reference/Interpreter.h"
#include "dialect/reference/ReferenceTensor.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <cstdint>
#include <vector>

namespace bertc {

struct RandomSizes {
  int64_t tokens = 0;
  int64_t sequences = 0;
  uint64_t seed = 0;
};

/// Arguments that `function` accepts: offsets of sequences of random lengths,
/// at least one token each, ids that lie in the tables they pick from, numbers
/// in [-1, 1).
std::vector<ReferenceTensor> randomInputs(mlir::func::FuncOp function,
                                          const RandomSizes &sizes);

/// Parameters by the value they have in the module, or else numbers that depend
/// on the seed and the symbol alone: a pass may reorder or drop parameters.
ParameterReader randomParameters(uint64_t seed);

} // namespace bertc

#endif // BERTC_TOOLS_BERT_OPT_RANDOMTENSORS_H
