//===- MemoryPlan.cpp -----------------------------------------------------===//

#include "passes/lower-cpu/MemoryPlan.h"

#include "llvm/Support/ErrorHandling.h"

#include <algorithm>

using namespace bertc;

namespace {

/// Offsets have a row more than there are sequences, and room for it; questions
/// and pairs are fewer.
bool sameStack(const PlannedValue &a, const PlannedValue &b) {
  auto stackOf = [](RowKind rows) {
    const bool isOwn = rows == RowKind::tokens || rows == RowKind::selected ||
                       rows == RowKind::constant;
    return isOwn ? rows : RowKind::sequences;
  };
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
  switch (rows) {
  case RowKind::tokens:
    return tokenBytes;
  case RowKind::selected:
    return selectedBytes;
  case RowKind::constant:
    return constantBytes;
  case RowKind::sequences:
  case RowKind::offsets:
  case RowKind::questions:
  case RowKind::questionOffsets:
  case RowKind::pairs:
    return sequenceBytes;
  }
  llvm_unreachable("a kind of rows");
}

AffineBytes MemoryPlan::offset(size_t i) const {
  const int64_t rowBytes = tokenBytes + selectedBytes;
  switch (values[i].rows) {
  case RowKind::tokens:
    return {0, places[i], 0, 0};
  case RowKind::selected:
    return {0, tokenBytes + places[i], 0, 0};
  case RowKind::constant:
    return {places[i], rowBytes, sequenceBytes, 0};
  case RowKind::sequences:
  case RowKind::offsets:
  case RowKind::questions:
  case RowKind::questionOffsets:
  case RowKind::pairs:
    return {0, rowBytes, places[i], 0};
  }
  llvm_unreachable("a kind of rows");
}
