//===- Peak.h - what the machine can do, measured now ---------------------===//
//
// A figure of a benchmark means something next to the machine's limits in the
// same minute: clocks, neighbours and power budgets move.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_TOOLS_BERTC_PEAK_H
#define BERTC_TOOLS_BERTC_PEAK_H

namespace bertc {

/// f32 fused multiply-adds on all `threads` threads at once, 10^9 operations a
/// second, two a multiply-add: independent chains in registers, the widest
/// vectors of the CPU. 0 on a CPU without AVX2 and FMA.
double peakGflops(unsigned threads);

/// 10^9 bytes a second that `threads` threads read from memory, each its part
/// of a buffer that no cache holds.
double readGigabytes(unsigned threads);

} // namespace bertc

#endif // BERTC_TOOLS_BERTC_PEAK_H
