//===- BertOps.td - every op of the bert dialect --------------------------===//

#ifndef BERTC_DIALECT_BERTOPS_TD
#define BERTC_DIALECT_BERTOPS_TD

include "dialect/BertParameterOps.td"
include "dialect/BertEncoderOps.td"
include "dialect/BertDropoutOps.td"
include "dialect/BertFusedOps.td"
include "dialect/BertGradientOps.td"
include "dialect/BertLossOps.td"
include "dialect/BertAccumulationOps.td"
include "dialect/BertOptimizerOps.td"

#endif // BERTC_DIALECT_BERTOPS_TD
