//===- TargetDescription.h - what the code generator knows of a CPU -------===//
//
// The only place that holds numbers of a machine: register tile, panel width,
// vector length, cache sizes, instruction set. Passes take a description and
// never ask the host themselves.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_PASSES_TARGETDESCRIPTION_H
#define BERTC_PASSES_TARGETDESCRIPTION_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <optional>
#include <string>

namespace bertc {

namespace bert {
enum class Precision : uint32_t;
} // namespace bert

enum class Isa { avx2, avx512 };

/// Of TargetDescription::f32Terms; nothing for another name.
std::optional<int64_t> f32TermsFromName(llvm::StringRef name);
inline constexpr llvm::StringLiteral f32ProductNames = "fma, bf16x3, bf16x6";

struct TargetDescription {
  Isa isa = Isa::avx2;
  /// What LLVM generates for: an x86-64 level, so that the artifact asks of a
  /// CPU no more than `requiredFeatures`.
  std::string cpu = "x86-64-v3";
  /// What LLVM schedules for: the CPU the user named, or the host's.
  std::string tuneCpu = "x86-64-v3";
  /// `tuneCpu` and the features that were asked for besides.
  std::string name = "x86-64-v3";
  /// Comma separated, in the names the runtime checks for.
  std::string requiredFeatures;
  /// Whether the CPU multiplies pairs of bf16 (AVX512_BF16).
  bool multipliesBf16 = false;
  /// Whether it multiplies fours of integers of 8 bits (AVX512_VNNI, AVX-VNNI).
  bool multipliesInt8 = false;
  /// Whether a matrix unit multiplies tiles of these (AMX-BF16, AMX-INT8).
  bool multipliesBf16Tiles = false, multipliesInt8Tiles = false;

  /// In how many terms of bf16 a product of f32 splits its factors, so that the
  /// matrix unit multiplies them (tile/SplitProduct.h); 1 for multiply-adds.
  int64_t f32Terms = 1;

  /// f32 lanes of one vector register.
  int64_t lanes = 8;
  /// Rows of the register tile: `tileRows` x `panel` accumulators.
  int64_t tileRows = 6;
  /// Rows of the tile where factors are words: a panel's two kinds of pairs and
  /// a product before it is added need registers too.
  int64_t wordTileRows = 4;
  /// Columns of a packed weight panel and of the register tile.
  int64_t panel = 16;
  /// Bytes of the caches one core has to itself.
  int64_t l1Bytes = int64_t(32) << 10;
  int64_t l2Bytes = int64_t(512) << 10;
  /// How much of a packed panel is kept near the multipliers at a time.
  int64_t panelBytes = int64_t(16) << 10;

  /// One of f32ProductNames: how products of f32 are made. An error where
  /// the CPU cannot.
  llvm::Error setF32Products(llvm::StringRef name);

  /// Whether factors of this precision are for the matrix unit as they are.
  bool usesTiles(bert::Precision precision) const;
  /// Whether the CPU multiplies factors of this precision in any way. If not
  /// those of bf16 are f32 with its values, those of int8 words of 16 bits.
  bool multiplies(bert::Precision precision) const;
  /// Whether factors of this precision are multiplied as pairs of words of 16
  /// bits (VPMADDWD), which every CPU can.
  bool usesWords(bert::Precision precision) const;
  /// Rows of a product's tile: two of a matrix unit's, `wordTileRows` or
  /// `tileRows`.
  int64_t tileRowsOf(bert::Precision precision) const;
  /// Groups of k (bert.pack) that products of this precision take at a time.
  int64_t groupsAtOnce(bert::Precision precision) const {
    return usesTiles(precision) ? matrixRows : 1;
  }
  /// Rows of a tile register of 64 bytes each: of the left factor as many as of
  /// the sums, of the right one as many as there are groups of k.
  static constexpr int64_t matrixRows = 16;

  /// As shown to users: "AVX2", "AVX-VNNI", "AVX-512", "AVX-512 BF16",
  /// "AVX-512 VNNI" or "AMX".
  llvm::StringRef isaName() const;
  /// Depth of a product's K block: one packed panel of it, or so many, take
  /// `panelBytes`, and is read again by all row tiles of a row block. A whole
  /// number of `groupsAtOnce`.
  int64_t productDepth(int64_t k, bert::Precision precision,
                       int64_t terms = 1) const;
  /// How many of the `k` elements of a row are rounded, or split into terms, at
  /// a time for products on the matrix unit: whole depths, a thousand elements
  /// or, of terms, 384 (measured on Emerald Rapids: fewer let more rows share a
  /// panel that is split, more let a result be added to less often).
  int64_t productExtent(int64_t k, int64_t depth, int64_t terms) const;
  /// Rows of a product's row block: a block of A of that depth, of elements of
  /// so many bytes, fits into L2, where it stays while all panels pass by. A
  /// multiple of the tile's rows.
  int64_t productRows(int64_t depth, int64_t elementBytes,
                      bert::Precision precision) const;
  /// Elements, of so many bytes, from one row of `columns` of them to the next:
  /// whole panels, and no multiple of 2 KiB, which would put the rows of a
  /// register tile into the same few sets of L1.
  int64_t rowStride(int64_t columns, int64_t elementBytes = 4) const;

  /// Has what generated code of this precision uses asked of the CPU.
  void require(bert::Precision precision);
  /// "+avx512bf16,+avx512vnni": what functions may use beyond `cpu`, as LLVM
  /// writes it.
  std::string extraFeatures;

  /// The description of LLVM's CPU `name`, or of the host for "native" or "".
  /// Features that it has besides may follow: "x86-64-v3+avxvnni". An error for
  /// a CPU or a feature that LLVM does not know, or without AVX2 and FMA.
  static llvm::Expected<TargetDescription> get(llvm::StringRef name);
};

} // namespace bertc

#endif // BERTC_PASSES_TARGETDESCRIPTION_H
