//===- NormalizeBert.cpp - the cleaning step of BERT's tokenizer ----------===//

#include "runtime/text/Decomposer.h"
#include "runtime/text/Normalizer.h"
#include "runtime/text/Unicode.h"
#include "runtime/text/Utf8.h"

#include <array>

using namespace bertc::text;

namespace {

constexpr char dropped = 0;

/// What ASCII becomes under some options; `dropped` for what goes away.
std::array<char, 128> asciiTable(const BertOptions &options) {
  std::array<char, 128> table;
  for (int code = 0; code < 128; ++code) {
    char &entry = table[static_cast<size_t>(code)];
    entry = static_cast<char>(code);
    if (options.cleanText && isRemoved(static_cast<char32_t>(code)))
      entry = dropped;
    else if (options.cleanText && isWhitespace(static_cast<char32_t>(code)))
      entry = ' ';
    else if (options.lowercase && code >= 'A' && code <= 'Z')
      entry = static_cast<char>(code + ('a' - 'A'));
  }
  return table;
}

/// One pass: each character goes through clean, spaces around CJK, canonical
/// decomposition without nonspacing marks, and lower case, in this order.
class BertPass {
public:
  BertPass(AlignedText &text, const BertOptions &options)
      : text(text), options(options), table(asciiTable(options)), out(text) {}

  void run() {
    auto sink = [this](char32_t code, uint32_t start) {
      if (!isNonspacingMark(code))
        lower(code, start);
    };
    Decomposer decomposer(/*compatible=*/false, sink);
    auto strip = [&](char32_t code, uint32_t start) {
      if (options.stripAccents)
        decomposer.push(code, start);
      else
        lower(code, start);
    };
    std::string_view bytes = text.text();
    for (size_t at = 0; at < bytes.size();) {
      if (!(bytes[at] & 0x80) && decomposer.idle()) {
        ascii(bytes[at], text.startOf(at));
        ++at;
        continue;
      }
      DecodedChar next = nextChar(bytes, at);
      uint32_t start = text.startOf(at);
      at += next.length;
      char32_t code = next.code;
      if (options.cleanText) {
        if (isRemoved(code))
          continue;
        if (isWhitespace(code))
          code = ' ';
      }
      bool parted = options.handleChineseChars && isChinese(code);
      if (parted)
        strip(' ', start);
      strip(code, start);
      if (parted)
        strip(' ', start);
    }
    decomposer.flush();
    out.finish();
  }

private:
  void ascii(char byte, uint32_t start) {
    char code = table[static_cast<unsigned char>(byte)];
    if (code != dropped || !options.cleanText)
      out.append(static_cast<char32_t>(code), start);
  }

  void lower(char32_t code, uint32_t start) {
    if (options.lowercase)
      appendLower(code, start, out);
    else
      out.append(code, start);
  }

  AlignedText &text;
  const BertOptions &options;
  std::array<char, 128> table;
  AlignedText::Rewriter out;
};

} // namespace

void bertc::text::normalizeBert(AlignedText &text, const BertOptions &options) {
  // Most texts change in place if at all.
  std::array<char, 128> table = asciiTable(options);
  std::string bytes(text.text());
  unsigned char all = 0;
  bool drops = false;
  for (char &byte : bytes) {
    all |= static_cast<unsigned char>(byte);
    byte = table[static_cast<size_t>(byte & 0x7F)];
    drops |= byte == dropped;
  }
  if (all & 0x80 || drops)
    BertPass(text, options).run();
  else
    text.replaceInPlace(bytes);
}
