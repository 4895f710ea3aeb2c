//===- FreshWeights.cpp ---------------------------------------------------===//

#include "compiler/FreshWeights.h"

#include "compiler/NormalQuantile.h"
#include "runtime/train/Philox.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringRef.h"

#include <algorithm>
#include <cmath>

using namespace bertc;

namespace {

/// FNV-1a (Fowler, Noll, Vo).
uint64_t hashOf(llvm::StringRef text) {
  uint64_t hash = 0xCBF29CE484222325;
  for (unsigned char byte : text)
    hash = (hash ^ byte) * 0x100000001B3;
  return hash;
}

uint32_t lower(uint64_t bits) { return uint32_t(bits); }
uint32_t upper(uint64_t bits) { return uint32_t(bits >> 32); }

void fillNormal(uint64_t stream, double range, uint64_t seed, int64_t first,
                llvm::MutableArrayRef<float> out) {
  const PhiloxKey key = {lower(seed), upper(seed)};
  PhiloxWords words = {};
  for (size_t i = 0; i < out.size(); ++i) {
    const uint64_t element = uint64_t(first) + i, block = element / 4;
    if (i == 0 || element % 4 == 0)
      words = philox(
          key, {lower(block), upper(block), lower(stream), upper(stream)});
    const double uniform = (double(words[element % 4]) + 0.5) * 0x1p-32;
    out[i] = float(range * normalQuantile(uniform));
  }
}

/// create_sinusoidal_embeddings of transformers' models/distilbert.
void fillSinusoids(int64_t columns, int64_t first,
                   llvm::MutableArrayRef<float> out) {
  for (size_t i = 0; i < out.size(); ++i) {
    const int64_t row = (first + int64_t(i)) / columns,
                  column = (first + int64_t(i)) % columns;
    // A sine and a cosine share a wave.
    const double wave =
        std::pow(10000.0, double(column - column % 2) / double(columns));
    const double angle = double(row) / wave;
    out[i] = float(column % 2 ? std::cos(angle) : std::sin(angle));
  }
}

} // namespace

void bertc::fillFresh(const InventoryItem &item, double range, uint64_t seed,
                      int64_t first, llvm::MutableArrayRef<float> out) {
  switch (item.fresh) {
  case FreshValues::ones:
  case FreshValues::zeros:
    llvm::fill(out, item.fresh == FreshValues::ones ? 1.0f : 0.0f);
    return;
  case FreshValues::sinusoids:
    fillSinusoids(item.shape.back(), first, out);
    return;
  case FreshValues::normal:
    fillNormal(hashOf(item.symbol), range, seed, first, out);
    break;
  }
  if (item.zeroRow < 0)
    return;
  const int64_t end = first + int64_t(out.size());
  const int64_t row = item.zeroRow * item.shape.back();
  const int64_t from = std::clamp(row, first, end);
  const int64_t to = std::clamp(row + item.shape.back(), first, end);
  std::fill(out.begin() + (from - first), out.begin() + (to - first), 0.0f);
}
