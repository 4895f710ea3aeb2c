//===- MemoryPlan.h - places for a function's temporaries -----------------===//
//
// A function's values are rows of a constant number of bytes, as many as the
// run has tokens or sequences or selects, or arrays of a constant size. So a
// plan for one token and one sequence is a plan for all runs: each of the four
// kinds gets its own stack, of bytes a row or of bytes, and two values share
// bytes when one dies before the other is made. The stack of selected rows has
// room for all tokens; alone, a run touches no more of it than it selects.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_PASSES_LOWERCPU_MEMORYPLAN_H
#define BERTC_PASSES_LOWERCPU_MEMORYPLAN_H

#include "passes/lower-cpu/ProgramLayout.h"

#include <cstddef>
#include <vector>

namespace bertc {

/// A value alive from step `made` to step `lastUse`, both included.
struct PlannedValue {
  RowKind rows = RowKind::tokens;
  int64_t bytesPerRow = 0; ///< of all rows where these are constant
  size_t made = 0, lastUse = 0;
};

class MemoryPlan {
public:
  /// First fit in order of making.
  explicit MemoryPlan(const std::vector<PlannedValue> &values);

  /// Where value `i` starts, from the start of the frame.
  AffineBytes offset(size_t i) const;
  AffineBytes size() const {
    return {constantBytes, tokenBytes + selectedBytes, sequenceBytes, 0};
  }
  /// How much of size().perToken is of selected rows.
  int64_t selectedPerToken() const { return selectedBytes; }

private:
  int64_t &heightOf(RowKind rows);

  std::vector<PlannedValue> values;
  std::vector<int64_t> places;
  int64_t tokenBytes = 0, selectedBytes = 0, sequenceBytes = 0,
          constantBytes = 0;
};

} // namespace bertc

#endif // BERTC_PASSES_LOWERCPU_MEMORYPLAN_H
