//===- MemoryPlan.cpp -----------------------------------------------------===//

#include "passes/lower-cpu/MemoryPlan.h"

#include <algorithm>

using namespace bertc;

namespace {

bool sameStack(const PlannedValue &a, const PlannedValue &b) {
  return growsWithTokens(a.rows) == growsWithTokens(b.rows) &&
         (a.rows == RowKind::constant) == (b.rows == RowKind::constant);
}

bool overlap(const PlannedValue &a, const PlannedValue &b) {
  return a.made <= b.lastUse && b.made <= a.lastUse;
}

} // namespace

MemoryPlan::MemoryPlan(const std::vector<PlannedValue> &values)
    : values(values), places(values.size(), 0) {
  for (size_t i = 0; i < values.size(); ++i) {
    // The ranges of earlier values that are alive with this one, by place.
    std::vector<std::pair<int64_t, int64_t>> taken;
    for (size_t j = 0; j < i; ++j)
      if (sameStack(values[i], values[j]) && overlap(values[i], values[j]))
        taken.emplace_back(places[j], places[j] + values[j].bytesPerRow);
    std::sort(taken.begin(), taken.end());
    int64_t place = 0;
    for (auto [first, last] : taken) {
      if (place + values[i].bytesPerRow <= first)
        break;
      place = std::max(place, last);
    }
    places[i] = place;
    int64_t &height = growsWithTokens(values[i].rows)       ? tokenBytes
                      : values[i].rows == RowKind::constant ? constantBytes
                                                            : sequenceBytes;
    height = std::max(height, place + values[i].bytesPerRow);
  }
}

AffineBytes MemoryPlan::offset(size_t i) const {
  if (growsWithTokens(values[i].rows))
    return {0, places[i], 0, 0};
  if (values[i].rows == RowKind::constant)
    return {places[i], tokenBytes, sequenceBytes, 0};
  return {0, tokenBytes, places[i], 0};
}
