//===- Shapes.h - batches made up for bench and verify --------------------===//

#ifndef BERTC_TOOLS_BERTC_SHAPES_H
#define BERTC_TOOLS_BERTC_SHAPES_H

#include "runtime/include/bertc.h"
#include "runtime/run/Batch.h"

#include <cstdint>
#include <vector>

namespace bertc {

/// Sequences of these lengths with ids and token types the model takes, the
/// same ones each time.
run::Batch randomBatch(const bertc_model_info &info,
                       const std::vector<int64_t> &lengths);

/// Multiply-adds of the products of a run count two.
double flopsOf(const bertc_model_info &info,
               const std::vector<int64_t> &lengths);

} // namespace bertc

#endif // BERTC_TOOLS_BERTC_SHAPES_H
