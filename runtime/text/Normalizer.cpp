//===- Normalizer.cpp - the steps that rewrite a text before the words ----===//

#include "runtime/text/Normalizer.h"

#include "runtime/text/Decomposer.h"
#include "runtime/text/Unicode.h"
#include "runtime/text/Utf8.h"

using namespace bertc::text;

static void decomposeText(AlignedText &text, bool compatible) {
  if (isAscii(text.text()))
    return;
  AlignedText::Rewriter out(text);
  auto sink = [&](char32_t code, uint32_t start) { out.append(code, start); };
  Decomposer decomposer(compatible, sink);
  std::string_view bytes = text.text();
  for (size_t at = 0; at < bytes.size();) {
    DecodedChar next = nextChar(bytes, at);
    decomposer.push(next.code, text.startOf(at));
    at += next.length;
  }
  decomposer.flush();
  out.finish();
}

static void stripAccents(AlignedText &text) {
  if (isAscii(text.text()))
    return;
  AlignedText::Rewriter out(text);
  std::string_view bytes = text.text();
  for (size_t at = 0; at < bytes.size();) {
    DecodedChar next = nextChar(bytes, at);
    if (!isMark(next.code))
      out.append(next.code, text.startOf(at));
    at += next.length;
  }
  out.finish();
}

static void lowercase(AlignedText &text) {
  std::string_view bytes = text.text();
  if (isAscii(bytes)) {
    std::string lower(bytes);
    for (char &byte : lower)
      if (byte >= 'A' && byte <= 'Z')
        byte = static_cast<char>(byte + ('a' - 'A'));
    return text.replaceInPlace(lower);
  }
  AlignedText::Rewriter out(text);
  for (size_t at = 0; at < bytes.size();) {
    DecodedChar next = nextChar(bytes, at);
    appendLower(next.code, text.startOf(at), out);
    at += next.length;
  }
  out.finish();
}

/// New characters stand for the last of the old ones, as in
/// NormalizedString::replace.
static void replaceAll(AlignedText &text, std::string_view pattern,
                       std::string_view content) {
  std::string_view bytes = text.text();
  size_t found = bytes.find(pattern);
  if (found == std::string_view::npos)
    return;
  AlignedText::Rewriter out(text);
  size_t done = 0;
  for (; found != std::string_view::npos; found = bytes.find(pattern, done)) {
    out.copy(done, found);
    done = found + pattern.size();
    out.append(content, text.startOf(previousChar(bytes, done)));
  }
  out.copy(done, bytes.size());
  out.finish();
}

static void collapseSpaces(AlignedText &text, std::string_view content) {
  std::string_view bytes = text.text();
  if (bytes.find("  ") == std::string_view::npos)
    return;
  AlignedText::Rewriter out(text);
  size_t done = 0;
  for (size_t found; (found = bytes.find("  ", done)) != bytes.npos;) {
    out.copy(done, found);
    done = std::min(bytes.find_first_not_of(' ', found), bytes.size());
    out.append(content, text.startOf(done - 1));
  }
  out.copy(done, bytes.size());
  out.finish();
}

static void strip(AlignedText &text, bool left, bool right) {
  std::string_view bytes = text.text();
  size_t begin = 0, end = bytes.size();
  while (left && begin < end && isWhitespace(nextChar(bytes, begin).code))
    begin += characterLength(bytes[begin]);
  while (right && end > begin &&
         isWhitespace(nextChar(bytes, previousChar(bytes, end)).code))
    end = previousChar(bytes, end);
  if (end - begin == bytes.size())
    return;
  AlignedText::Rewriter out(text);
  out.copy(begin, end);
  out.finish();
}

static void prepend(AlignedText &text, std::string_view content) {
  std::string_view bytes = text.text();
  if (bytes.empty())
    return;
  AlignedText::Rewriter out(text);
  out.append(content, text.startOf(0));
  out.copy(0, bytes.size());
  out.finish();
}

void Normalizer::apply(AlignedText &text) const {
  for (const NormalizerStep &step : steps) {
    switch (step.kind) {
    case NormalizerStep::Bert:
      normalizeBert(text, step.bert);
      break;
    case NormalizerStep::Decompose:
      decomposeText(text, /*compatible=*/false);
      break;
    case NormalizerStep::DecomposeCompatible:
      decomposeText(text, /*compatible=*/true);
      break;
    case NormalizerStep::StripAccents:
      stripAccents(text);
      break;
    case NormalizerStep::Lowercase:
      lowercase(text);
      break;
    case NormalizerStep::Precompiled:
      charsmap.apply(text);
      break;
    case NormalizerStep::Replace:
      replaceAll(text, step.pattern, step.content);
      break;
    case NormalizerStep::CollapseSpaces:
      collapseSpaces(text, step.content);
      break;
    case NormalizerStep::Strip:
      strip(text, step.stripLeft, step.stripRight);
      break;
    case NormalizerStep::Prepend:
      prepend(text, step.content);
      break;
    }
  }
}

std::string Normalizer::apply(std::string_view text) const {
  AlignedText aligned;
  aligned.reset(text, 0, text.size());
  apply(aligned);
  return std::string(aligned.text());
}
