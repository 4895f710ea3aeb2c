//===- Bpe.h - byte-level byte pair encoding ------------------------------===//

#ifndef BERTC_RUNTIME_TEXT_BPE_H
#define BERTC_RUNTIME_TEXT_BPE_H

#include "runtime/text/Model.h"
#include "runtime/text/Result.h"

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace bertc::text {

/// Two tokens that become one; the earlier in its list, the earlier it is done.
struct Merge {
  int32_t left, right, merged;
};

struct BpeOptions {
  bool fuseUnknown = false;  ///< unknown bytes in a row are one token
  bool ignoreMerges = false; ///< a word that is a token is not merged
};

/// models/bpe/model.rs in the crate (Sennrich et al. 2016, arXiv:1508.07909) on
/// the characters that stand for bytes (ByteLevel.h). Bytes without a token
/// are `unknown`, or left out where that is -1. The ids of `merges` must be
/// those of tokens, and `merged` the two tokens joined. `prepared` is empty or
/// what such a model gave.
std::unique_ptr<Model> makeBpe(Vocabulary vocabulary, std::vector<Merge> merges,
                               int32_t unknown, const BpeOptions &options,
                               std::string_view prepared);

/// The merges of such a model.
const std::vector<Merge> &mergesOf(const Model &bpe);

} // namespace bertc::text

#endif // BERTC_RUNTIME_TEXT_BPE_H
