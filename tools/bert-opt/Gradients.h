//===- Gradients.h - bert-opt's --verify-gradients ------------------------===//

#ifndef BERTC_TOOLS_BERT_OPT_GRADIENTS_H
#define BERTC_TOOLS_BERT_OPT_GRADIENTS_H

#include "dialect/reference/Interpreter.h"
#include "dialect/reference/ReferenceTensor.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/Support/Error.h"

#include <vector>

namespace bertc {

/// Holds each result of `function` with bert.gradient_of, as
/// bert-differentiate makes them, against finite differences of result 0 by the
/// elements of that parameter. Returns the largest difference; an error where
/// one is above `tolerance`, or where there are no gradients.
llvm::Expected<double> verifyGradients(mlir::func::FuncOp function,
                                       llvm::ArrayRef<ReferenceTensor> inputs,
                                       const ParameterReader &parameters,
                                       double tolerance);

} // namespace bertc

#endif // BERTC_TOOLS_BERT_OPT_GRADIENTS_H
