//===- Assembly.cpp - the tokens of texts, and what surrounds them --------===//

#include "runtime/text/Assembly.h"

#include "runtime/text/Utf8.h"

#include <algorithm>

using namespace bertc::text;

/// Whether `count` characters lie before `at`.
static bool hasCharsBefore(std::string_view text, size_t at, uint32_t count) {
  for (; count > 0 && at > 0; --count)
    at = previousChar(text, at);
  return count == 0;
}

/// process_offsets of pre_tokenizers/byte_level.rs: leaves the spaces at a
/// token's ends out of its offsets, but for a single one in front where it may
/// have been added. Spaces are counted in characters of the text.
static Offsets trim(std::string_view text, Offsets offsets,
                    Tokens::Spaces spaces, bool isFirst, bool keepsFirst) {
  if (spaces.front > 0) {
    bool keeps =
        keepsFirst && spaces.front == 1 && (isFirst || offsets.begin == 0);
    for (uint32_t i = 0; !keeps && i < spaces.front; ++i)
      if (offsets.begin < offsets.end)
        offsets.begin += characterLength(text[offsets.begin]);
  }
  if (spaces.back > 0 && hasCharsBefore(text, offsets.end, spaces.back))
    for (uint32_t i = 0; i < spaces.back; ++i)
      if (offsets.end > offsets.begin)
        offsets.end = static_cast<uint32_t>(previousChar(text, offsets.end));
  return offsets;
}

static void appendTokens(const Settings &settings, const Part &part,
                         int32_t typeId, int8_t sequence, Encoding &out) {
  auto copy = [&](const auto &from, auto &to) {
    auto begin = from.begin();
    to.insert(to.end(), begin + static_cast<ptrdiff_t>(part.window.begin),
              begin + static_cast<ptrdiff_t>(part.window.end));
  };
  const Tokens &tokens = *part.tokens;
  copy(tokens.ids, out.ids);
  copy(tokens.words, out.wordIds);
  size_t first = out.offsets.size();
  copy(tokens.offsets, out.offsets);
  if (settings.trimOffsets)
    for (size_t i = first; i < out.offsets.size(); ++i)
      out.offsets[i] = trim(part.text, out.offsets[i],
                            tokens.spaces[part.window.begin + (i - first)],
                            i == first, settings.trimKeepsFirst);
  out.typeIds.resize(out.ids.size(), typeId);
  out.specialMask.resize(out.ids.size(), 0);
  out.sequenceIds.resize(out.ids.size(), sequence);
}

Encoding bertc::text::assemble(const Settings &settings, const Part &first,
                               const Part *second, bool addSpecialTokens) {
  Encoding out;
  for (const TemplatePiece &piece : second ? settings.pair : settings.single) {
    if (piece.kind == TemplatePiece::Ids) {
      if (!addSpecialTokens)
        continue;
      out.ids.insert(out.ids.end(), piece.ids.begin(), piece.ids.end());
      out.typeIds.resize(out.ids.size(), piece.typeId);
      out.specialMask.resize(out.ids.size(), 1);
      out.sequenceIds.resize(out.ids.size(), -1);
      out.wordIds.resize(out.ids.size(), -1);
      out.offsets.resize(out.ids.size());
      continue;
    }
    bool isSecond = piece.kind == TemplatePiece::Second;
    if (isSecond && !second)
      continue;
    const Part &part = isSecond ? *second : first;
    bool keeps = part.isFirst || (settings.oneType && addSpecialTokens);
    int32_t typeId = keeps ? piece.typeId : isSecond;
    appendTokens(settings, part, typeId, isSecond, out);
  }
  return out;
}
