//===- Peak.h - what the machine can do, measured now ---------------------===//
//
// A figure of a benchmark means something next to the machine's limits in the
// same minute: clocks, neighbours and power budgets move.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_TOOLS_BERTC_PEAK_H
#define BERTC_TOOLS_BERTC_PEAK_H

#include <string_view>

namespace bertc {

struct Peak {
  double gflops = 0;     ///< 10^9 operations a second, two a multiply-add
  const char *what = ""; ///< "f32 (fused multiply-add)"
};

/// What `threads` threads do at once in independent chains of registers: fused
/// multiply-adds of f32 in the widest vectors of the CPU or, for a dtype of
/// "bf16" or "int8", products of its matrix unit or dot products of these,
/// where it has them, else for "int8" products of words of 16 bits; for
/// "bf16x6" and "bf16x3" what so many products of bf16 tiles for each of f32
/// come to. 0 on a CPU without AVX2 and FMA.
Peak measurePeak(unsigned threads, std::string_view dtype);

/// 10^9 bytes a second that `threads` threads read from memory, each its part
/// of a buffer that no cache holds.
double readGigabytes(unsigned threads);

} // namespace bertc

#endif // BERTC_TOOLS_BERTC_PEAK_H
