//===- Peak.cpp -----------------------------------------------------------===//

#include "tools/bertc/Peak.h"

#include "runtime/core/CpuFeatures.h"

#include <immintrin.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

using namespace bertc;

namespace {

using Clock = std::chrono::steady_clock;

/// Seconds from when all threads stand ready until the last has run `work`.
double timeTogether(unsigned threads,
                    const std::function<void(unsigned)> &work) {
  std::atomic<unsigned> ready{0};
  std::atomic<bool> go{false};
  std::vector<std::thread> others;
  for (unsigned i = 1; i < threads; ++i)
    others.emplace_back([&, i] {
      ++ready;
      while (!go)
        _mm_pause();
      work(i);
    });
  while (ready + 1 < threads)
    _mm_pause();
  Clock::time_point start = Clock::now();
  go = true;
  work(0);
  for (std::thread &other : others)
    other.join();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Takes a result, so that no work is for nothing.
void use(float value) { asm volatile("" : : "x"(value)); }

// A multiply-add takes 4 cycles and two start in each: 8 chains would do on
// every core so far, 12 leave room. All fit into 16 registers with the factors,
// which the compiler must not see: of a chain that starts at its fixed point it
// drops the steps, and the peak comes out a twelfth too high.
constexpr int chains = 12;
constexpr int64_t stepsAtOnce = 1 << 20;

__attribute__((target("avx2,fma"))) void multiplyAddAvx2() {
  __m256 sums[chains];
  for (int i = 0; i < chains; ++i)
    sums[i] = _mm256_set1_ps(float(i));
  // Nothing grows or shrinks towards numbers that take longer.
  __m256 factor = _mm256_set1_ps(0.5f), addend = _mm256_set1_ps(1.0f);
  asm volatile("" : "+x"(factor), "+x"(addend));
  for (int64_t step = 0; step < stepsAtOnce; ++step) {
#pragma unroll
    for (int i = 0; i < chains; ++i)
      sums[i] = _mm256_fmadd_ps(sums[i], factor, addend);
  }
  for (int i = 1; i < chains; ++i)
    sums[0] = _mm256_add_ps(sums[0], sums[i]);
  use(_mm256_cvtss_f32(sums[0]));
}

__attribute__((target("avx512f"))) void multiplyAddAvx512() {
  __m512 sums[chains];
  for (int i = 0; i < chains; ++i)
    sums[i] = _mm512_set1_ps(float(i));
  __m512 factor = _mm512_set1_ps(0.5f), addend = _mm512_set1_ps(1.0f);
  asm volatile("" : "+v"(factor), "+v"(addend));
  for (int64_t step = 0; step < stepsAtOnce; ++step) {
#pragma unroll
    for (int i = 0; i < chains; ++i)
      sums[i] = _mm512_fmadd_ps(sums[i], factor, addend);
  }
  for (int i = 1; i < chains; ++i)
    sums[0] = _mm512_add_ps(sums[0], sums[i]);
  use(_mm512_cvtss_f32(sums[0]));
}

__attribute__((target("avx512f,avx512bf16"))) void dotBf16() {
  __m512 sums[chains];
  for (int i = 0; i < chains; ++i)
    sums[i] = _mm512_set1_ps(float(i));
  // Pairs of a half: 0.5 a step, which f32 takes for long.
  auto factor = __m512bh(_mm512_set1_epi32(0x3f003f00));
  asm volatile("" : "+v"(factor));
  for (int64_t step = 0; step < stepsAtOnce; ++step) {
#pragma unroll
    for (int i = 0; i < chains; ++i)
      sums[i] = _mm512_dpbf16_ps(sums[i], factor, factor);
  }
  for (int i = 1; i < chains; ++i)
    sums[0] = _mm512_add_ps(sums[0], sums[i]);
  use(_mm512_cvtss_f32(sums[0]));
}

__attribute__((target("avx512f,avx512vnni"))) void dotInt8() {
  __m512i sums[chains];
  for (int i = 0; i < chains; ++i)
    sums[i] = _mm512_set1_epi32(i);
  __m512i factor = _mm512_set1_epi32(0x01010101);
  asm volatile("" : "+v"(factor));
  for (int64_t step = 0; step < stepsAtOnce; ++step) {
#pragma unroll
    for (int i = 0; i < chains; ++i)
      sums[i] = _mm512_dpbusd_epi32(sums[i], factor, factor);
  }
  for (int i = 1; i < chains; ++i)
    sums[0] = _mm512_add_epi32(sums[0], sums[i]);
  use(_mm512_cvtss_f32(_mm512_cvtepi32_ps(sums[0])));
}

__attribute__((target("avx2,avxvnni"))) void dotInt8Avx2() {
  __m256i sums[chains];
  for (int i = 0; i < chains; ++i)
    sums[i] = _mm256_set1_epi32(i);
  __m256i factor = _mm256_set1_epi32(0x01010101);
  asm volatile("" : "+x"(factor));
  for (int64_t step = 0; step < stepsAtOnce; ++step) {
#pragma unroll
    for (int i = 0; i < chains; ++i)
      sums[i] = _mm256_dpbusd_avx_epi32(sums[i], factor, factor);
  }
  for (int i = 1; i < chains; ++i)
    sums[0] = _mm256_add_epi32(sums[0], sums[i]);
  use(_mm256_cvtss_f32(_mm256_cvtepi32_ps(sums[0])));
}

// Pairs of words of 16 bits. Each product is of the sum before: one that never
// changes would be made once.
__attribute__((target("avx2"))) void multiplyWordsAvx2() {
  __m256i sums[chains];
  for (int i = 0; i < chains; ++i)
    sums[i] = _mm256_set1_epi32(i);
  __m256i factor = _mm256_set1_epi32(0x00010001), addend = factor;
  asm volatile("" : "+x"(factor), "+x"(addend));
  for (int64_t step = 0; step < stepsAtOnce; ++step) {
#pragma unroll
    for (int i = 0; i < chains; ++i)
      sums[i] = _mm256_add_epi32(_mm256_madd_epi16(sums[i], factor), addend);
  }
  for (int i = 1; i < chains; ++i)
    sums[0] = _mm256_add_epi32(sums[0], sums[i]);
  use(_mm256_cvtss_f32(_mm256_cvtepi32_ps(sums[0])));
}

__attribute__((target("avx512f,avx512bw"))) void multiplyWordsAvx512() {
  __m512i sums[chains];
  for (int i = 0; i < chains; ++i)
    sums[i] = _mm512_set1_epi32(i);
  __m512i factor = _mm512_set1_epi32(0x00010001), addend = factor;
  asm volatile("" : "+v"(factor), "+v"(addend));
  for (int64_t step = 0; step < stepsAtOnce; ++step) {
#pragma unroll
    for (int i = 0; i < chains; ++i)
      sums[i] = _mm512_add_epi32(_mm512_madd_epi16(sums[i], factor), addend);
  }
  for (int i = 1; i < chains; ++i)
    sums[0] = _mm512_add_epi32(sums[0], sums[i]);
  use(_mm512_cvtss_f32(_mm512_cvtepi32_ps(sums[0])));
}

/// All eight tile registers of 16 rows of 64 bytes.
struct alignas(64) TileConfig {
  uint8_t palette = 1, startRow = 0, reserved[14] = {};
  uint16_t rowBytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};

// A tile's product takes 52 cycles and one starts every 16: four chains do.
constexpr int tileChains = 4;
constexpr int64_t tileSteps = 1 << 17;

__attribute__((target("amx-tile,amx-bf16"))) void tilesBf16() {
  const TileConfig config;
  _tile_loadconfig(&config);
  for (int64_t step = 0; step < tileSteps; ++step) {
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(3, 5, 7);
  }
  _tile_release();
}

__attribute__((target("amx-tile,amx-int8"))) void tilesInt8() {
  const TileConfig config;
  _tile_loadconfig(&config);
  for (int64_t step = 0; step < tileSteps; ++step) {
    _tile_dpbusd(0, 4, 6);
    _tile_dpbusd(1, 4, 7);
    _tile_dpbusd(2, 5, 6);
    _tile_dpbusd(3, 5, 7);
  }
  _tile_release();
}

__attribute__((target("avx2"))) void readAvx2(const float *data, size_t count) {
  __m256 sums[8] = {};
  for (size_t i = 0; i + 64 <= count; i += 64) {
#pragma unroll
    for (size_t j = 0; j < 8; ++j)
      sums[j] = _mm256_add_ps(sums[j], _mm256_loadu_ps(data + i + 8 * j));
  }
  for (int j = 1; j < 8; ++j)
    sums[0] = _mm256_add_ps(sums[0], sums[j]);
  use(_mm256_cvtss_f32(sums[0]));
}

/// The best of several tries: what the machine can, not what it did at worst.
constexpr int tries = 7;

/// Of `work`, which multiplies so often.
double gflopsOf(unsigned threads, double products, void (*work)()) {
  double best = 0;
  for (int i = 0; i < tries; ++i) {
    double seconds = timeTogether(threads, [&](unsigned) { work(); });
    best = std::max(best, 2.0 * products * threads / seconds * 1e-9);
  }
  return best;
}

/// The products of a function above, of so many lanes.
double ofLanes(int lanes) {
  return double(lanes) * chains * double(stepsAtOnce);
}
/// Those of tiles whose rows have so many elements.
double ofTiles(int elements) {
  return 16.0 * 16.0 * elements * tileChains * double(tileSteps);
}

bool has(const char *features) {
  char missing[64];
  return core::supportsFeatures(features, missing, sizeof(missing)) &&
         core::permitFeatures(features);
}

} // namespace

Peak bertc::measurePeak(unsigned threads, std::string_view dtype) {
  if (dtype == "bf16" && has("amx-tile,amx-bf16"))
    return {gflopsOf(threads, ofTiles(32), tilesBf16), "bf16 (tiles)"};
  // Terms of bf16 that make up f32 (passes/tile/SplitProduct.h).
  if (dtype == "bf16x6" && has("amx-tile,amx-bf16"))
    return {gflopsOf(threads, ofTiles(32) / 6, tilesBf16),
            "f32 (six tiles of bf16)"};
  if (dtype == "bf16x3" && has("amx-tile,amx-bf16"))
    return {gflopsOf(threads, ofTiles(32) / 3, tilesBf16),
            "f32 (three tiles of bf16)"};
  if (dtype == "int8" && has("amx-tile,amx-int8"))
    return {gflopsOf(threads, ofTiles(64), tilesInt8), "int8 (tiles)"};
  if (dtype == "bf16" && has("avx512bf16"))
    return {gflopsOf(threads, ofLanes(32), dotBf16), "bf16 (dot product)"};
  if (dtype == "int8" && has("avx512vnni"))
    return {gflopsOf(threads, ofLanes(64), dotInt8), "int8 (dot product)"};
  if (dtype == "int8" && has("avxvnni"))
    return {gflopsOf(threads, ofLanes(32), dotInt8Avx2), "int8 (dot product)"};
  if (dtype == "int8" && has("avx2")) {
    Peak words{gflopsOf(threads, ofLanes(16), multiplyWordsAvx2),
               "int8 (pairs of words)"};
    if (has("avx512f,avx512bw"))
      words.gflops = std::max(
          words.gflops, gflopsOf(threads, ofLanes(32), multiplyWordsAvx512));
    return words;
  }
  Peak peak{0, "f32 (fused multiply-add)"};
  if (has("avx2,fma"))
    peak.gflops = gflopsOf(threads, ofLanes(8), multiplyAddAvx2);
  if (has("avx512f"))
    peak.gflops = std::max(peak.gflops,
                           gflopsOf(threads, ofLanes(16), multiplyAddAvx512));
  return peak;
}

double bertc::readGigabytes(unsigned threads) {
  if (!has("avx2,fma"))
    return 0;
  // A hypervisor's guest may see a large share of the L3 caches: go well past.
  const size_t count = size_t(512) << 18; // floats: 512 MiB
  std::vector<float> data(count, 1.0f);
  size_t part = count / threads;
  double best = 0;
  for (int i = 0; i < tries; ++i) {
    double seconds = timeTogether(threads, [&](unsigned thread) {
      readAvx2(data.data() + thread * part, part);
    });
    best =
        std::max(best, double(part * threads * sizeof(float)) / seconds * 1e-9);
  }
  return best;
}
