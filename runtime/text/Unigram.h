//===- Unigram.h - SentencePiece's model: the likeliest pieces ------------===//

#ifndef BERTC_RUNTIME_TEXT_UNIGRAM_H
#define BERTC_RUNTIME_TEXT_UNIGRAM_H

#include "runtime/text/Model.h"

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace bertc::text {

/// Bytes of the longest piece that a model may have: lengths are kept in 16
/// bits.
constexpr size_t maxUnigramPiece = 65535;

/// models/unigram/model.rs in the crate, `encode_optimized`: the pieces with
/// the largest sum of scores, log probabilities (Kudo 2018, arXiv:1804.10959);
/// of equal sums the one whose last piece begins first. A character without a
/// piece costs 10 more than the unlikeliest piece, and a run of such characters
/// is one `unknown`. `scores` has an entry for each token; no token is longer
/// than maxUnigramPiece. `prepared` is empty or what such a model gave.
std::unique_ptr<Model> makeUnigram(Vocabulary vocabulary,
                                   std::vector<double> scores, int32_t unknown,
                                   std::string_view prepared);

} // namespace bertc::text

#endif // BERTC_RUNTIME_TEXT_UNIGRAM_H
