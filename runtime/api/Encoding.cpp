//===- Encoding.cpp - bertc_encode ----------------------------------------===//

#include "runtime/text/Encoding.h"
#include "runtime/api/Guard.h"
#include "runtime/api/Tokenizer.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

using namespace bertc;
using namespace bertc::api;

namespace {

/// The arrays that a bertc_encoding points into.
class Storage : public bertc_encoding {
public:
  Storage() : bertc_encoding{} {}

  /// False where offsets would not fit into 32 bits.
  bool add(const text::Encoding &encoding, int64_t textIndex) {
    constexpr size_t most = std::numeric_limits<int32_t>::max();
    if (encoding.ids.size() > most - idsOf.size())
      return false;
    idsOf.insert(idsOf.end(), encoding.ids.begin(), encoding.ids.end());
    typesOf.insert(typesOf.end(), encoding.typeIds.begin(),
                   encoding.typeIds.end());
    sidesOf.insert(sidesOf.end(), encoding.sequenceIds.begin(),
                   encoding.sequenceIds.end());
    wordsOf.insert(wordsOf.end(), encoding.wordIds.begin(),
                   encoding.wordIds.end());
    for (const text::Offsets &bytes : encoding.offsets) {
      beginsOf.push_back(bytes.begin);
      endsOf.push_back(bytes.end);
    }
    offsetsOf.push_back(static_cast<int32_t>(idsOf.size()));
    textsOf.push_back(textIndex);
    cutOf.push_back(encoding.truncated);
    return true;
  }

  bertc_encoding *finish() {
    sequences = static_cast<int64_t>(textsOf.size());
    tokens = static_cast<int64_t>(idsOf.size());
    ids = idsOf.data();
    token_types = typesOf.data();
    offsets = offsetsOf.data();
    texts = textsOf.data();
    cut = cutOf.data();
    begins = beginsOf.data();
    ends = endsOf.data();
    sides = sidesOf.data();
    words = wordsOf.data();
    return this;
  }

private:
  std::vector<int32_t> idsOf, typesOf, sidesOf, wordsOf, cutOf;
  std::vector<int32_t> offsetsOf = {0};
  std::vector<int64_t> textsOf, beginsOf, endsOf;
};

std::optional<text::Truncation> truncationOf(int32_t truncation) {
  switch (truncation) {
  case BERTC_LONGEST_FIRST:
    return text::Truncation::LongestFirst;
  case BERTC_ONLY_FIRST:
    return text::Truncation::OnlyFirst;
  case BERTC_ONLY_SECOND:
    return text::Truncation::OnlySecond;
  case BERTC_NO_TRUNCATION:
    return text::Truncation::None;
  }
  return std::nullopt;
}

/// Nothing, with the status set, where `given` makes no sense.
std::optional<text::EncodeOptions>
optionsOf(const bertc_encode_options *given) {
  text::EncodeOptions options;
  if (!given)
    return options;
  bertc_encode_options chosen = {};
  if (!core::copyReserving(chosen, *given, "encode"))
    return std::nullopt;
  const std::optional<text::Truncation> truncation =
      truncationOf(chosen.truncation);
  if (!truncation || chosen.max_length < 0 || chosen.stride < 0) {
    core::fail(BERTC_BAD_ARGUMENT,
               "truncation, max_length or stride of the encode options is out "
               "of range");
    return std::nullopt;
  }
  options.truncation = *truncation;
  options.maxLength = chosen.max_length;
  options.stride = chosen.windows ? chosen.stride : 0;
  options.addSpecialTokens = !chosen.no_special_tokens;
  return options;
}

/// The sequences of one text.
text::Result<std::vector<text::Encoding>>
encodeText(const text::Tokenizer &tokenizer, const bertc_text &text,
           const bertc_text *pair, const text::EncodeOptions &options,
           bool windows) {
  if (windows) {
    text::Result<std::vector<text::Encoding>> all =
        pair ? tokenizer.encodePairWindows(viewOf(text), viewOf(*pair), options)
             : tokenizer.encodeWindows(viewOf(text), options);
    // Without room for a token, transformers' first window is empty and the
    // second one holds the whole text.
    if (all && options.truncation != text::Truncation::None &&
        options.maxLength > 0)
      for (const text::Encoding &each : *all)
        if (static_cast<int64_t>(each.ids.size()) > options.maxLength)
          return text::Failure{"windows of " +
                               std::to_string(options.maxLength) +
                               " tokens have no room for a token of it"};
    return all;
  }
  text::Result<text::Encoding> one =
      pair ? tokenizer.encodePair(viewOf(text), viewOf(*pair), options)
           : tokenizer.encode(viewOf(text), options);
  if (!one)
    return text::Failure{one.error()};
  return std::vector<text::Encoding>{std::move(*one)};
}

} // namespace

bertc_encoding *bertc_encode(const bertc_tokenizer *tokenizer,
                             const bertc_text *texts, const bertc_text *pairs,
                             int64_t count,
                             const bertc_encode_options *options) {
  if (!tokenizer) {
    core::fail(BERTC_BAD_ARGUMENT, "the tokenizer is NULL");
    return nullptr;
  }
  const std::optional<text::EncodeOptions> chosen = optionsOf(options);
  if (!chosen || !checkTexts(texts, pairs, count))
    return nullptr;
  return guarded(
      [&]() -> bertc_encoding * {
        auto storage = std::make_unique<Storage>();
        for (int64_t i = 0; i < count; ++i) {
          text::Result<std::vector<text::Encoding>> encodings = encodeText(
              tokenizer->tokenizer, texts[i], pairs ? pairs + i : nullptr,
              *chosen, options && options->windows);
          if (!encodings) {
            core::fail(BERTC_BAD_INPUT, "text %lld: %s",
                       static_cast<long long>(i + 1),
                       encodings.error().c_str());
            return nullptr;
          }
          for (const text::Encoding &encoding : *encodings)
            if (!storage->add(encoding, i)) {
              core::fail(BERTC_OVER_CAPACITY,
                         "text %lld: more than 2^31 - 1 tokens in all",
                         static_cast<long long>(i + 1));
              return nullptr;
            }
        }
        return storage.release()->finish();
      },
      static_cast<bertc_encoding *>(nullptr));
}

void bertc_encoding_destroy(bertc_encoding *encoding) {
  delete static_cast<Storage *>(encoding);
}
