//===- BertDialect.cpp ----------------------------------------------------===//

#include "dialect/BertDialect.h"

#include "dialect/BertOps.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/Transforms/InliningUtils.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace bertc::bert;

#include "dialect/BertDialect.cpp.inc"
#include "dialect/BertEnums.cpp.inc"

#include "dialect/DifferentiableOpInterface.cpp.inc"
#include "dialect/FlopsOpInterface.cpp.inc"
#include "dialect/LookupOpInterface.cpp.inc"
#include "dialect/PairsOpInterface.cpp.inc"
#include "dialect/ReferenceOpInterface.cpp.inc"
#include "dialect/RowsOpInterface.cpp.inc"
#include "dialect/SequenceOpInterface.cpp.inc"
#include "dialect/UpdateOpInterface.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "dialect/BertAttributes.cpp.inc"

namespace {

/// Ops are pure functions of their operands: they may stand anywhere.
struct InlinerInterface : mlir::DialectInlinerInterface {
  using DialectInlinerInterface::DialectInlinerInterface;

  bool isLegalToInline(mlir::Operation *, mlir::Region *, bool,
                       mlir::IRMapping &) const final {
    return true;
  }
};

} // namespace

void BertDialect::initialize() {
  addInterfaces<InlinerInterface>();
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialect/BertAttributes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialect/BertOps.cpp.inc"
      >();
}
