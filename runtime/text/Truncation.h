//===- Truncation.h - which tokens of a text or a pair stay ---------------===//

#ifndef BERTC_RUNTIME_TEXT_TRUNCATION_H
#define BERTC_RUNTIME_TEXT_TRUNCATION_H

#include "runtime/text/Encoding.h"
#include "runtime/text/Result.h"

#include <cstddef>
#include <string>
#include <vector>

namespace bertc::text {

/// Lowers the counts of tokens of each text to `room` in all
/// (utils/truncation.rs in the crate). Returns a message where the strategy
/// can't make them fit.
std::string truncate(size_t &first, size_t &second, bool isPair, size_t room,
                     Truncation strategy);

/// Tokens [begin, end) of a text.
struct Window {
  size_t begin, end;
};

/// The windows of `size` over `count` tokens, from the right or the left end,
/// each sharing `stride` with the one before it (Encoding::truncate in the
/// crate). The first is what stays without windows. One of size 0 is followed
/// by a window over all tokens, as in the crate.
Result<std::vector<Window>> windowsOf(size_t count, size_t size, size_t stride,
                                      bool left);

} // namespace bertc::text

#endif // BERTC_RUNTIME_TEXT_TRUNCATION_H
