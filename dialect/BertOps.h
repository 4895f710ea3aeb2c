//===- BertOps.h - ops, attributes and interfaces of the bert dialect -----===//

#ifndef BERTC_DIALECT_BERTOPS_H
#define BERTC_DIALECT_BERTOPS_H

#include "dialect/BertDialect.h"
#include "dialect/reference/ReferenceTensor.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

#include "dialect/BertEnums.h.inc"

#include "dialect/DifferentiableOpInterface.h.inc"
#include "dialect/FlopsOpInterface.h.inc"
#include "dialect/LookupOpInterface.h.inc"
#include "dialect/PairsOpInterface.h.inc"
#include "dialect/ReferenceOpInterface.h.inc"
#include "dialect/RowsOpInterface.h.inc"
#include "dialect/SequenceOpInterface.h.inc"
#include "dialect/UpdateOpInterface.h.inc"

#define GET_ATTRDEF_CLASSES
#include "dialect/BertAttributes.h.inc"

#define GET_OP_CLASSES
#include "dialect/BertOps.h.inc"

#endif // BERTC_DIALECT_BERTOPS_H
