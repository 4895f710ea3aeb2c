//===- Tables.cpp ---------------------------------------------------------===//

#include "tools/bertc/profile/Tables.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <string>

using namespace bertc;

namespace {

/// Of the longest kernel's name, and of `other`.
int widthOf(const std::vector<KernelTime> &times, const std::string &other) {
  size_t width = other.size();
  for (const KernelTime &time : times)
    width = std::max(width, time.shortName().size());
  return int(width);
}

/// "-" where there is nothing to count.
std::string number(double value, int digits, const char *unit = "") {
  if (value <= 0)
    return "-";
  char text[64];
  std::snprintf(text, sizeof(text), "%.*f%s", digits, value, unit);
  return text;
}

std::string percent(double ratio) { return number(100 * ratio, 1, "%"); }

} // namespace

void bertc::printTimes(const std::vector<KernelTime> &times, bool isOfPhases,
                       double runMs, Roofs &roofs) {
  const int width = widthOf(times, "inputs, end");
  auto row = [&](const std::string &count, const KernelTime &time,
                 const std::string &ofPeak) {
    std::printf("%7s  %-*s %9.3f %7s %9s %8s %12s %8s", count.c_str(), width,
                time.shortName().c_str(), time.ms,
                percent(time.ms / runMs).c_str(),
                number(time.gflops(), 1).c_str(), ofPeak.c_str(),
                number(time.weightGigabytes(), 1).c_str(),
                percent(time.waiting()).c_str());
    std::puts(time.place.empty() ? "" : ("  " + time.place).c_str());
  };
  std::printf("\n%7s  %-*s %9s %7s %9s %8s %12s %8s%s\n",
              isOfPhases ? "phase" : "phases", width, "kernel", "ms", "of run",
              "GFLOP/s", "of peak", "weights GB/s", "waiting",
              isOfPhases ? "  place" : "");

  KernelTime sum;
  int64_t phase = 0;
  for (const KernelTime &time : times) {
    const double peak = time.flops > 0 ? roofs.peak(time.dtype).gflops : 0;
    row(std::to_string(isOfPhases ? phase++ : time.phases), time,
        percent(peak > 0 ? time.gflops() / peak : 0));
    sum.phases += time.phases;
    sum.ms += time.ms;
    sum.busyMs += time.busyMs;
    sum.flops += time.flops;
    sum.weightBytes += time.weightBytes;
  }
  // The caller's thread alone checks and packs the inputs, and hears of the
  // end: no phase of the program.
  KernelTime caller;
  caller.kernel = "inputs, end";
  caller.ms = caller.busyMs = std::max(0.0, runMs - sum.ms);
  row("", caller, "-");
  sum.kernel = "run";
  sum.ms += caller.ms;
  sum.busyMs += caller.busyMs;
  row(std::to_string(sum.phases), sum, "-");
}

void bertc::printRoofline(const std::vector<KernelTime> &kernels,
                          Roofs &roofs) {
  constexpr int bar = 30;
  std::printf("\nroofline: memory gives %.1f GB/s", roofs.readGigabytes());
  std::set<std::string> dtypes;
  for (const KernelTime &kernel : kernels)
    if (kernel.flops > 0 && dtypes.insert(kernel.dtype).second)
      std::printf("; from %.1f FLOP a byte on, %s is bound by its peak of %.1f "
                  "GFLOP/s",
                  roofs.ridge(kernel.dtype), kernel.dtype.c_str(),
                  roofs.peak(kernel.dtype).gflops);
  const int width = widthOf(kernels, "kernel");
  std::printf("\n\n%-*s %9s %9s %8s  %-*s bound by\n", width, "kernel",
              "FLOP/byte", "GFLOP/s", "of roof", bar, "");
  for (const KernelTime &kernel : kernels) {
    const double ratio = kernel.roofRatio(roofs);
    const int filled = int(bar * std::min(ratio, 1.0) + 0.5);
    const std::string drawn =
        std::string(filled, '#') + std::string(bar - filled, '.');
    std::printf("%-*s %9s %9s %8s  %s %s\n", width, kernel.shortName().c_str(),
                number(kernel.intensity(), 1).c_str(),
                number(kernel.gflops(), 1).c_str(), percent(ratio).c_str(),
                drawn.c_str(),
                kernel.isBoundByMemory(roofs) ? "memory" : "peak");
  }
  std::printf("Bytes are those of weights and activations, each once; caches "
              "may give more than memory.\n\n");
}

void bertc::printPhasesJson(const std::vector<KernelTime> &phases,
                            Roofs &roofs) {
  int64_t number = 0;
  for (const KernelTime &phase : phases) {
    nlohmann::ordered_json object;
    object["phase"] = number++;
    object["kernel"] = phase.kernel;
    object["place"] = phase.place;
    object["dtype"] = phase.dtype;
    object["ms"] = rounded(phase.ms);
    object["waiting"] = rounded(phase.waiting());
    object["flops"] = int64_t(phase.flops);
    object["weight_bytes"] = int64_t(phase.weightBytes);
    object["activation_bytes"] = int64_t(phase.activationBytes);
    object["gflops"] = rounded(phase.gflops());
    const double peak = phase.flops > 0 ? roofs.peak(phase.dtype).gflops : 0;
    object["peak_gflops"] = rounded(peak);
    object["peak_ratio"] = rounded(peak > 0 ? phase.gflops() / peak : 0);
    object["weights_gb_s"] = rounded(phase.weightGigabytes());
    object["flop_per_byte"] = rounded(phase.intensity());
    object["roof_ratio"] = rounded(phase.roofRatio(roofs));
    std::puts(object.dump().c_str());
  }
}

double bertc::rounded(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.4g", value);
  return std::strtod(text, nullptr);
}
