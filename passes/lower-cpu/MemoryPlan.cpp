//===- MemoryPlan.cpp -----------------------------------------------------===//

#include "passes/lower-cpu/MemoryPlan.h"

#include <algorithm>

using namespace bertc;

namespace {

/// The kind whose stack has room for arrays of this one: offsets have a row
/// more than there are sequences, and room for it; questions and pairs are
/// fewer.
RowKind stackOf(RowKind rows) {
  switch (rows) {
  case RowKind::tokens:
  case RowKind::selected:
  case RowKind::constant:
    return rows;
  default:
    return RowKind::sequences;
  }
}

bool sameStack(const PlannedValue &a, const PlannedValue &b) {
  return stackOf(a.rows) == stackOf(b.rows);
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
    int64_t &height = heightOf(values[i].rows);
    height = std::max(height, place + values[i].bytesPerRow);
  }
}

int64_t &MemoryPlan::heightOf(RowKind rows) {
  switch (stackOf(rows)) {
  case RowKind::tokens:
    return tokenBytes;
  case RowKind::selected:
    return selectedBytes;
  case RowKind::constant:
    return constantBytes;
  default:
    return sequenceBytes;
  }
}

AffineBytes MemoryPlan::offset(size_t i) const {
  const int64_t rowBytes = tokenBytes + selectedBytes;
  switch (stackOf(values[i].rows)) {
  case RowKind::tokens:
    return {0, places[i], 0, 0};
  case RowKind::selected:
    return {0, tokenBytes + places[i], 0, 0};
  case RowKind::constant:
    return {places[i], rowBytes, sequenceBytes, 0};
  default:
    return {0, rowBytes, places[i], 0};
  }
}
