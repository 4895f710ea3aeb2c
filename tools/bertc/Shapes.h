//===- Shapes.h - batches made up for bench and verify --------------------===//

#ifndef BERTC_TOOLS_BERTC_SHAPES_H
#define BERTC_TOOLS_BERTC_SHAPES_H

#include "runtime/include/bertc.h"
#include "runtime/run/Batch.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bertc {

/// Sequences of these lengths with ids and token types the model takes, the
/// same ones each time.
run::Batch randomBatch(const bertc_model_info &info,
                       const std::vector<int64_t> &lengths);

/// Labels for runs of such a batch, where the model learns from some: class 0
/// and numbers of 0. Where it learns from chosen tokens, `batch` chooses 15 %
/// of each sequence, one at least; where it learns from choices, they are one
/// question's.
class MadeUpLabels {
public:
  MadeUpLabels(const bertc_model *model, run::Batch &batch);
  /// For the next run.
  bertc_status give(bertc_session *session) const;

private:
  struct One {
    std::string name;
    std::vector<int32_t> values; ///< zero is zero in f32 too
    int64_t rows;
  };
  std::vector<One> all;
};

/// Multiply-adds of the products of a run count two.
double flopsOf(const bertc_model_info &info,
               const std::vector<int64_t> &lengths);

} // namespace bertc

#endif // BERTC_TOOLS_BERTC_SHAPES_H
