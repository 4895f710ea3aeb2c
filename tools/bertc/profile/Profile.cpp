//===- Profile.cpp --------------------------------------------------------===//

#include "tools/bertc/profile/Profile.h"

#include <algorithm>
#include <string_view>
#include <tuple>

using namespace bertc;

const Peak &Roofs::peak(const std::string &dtype) {
  auto found = peaks.find(dtype);
  if (found != peaks.end())
    return found->second;
  Peak peak = measurePeak(threads, dtype);
  // Without dot products of its own, a dtype has the peak of another one: one
  // figure for both, though two measurements would differ.
  for (const auto &[other, known] : peaks)
    if (std::string_view(known.what) == peak.what)
      peak = known;
  return peaks[dtype] = peak;
}

double Roofs::ridge(const std::string &dtype) {
  return gigabytes > 0 ? peak(dtype).gflops / gigabytes : 0;
}

double KernelTime::roofRatio(Roofs &roofs) const {
  double nanoseconds = 0;
  if (flops > 0 && roofs.peak(dtype).gflops > 0)
    nanoseconds = flops / roofs.peak(dtype).gflops;
  if (roofs.readGigabytes() > 0)
    nanoseconds = std::max(nanoseconds, bytes() / roofs.readGigabytes());
  return ms > 0 ? nanoseconds * 1e-6 / ms : 0;
}

std::string KernelTime::shortName() const {
  constexpr size_t longest = 40;
  return kernel.size() <= longest ? kernel
                                  : kernel.substr(0, longest - 3) + "...";
}

bool KernelTime::isBoundByMemory(Roofs &roofs) const {
  return flops == 0 || intensity() < roofs.ridge(dtype);
}

io::Result<std::vector<bertc_phase>>
bertc::phasesOf(const bertc_session *session, const bertc_model_info &info) {
  std::vector<bertc_phase> phases(info.num_phases);
  for (int64_t i = 0; i < info.num_phases; ++i)
    if (bertc_profile(session, i, &phases[i], sizeof(phases[i])) != BERTC_OK)
      return io::Failure{bertc_last_error()};
  return phases;
}

std::vector<KernelTime>
bertc::timesByPhase(const std::vector<bertc_phase> &phases, int64_t threads) {
  std::vector<KernelTime> times;
  for (const bertc_phase &phase : phases) {
    KernelTime &time = times.emplace_back();
    time.kernel = phase.kernel;
    time.dtype = phase.dtype;
    time.place = phase.place;
    time.phases = 1;
    time.ms = double(phase.nanoseconds) * 1e-6;
    time.busyMs = double(phase.busy_nanoseconds) * 1e-6 / double(threads);
    time.flops = double(phase.flops);
    time.weightBytes = double(phase.weight_bytes);
    time.activationBytes = double(phase.activation_bytes);
  }
  return times;
}

std::vector<KernelTime>
bertc::timesByKernel(const std::vector<bertc_phase> &phases, int64_t threads) {
  std::map<std::string, KernelTime> kernels;
  for (const KernelTime &phase : timesByPhase(phases, threads)) {
    KernelTime &sum = kernels[phase.kernel];
    sum.kernel = phase.kernel;
    sum.dtype = phase.dtype;
    sum.phases += phase.phases;
    sum.ms += phase.ms;
    sum.busyMs += phase.busyMs;
    sum.flops += phase.flops;
    sum.weightBytes += phase.weightBytes;
    sum.activationBytes += phase.activationBytes;
  }
  std::vector<KernelTime> times;
  for (auto &[name, time] : kernels)
    times.push_back(std::move(time));
  std::sort(times.begin(), times.end(),
            [](const KernelTime &a, const KernelTime &b) {
              return std::tie(b.ms, a.kernel) < std::tie(a.ms, b.kernel);
            });
  return times;
}
