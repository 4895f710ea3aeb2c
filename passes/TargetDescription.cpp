//===- TargetDescription.cpp ----------------------------------------------===//

#include "passes/TargetDescription.h"

#include "dialect/PackedLayout.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <unistd.h>

using namespace bertc;

llvm::StringRef TargetDescription::isaName() const {
  const llvm::StringRef extra = extraFeatures;
  if (extra.contains("avx512vnni"))
    return "AVX-512 VNNI";
  if (extra.contains("avx512bf16"))
    return "AVX-512 BF16";
  if (extra.contains("avxvnni"))
    return "AVX-VNNI";
  return isa == Isa::avx512 ? "AVX-512" : "AVX2";
}

int64_t TargetDescription::productDepth(int64_t k,
                                        bert::Precision precision) const {
  const auto group = uint64_t(bert::groupOf(precision));
  // Sums of integers are scaled once, at the end.
  if (precision == bert::Precision::int8)
    return llvm::alignTo(k, group);
  int64_t most = panelBytes / (panel * bert::bytesOf(precision));
  int64_t blocks = llvm::divideCeil(k, most);
  return llvm::alignTo(llvm::divideCeil(k, blocks), group);
}

int64_t TargetDescription::productRows(int64_t depth,
                                       int64_t elementBytes) const {
  int64_t rows = l2Bytes / (depth * elementBytes);
  return std::max<int64_t>(1, rows / tileRows) * tileRows;
}

int64_t TargetDescription::rowStride(int64_t columns,
                                     int64_t elementBytes) const {
  int64_t stride = llvm::alignTo(columns, panel);
  if (stride * elementBytes % 2048 == 0)
    stride += panel;
  return stride;
}

namespace {

/// The features of a level of the x86-64 psABI that generated code may use.
constexpr const char *levelThree = "avx,avx2,fma,bmi,bmi2,f16c,lzcnt,movbe";
constexpr const char *levelFour = "avx,avx2,fma,bmi,bmi2,f16c,lzcnt,movbe,"
                                  "avx512f,avx512bw,avx512cd,avx512dq,avx512vl";

int64_t cacheBytes(int name, int64_t otherwise) {
  long bytes = sysconf(name);
  return bytes > 0 ? bytes : otherwise;
}

} // namespace

void TargetDescription::require(bert::Precision precision) {
  std::string feature;
  if (precision == bert::Precision::bf16 && multipliesBf16)
    feature = "avx512bf16";
  if (precision == bert::Precision::int8 && multipliesInt8)
    feature = isa == Isa::avx512 ? "avx512vnni" : "avxvnni";
  if (feature.empty() || llvm::StringRef(extraFeatures).contains(feature))
    return;
  extraFeatures += (extraFeatures.empty() ? "+" : ",+") + feature;
  requiredFeatures += "," + feature;
}

llvm::Expected<TargetDescription> TargetDescription::get(llvm::StringRef name) {
  llvm::InitializeNativeTarget();
  bool native = name.empty() || name == "native";
  std::string cpu = native ? llvm::sys::getHostCPUName().str() : name.str();

  std::function<bool(llvm::StringRef)> has;
  if (native) {
    has = [host = llvm::sys::getHostCPUFeatures()](llvm::StringRef feature) {
      return host.lookup(feature);
    };
  } else {
    llvm::Triple triple("x86_64-unknown-linux-gnu");
    std::string message;
    const llvm::Target *target =
        llvm::TargetRegistry::lookupTarget(triple, message);
    if (!target)
      return llvm::createStringError(message);
    std::unique_ptr<llvm::MCSubtargetInfo> plain(
        target->createMCSubtargetInfo(triple, "", ""));
    if (!plain->isCPUStringValid(cpu))
      return llvm::createStringError("--target-cpu: \"" + cpu +
                                     "\" is not a CPU that LLVM knows");
    std::shared_ptr<llvm::MCSubtargetInfo> info(
        target->createMCSubtargetInfo(triple, cpu, ""));
    has = [info](llvm::StringRef feature) {
      return info->checkFeatures(("+" + feature).str());
    };
  }
  if (!has("avx2") || !has("fma"))
    return llvm::createStringError(
        "--target-cpu: \"" + cpu +
        "\" lacks AVX2 and FMA, the least that bertc generates code for");

  TargetDescription target;
  target.tuneCpu = cpu;
  target.requiredFeatures = levelThree;
  const char *const avx512[] = {"avx512f", "avx512bw", "avx512cd", "avx512dq",
                                "avx512vl"};
  const bool hasAvx512 = llvm::all_of(avx512, has);
  target.multipliesInt8 = has(hasAvx512 ? "avx512vnni" : "avxvnni");
  if (hasAvx512) {
    target.isa = Isa::avx512;
    target.cpu = "x86-64-v4";
    target.requiredFeatures = levelFour;
    target.multipliesBf16 = has("avx512bf16");
    target.lanes = 16;
    // 28 accumulators, two registers for the panel, two for broadcasts: all 32.
    target.tileRows = 14;
    target.panel = 32;
    target.l2Bytes = int64_t(1) << 20;
  }
  if (native) {
    target.l1Bytes = cacheBytes(_SC_LEVEL1_DCACHE_SIZE, target.l1Bytes);
    target.l2Bytes = cacheBytes(_SC_LEVEL2_CACHE_SIZE, target.l2Bytes);
  }
  // AMD's L2 feeds both multipliers at full rate (measured on Zen 5: K = 768 in
  // one block runs 10 % faster than four blocks from L1); Intel's does not.
  target.panelBytes = llvm::StringRef(cpu).starts_with("znver")
                          ? target.l2Bytes / 8
                          : target.l1Bytes / 2;
  return target;
}
