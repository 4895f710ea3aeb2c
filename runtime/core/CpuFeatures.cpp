//===- CpuFeatures.cpp ----------------------------------------------------===//
//
// Bits of CPUID and XCR0: Intel's Software Developer's Manual, volume 2A,
// CPUID, and volume 1, 13.3; AMD's Programmer's Manual, volume 3, appendix E.
//
//===----------------------------------------------------------------------===//

#include "runtime/core/CpuFeatures.h"

#include <cpuid.h>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

enum Register { eax, ebx, ecx, edx };

/// The state that the operating system must save at a switch of threads.
enum State : uint64_t {
  none = 0,
  ymm = 0x6,      // SSE, AVX
  zmm = 0xe6,     // and opmask, upper halves, upper registers
  tiles = 0x60000 // AMX configuration and data
};

struct Feature {
  const char *name; // LLVM's
  uint32_t leaf, subleaf;
  Register reg;
  int bit;
  State state;
};

constexpr uint32_t extended = 0x80000001;

constexpr Feature knownFeatures[] = {
    {"sse3", 1, 0, ecx, 0, none},
    {"pclmul", 1, 0, ecx, 1, none},
    {"ssse3", 1, 0, ecx, 9, none},
    {"fma", 1, 0, ecx, 12, ymm},
    {"cx16", 1, 0, ecx, 13, none},
    {"sse4.1", 1, 0, ecx, 19, none},
    {"sse4.2", 1, 0, ecx, 20, none},
    {"movbe", 1, 0, ecx, 22, none},
    {"popcnt", 1, 0, ecx, 23, none},
    {"aes", 1, 0, ecx, 25, none},
    {"xsave", 1, 0, ecx, 27, none},
    {"avx", 1, 0, ecx, 28, ymm},
    {"f16c", 1, 0, ecx, 29, ymm},
    {"sse", 1, 0, edx, 25, none},
    {"sse2", 1, 0, edx, 26, none},
    {"bmi", 7, 0, ebx, 3, none},
    {"avx2", 7, 0, ebx, 5, ymm},
    {"bmi2", 7, 0, ebx, 8, none},
    {"avx512f", 7, 0, ebx, 16, zmm},
    {"avx512dq", 7, 0, ebx, 17, zmm},
    {"avx512ifma", 7, 0, ebx, 21, zmm},
    {"avx512cd", 7, 0, ebx, 28, zmm},
    {"avx512bw", 7, 0, ebx, 30, zmm},
    {"avx512vl", 7, 0, ebx, 31, zmm},
    {"avx512vbmi", 7, 0, ecx, 1, zmm},
    {"avx512vbmi2", 7, 0, ecx, 6, zmm},
    {"gfni", 7, 0, ecx, 8, none},
    {"vaes", 7, 0, ecx, 9, ymm},
    {"vpclmulqdq", 7, 0, ecx, 10, ymm},
    {"avx512vnni", 7, 0, ecx, 11, zmm},
    {"avx512bitalg", 7, 0, ecx, 12, zmm},
    {"avx512vpopcntdq", 7, 0, ecx, 14, zmm},
    {"amx-bf16", 7, 0, edx, 22, tiles},
    {"avx512fp16", 7, 0, edx, 23, zmm},
    {"amx-tile", 7, 0, edx, 24, tiles},
    {"amx-int8", 7, 0, edx, 25, tiles},
    {"avxvnni", 7, 1, eax, 4, ymm},
    {"avx512bf16", 7, 1, eax, 5, zmm},
    {"amx-fp16", 7, 1, eax, 21, tiles},
    {"avxifma", 7, 1, eax, 23, ymm},
    {"avxvnniint8", 7, 1, edx, 4, ymm},
    {"avxneconvert", 7, 1, edx, 5, ymm},
    {"avxvnniint16", 7, 1, edx, 10, ymm},
    {"sahf", extended, 0, ecx, 0, none},
    {"lzcnt", extended, 0, ecx, 5, none},
};

/// XCR0, 0 where the operating system does not use XSAVE.
uint64_t enabledStates() {
  uint32_t regs[4];
  constexpr uint32_t osxsave = 1u << 27;
  if (!__get_cpuid(1, &regs[eax], &regs[ebx], &regs[ecx], &regs[edx]) ||
      !(regs[ecx] & osxsave))
    return 0;
  uint32_t low, high;
  asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return uint64_t(high) << 32 | low;
}

bool supports(const Feature &feature, uint64_t states) {
  if ((states & feature.state) != feature.state)
    return false;
  uint32_t regs[4];
  if (!__get_cpuid_count(feature.leaf, feature.subleaf, &regs[eax], &regs[ebx],
                         &regs[ecx], &regs[edx]))
    return false;
  return regs[feature.reg] >> feature.bit & 1;
}

bool supportsNamed(const char *name, size_t length, uint64_t states) {
  for (const Feature &feature : knownFeatures)
    if (std::strlen(feature.name) == length &&
        std::memcmp(feature.name, name, length) == 0)
      return supports(feature, states);
  return false; // a newer compiler's: better refused than crashed
}

} // namespace

bool bertc::core::supportsFeatures(const char *features, char *missing,
                                   size_t missingSize) {
  uint64_t states = enabledStates();
  size_t used = 0;
  bool all = true;
  missing[0] = 0;
  while (*features) {
    size_t length = std::strcspn(features, ",");
    if (length > 0 && !supportsNamed(features, length, states)) {
      int written =
          std::snprintf(missing + used, missingSize - used, "%s%.*s",
                        all ? "" : ", ", static_cast<int>(length), features);
      if (written > 0)
        used = used + static_cast<size_t>(written) < missingSize
                   ? used + static_cast<size_t>(written)
                   : missingSize - 1;
      all = false;
    }
    features += length;
    if (*features == ',')
      ++features;
  }
  return all;
}

bool bertc::core::permitFeatures(const char *features) {
  if (!std::strstr(features, "amx-"))
    return true;
  // Linux keeps the 8 KiB of a thread's tiles for processes that asked
  // (Documentation/arch/x86/xstate.rst); to ask again does nothing.
  constexpr int requestPermission = 0x1023, tileData = 18;
  return syscall(SYS_arch_prctl, requestPermission, tileData) == 0;
}
