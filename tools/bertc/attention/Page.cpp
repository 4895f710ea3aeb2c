//===- Page.cpp -----------------------------------------------------------===//

#include "tools/bertc/attention/Page.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Base64.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>

using namespace bertc;
using nlohmann::ordered_json;

namespace {

constexpr const char pageText[] =
#include "tools/bertc/attention/page.inc"
    ;

constexpr llvm::StringLiteral mapsPrefix = "attentions.";

bool isPlain(std::string_view token) {
  return std::all_of(token.begin(), token.end(),
                     [](char c) { return c > ' ' && c < 0x7f; });
}

/// What people know a token by: as the vocabulary writes it, "##ing"; where
/// that is not readable, as bytes that stand for others are not, its piece of
/// the text.
std::string labelOf(const AttentionPage &page, size_t i) {
  std::string token(page.tokenizer.token(page.encoding.ids[i]));
  const int8_t sequence = page.encoding.sequenceIds[i];
  const text::Offsets offsets = page.encoding.offsets[i];
  if (sequence < 0 || isPlain(token) || offsets.begin == offsets.end)
    return token;
  const std::string &text =
      sequence == 0 ? page.example.text : *page.example.pair;
  return text.substr(offsets.begin, offsets.end - offsets.begin);
}

ordered_json tokensOf(const AttentionPage &page) {
  auto tokens = ordered_json::array();
  for (size_t i = 0; i < page.encoding.ids.size(); ++i)
    tokens.push_back({{"label", labelOf(page, i)},
                      {"text", page.encoding.sequenceIds[i]},
                      {"special", page.encoding.specialMask[i] != 0}});
  return tokens;
}

/// Weights in [0, 1] as little-endian integers, 1 being `scale`.
std::string packed(const float *weights, size_t count, double scale,
                   size_t bytes) {
  std::string numbers;
  numbers.reserve(count * bytes);
  for (size_t i = 0; i < count; ++i) {
    const double inside = std::clamp(double(weights[i]), 0.0, 1.0);
    const auto number = uint32_t(std::lround(inside * scale));
    for (size_t byte = 0; byte < bytes; ++byte)
      numbers += char(number >> (8 * byte) & 0xff);
  }
  return llvm::encodeBase64(numbers);
}

ordered_json layersOf(const AttentionPage &page, int bits) {
  auto layers = ordered_json::array();
  const double scale = (1 << bits) - 1;
  for (const run::Output &output : page.outputs) {
    llvm::StringRef name = output.name;
    if (output.rows != BERTC_PER_TOKEN_PAIR || !name.consume_front(mapsPrefix))
      continue;
    auto heads = ordered_json::array();
    const size_t size = size_t(output.shape[2] * output.shape[3]);
    for (int64_t head = 0; head < output.shape[1]; ++head)
      heads.push_back(packed(output.values.data() + size_t(head) * size, size,
                             scale, size_t(bits) / 8));
    layers.push_back({{"number", name.str()}, {"heads", std::move(heads)}});
  }
  return layers;
}

/// JSON within a script element: no text may end the element.
std::string forScript(const ordered_json &value) {
  std::string escaped;
  for (char c :
       value.dump(-1, ' ', true, ordered_json::error_handler_t::replace)) {
    if (c == '<')
      escaped += "\\u003c";
    else
      escaped += c;
  }
  return escaped;
}

} // namespace

std::string bertc::writePage(const AttentionPage &page) {
  const int bits = page.encoding.ids.size() > 256 ? 8 : 16;
  auto texts = ordered_json::array({page.example.text});
  if (page.example.pair)
    texts.push_back(*page.example.pair);
  const ordered_json data = {
      {"facts", page.facts},      {"texts", std::move(texts)},
      {"tokens", tokensOf(page)}, {"bits", bits},
      {"scale", (1 << bits) - 1}, {"layers", layersOf(page, bits)}};
  auto [before, after] = llvm::StringRef(pageText).split("@DATA@");
  return (before + forScript(data) + after).str();
}
