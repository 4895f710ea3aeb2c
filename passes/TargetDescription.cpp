//===- TargetDescription.cpp ----------------------------------------------===//

#include "passes/TargetDescription.h"

#include "dialect/PackedLayout.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/SubtargetFeature.h"
#include "llvm/TargetParser/Triple.h"

#include <algorithm>
#include <memory>
#include <unistd.h>

using namespace bertc;

llvm::StringRef TargetDescription::isaName() const {
  const llvm::StringRef extra = extraFeatures;
  if (extra.contains("amx-"))
    return "AMX";
  if (extra.contains("avx512vnni"))
    return "AVX-512 VNNI";
  if (extra.contains("avx512bf16"))
    return "AVX-512 BF16";
  if (extra.contains("avxvnni"))
    return "AVX-VNNI";
  return isa == Isa::avx512 ? "AVX-512" : "AVX2";
}

int64_t TargetDescription::productDepth(int64_t k, bert::Precision precision,
                                        int64_t terms) const {
  const auto step =
      uint64_t(bert::groupOf(precision) * groupsAtOnce(precision));
  // Sums of integers are scaled once, at the end.
  if (precision == bert::Precision::int8)
    return llvm::alignTo(k, step);
  int64_t most = panelBytes / (panel * bert::bytesOf(precision) * terms);
  int64_t blocks = llvm::divideCeil(k, most);
  return llvm::alignTo(llvm::divideCeil(k, blocks), step);
}

int64_t TargetDescription::productExtent(int64_t k, int64_t depth,
                                         int64_t terms) const {
  const int64_t most = terms > 1 ? 384 : 1024;
  const int64_t blocks = llvm::divideCeil(k, std::max(most, depth));
  return llvm::alignTo(llvm::divideCeil(k, blocks), depth);
}

int64_t TargetDescription::productRows(int64_t depth, int64_t elementBytes,
                                       bert::Precision precision) const {
  // The matrix unit's sums share L2 with the rows.
  const int64_t room = usesTiles(precision) ? l2Bytes / 2 : l2Bytes;
  const int64_t rows = room / (depth * elementBytes);
  const int64_t tile = tileRowsOf(precision);
  return std::max<int64_t>(1, rows / tile) * tile;
}

llvm::Error TargetDescription::setF32Products(llvm::StringRef name) {
  std::optional<int64_t> terms = f32TermsFromName(name);
  if (!terms)
    return llvm::createStringError("--f32-products: \"" + name +
                                   "\" is none of " + f32ProductNames);
  if (*terms > 1 && !multipliesBf16Tiles)
    return llvm::createStringError("--f32-products: \"" + name +
                                   "\" needs AMX for bf16, which " +
                                   this->name + " lacks");
  f32Terms = *terms;
  return llvm::Error::success();
}

std::optional<int64_t> bertc::f32TermsFromName(llvm::StringRef name) {
  return llvm::StringSwitch<std::optional<int64_t>>(name)
      .Case("fma", 1)
      .Case("bf16x3", 2)
      .Case("bf16x6", 3)
      .Default(std::nullopt);
}

bool TargetDescription::usesTiles(bert::Precision precision) const {
  switch (precision) {
  case bert::Precision::f32:
    return false;
  case bert::Precision::bf16:
    return multipliesBf16Tiles;
  case bert::Precision::int8:
    return multipliesInt8Tiles;
  }
  llvm_unreachable("a precision");
}

bool TargetDescription::multiplies(bert::Precision precision) const {
  switch (precision) {
  case bert::Precision::f32:
    return true;
  case bert::Precision::bf16:
    return multipliesBf16 || multipliesBf16Tiles;
  case bert::Precision::int8:
    return multipliesInt8 || multipliesInt8Tiles;
  }
  llvm_unreachable("a precision");
}

bool TargetDescription::usesWords(bert::Precision precision) const {
  return precision == bert::Precision::int8 && !multiplies(precision);
}

int64_t TargetDescription::tileRowsOf(bert::Precision precision) const {
  return usesTiles(precision)   ? 2 * matrixRows
         : usesWords(precision) ? wordTileRows
                                : tileRows;
}

int64_t TargetDescription::rowStride(int64_t columns,
                                     int64_t elementBytes) const {
  int64_t stride = llvm::alignTo(columns, panel);
  if (stride * elementBytes % 2048 == 0)
    stride += panel;
  return stride;
}

static_assert(TargetDescription::matrixRows == bert::groupsOfStep,
              "bert.pack fills panels up to what a matrix unit takes");

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
  auto add = [&](const std::string &feature) {
    if (llvm::StringRef(extraFeatures).contains(feature))
      return;
    extraFeatures += (extraFeatures.empty() ? "+" : ",+") + feature;
    requiredFeatures += "," + feature;
  };
  if (precision == bert::Precision::f32 && f32Terms > 1) {
    add("amx-tile");
    add("amx-bf16");
  } else if (usesTiles(precision)) {
    add("amx-tile");
    add(precision == bert::Precision::bf16 ? "amx-bf16" : "amx-int8");
  } else if (precision == bert::Precision::int8 && multipliesInt8) {
    add(isa == Isa::avx512 ? "avx512vnni" : "avxvnni");
  }
  // Which also rounds to it.
  if (precision == bert::Precision::bf16 && multipliesBf16)
    add("avx512bf16");
}

namespace {

bool knowsFeature(const llvm::MCSubtargetInfo &info, llvm::StringRef feature) {
  return llvm::any_of(info.getAllProcessorFeatures(),
                      [&](const llvm::SubtargetFeatureKV &known) {
                        return feature == known.Key;
                      });
}

} // namespace

llvm::Expected<TargetDescription> TargetDescription::get(llvm::StringRef name) {
  llvm::InitializeNativeTarget();
  const llvm::Triple triple("x86_64-unknown-linux-gnu");
  std::string message;
  const llvm::Target *llvmTarget =
      llvm::TargetRegistry::lookupTarget(triple, message);
  if (!llvmTarget)
    return llvm::createStringError(message);
  auto subtarget = [&](llvm::StringRef cpu, llvm::StringRef features) {
    return std::unique_ptr<llvm::MCSubtargetInfo>(
        llvmTarget->createMCSubtargetInfo(triple, cpu, features));
  };

  llvm::SmallVector<llvm::StringRef> parts;
  name.split(parts, '+');
  if (parts[0].empty() && parts.size() > 1)
    return llvm::createStringError("--target-cpu: \"" + name +
                                   "\" adds features to no CPU: native" + name +
                                   " means this machine");
  const bool native = parts[0].empty() || parts[0] == "native";
  const std::string cpu =
      native ? llvm::sys::getHostCPUName().str() : parts[0].str();
  llvm::SubtargetFeatures features;
  if (native)
    for (const auto &feature : llvm::sys::getHostCPUFeatures())
      features.AddFeature(feature.getKey(), feature.getValue());
  for (llvm::StringRef feature : llvm::drop_begin(parts))
    features.AddFeature(feature);

  std::unique_ptr<llvm::MCSubtargetInfo> info = subtarget("", "");
  if (!native && !info->isCPUStringValid(cpu))
    return llvm::createStringError("--target-cpu: \"" + cpu +
                                   "\" is not a CPU that LLVM knows");
  for (llvm::StringRef feature : llvm::drop_begin(parts))
    if (!knowsFeature(*info, feature))
      return llvm::createStringError("--target-cpu: \"" + feature +
                                     "\" is not a feature that LLVM knows");
  // A host may lack what others of its name have.
  info = subtarget(native ? "" : cpu, features.getString());
  auto has = [&](llvm::StringRef feature) {
    return info->checkFeatures(("+" + feature).str());
  };
  if (!has("avx2") || !has("fma"))
    return llvm::createStringError(
        "--target-cpu: \"" + cpu +
        "\" lacks AVX2 and FMA, the least that bertc generates code for");

  TargetDescription target;
  target.tuneCpu = cpu;
  parts[0] = cpu;
  target.name = llvm::join(parts, "+");
  target.requiredFeatures = levelThree;
  const char *const avx512[] = {"avx512f", "avx512bw", "avx512cd", "avx512dq",
                                "avx512vl"};
  const bool hasAvx512 = llvm::all_of(avx512, has);
  target.multipliesInt8 = has(hasAvx512 ? "avx512vnni" : "avxvnni");
  target.multipliesBf16Tiles = has("amx-bf16");
  target.multipliesInt8Tiles = has("amx-int8");
  if (hasAvx512) {
    target.isa = Isa::avx512;
    target.cpu = "x86-64-v4";
    target.requiredFeatures = levelFour;
    target.multipliesBf16 = has("avx512bf16");
    target.lanes = 16;
    // 28 accumulators, two registers for the panel, two for broadcasts: all 32.
    target.tileRows = 14;
    target.wordTileRows = 12;
    target.panel = 32;
    target.l2Bytes = int64_t(1) << 20;
  }
  // As exact as multiply-adds, and a sixth of what tiles make is 2.5 times as
  // much on Sapphire Rapids (6.2 Tflop/s against 0.41, two cores). Whether that
  // pays for splitting the weights of a few rows has not been measured.
  if (target.multipliesBf16Tiles)
    target.f32Terms = 3;
  if (target.multipliesBf16Tiles || target.multipliesInt8Tiles) {
    // As all CPUs with AMX have them, from Sapphire Rapids on.
    target.l1Bytes = int64_t(48) << 10;
    target.l2Bytes = int64_t(2) << 20;
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
