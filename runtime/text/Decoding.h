//===- Decoding.h - tokens to a text --------------------------------------===//

#ifndef BERTC_RUNTIME_TEXT_DECODING_H
#define BERTC_RUNTIME_TEXT_DECODING_H

#include "runtime/text/Settings.h"

#include <string>
#include <string_view>
#include <vector>

namespace bertc::text {

/// decoders/{wordpiece,byte_level,metaspace}.rs in the crate.
std::string decodeTokens(const std::vector<std::string_view> &tokens,
                         const Decoder &decoder);

/// clean_up_tokenization of transformers' tokenization_utils_base.py.
std::string cleanUpSpaces(std::string text);

} // namespace bertc::text

#endif // BERTC_RUNTIME_TEXT_DECODING_H
