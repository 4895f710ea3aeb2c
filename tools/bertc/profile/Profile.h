//===- Profile.h - the time of a run by kernels ---------------------------===//
//
// What bertc_profile tells of a run, beside the limits of the machine that were
// measured in the same process.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_TOOLS_BERTC_PROFILE_PROFILE_H
#define BERTC_TOOLS_BERTC_PROFILE_PROFILE_H

#include "runtime/include/bertc.h"
#include "runtime/io/Result.h"
#include "tools/bertc/Peak.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace bertc {

/// The roofs of a roofline (Williams, Waterman and Patterson 2009): what so
/// many threads compute and read at most.
class Roofs {
public:
  /// Measures the memory's roof.
  explicit Roofs(unsigned threads)
      : threads(threads), gigabytes(bertc::readGigabytes(threads)) {}

  /// 10^9 operations a second, measured when the dtype is asked for first.
  const Peak &peak(const std::string &dtype);
  double readGigabytes() const { return gigabytes; }
  /// Operations a byte where both roofs of a dtype meet.
  double ridge(const std::string &dtype);

private:
  const unsigned threads;
  const double gigabytes;
  std::map<std::string, Peak> peaks;
};

/// One phase, or all phases of one kernel.
struct KernelTime {
  std::string kernel, dtype;
  /// The kernel's name, cut where it is long.
  std::string shortName() const;
  std::string place; ///< of a phase
  int64_t phases = 0;
  double ms = 0;
  double busyMs = 0; ///< of a thread, the mean
  double flops = 0, weightBytes = 0, activationBytes = 0;

  double bytes() const { return weightBytes + activationBytes; }
  double gflops() const { return perSecond(flops); }
  double weightGigabytes() const { return perSecond(weightBytes); }
  /// The share of its time that a thread waits.
  double waiting() const { return ms > 0 ? 1 - busyMs / ms : 0; }
  /// Operations a byte of weights and activations.
  double intensity() const { return bytes() > 0 ? flops / bytes() : 0; }
  /// The least time under the roofs over the time it took. What comes from
  /// caches can pass the memory's roof: above 1.
  double roofRatio(Roofs &roofs) const;
  /// Whether the memory's roof is the lower one.
  bool isBoundByMemory(Roofs &roofs) const;

private:
  /// 10^9 a second.
  double perSecond(double amount) const {
    return ms > 0 ? amount / ms * 1e-6 : 0;
  }
};

/// The phases of the session's last run.
io::Result<std::vector<bertc_phase>> phasesOf(const bertc_session *session,
                                              const bertc_model_info &info);

/// In the order of the run.
std::vector<KernelTime> timesByPhase(const std::vector<bertc_phase> &phases,
                                     int64_t threads);
/// The longest first.
std::vector<KernelTime> timesByKernel(const std::vector<bertc_phase> &phases,
                                      int64_t threads);

} // namespace bertc

#endif // BERTC_TOOLS_BERTC_PROFILE_PROFILE_H
