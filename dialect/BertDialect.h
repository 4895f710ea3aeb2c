//===- BertDialect.h ------------------------------------------------------===//

#ifndef BERTC_DIALECT_BERTDIALECT_H
#define BERTC_DIALECT_BERTDIALECT_H

#include "mlir/IR/Dialect.h"

#include "dialect/BertDialect.h.inc"

#endif // BERTC_DIALECT_BERTDIALECT_H
