//===- Normalizer.cpp - the cleaning step before the words ----------------===//

#include "runtime/text/Normalizer.h"

#include "runtime/text/Unicode.h"
#include "runtime/text/Utf8.h"

#include <algorithm>
#include <vector>

using namespace bertc::text;

namespace {

/// One pass: each character goes through clean, spaces around CJK, canonical
/// decomposition without nonspacing marks, and lower case, in this order.
class NormalizerPass {
public:
  NormalizerPass(const NormalizerOptions &options, std::string &out)
      : options(options), out(out) {}

  void run(std::string_view text) {
    for (size_t at = 0; at < text.size();) {
      DecodedChar next = decodeUtf8(text, at);
      at += next.length;
      clean(next.code);
    }
    flush();
  }

private:
  void clean(char32_t code) {
    if (options.cleanText) {
      if (isRemoved(code))
        return;
      if (isWhitespace(code))
        code = ' ';
    }
    if (options.handleChineseChars && isChinese(code)) {
      strip(' ');
      strip(code);
      strip(' ');
    } else {
      strip(code);
    }
  }

  void strip(char32_t code) {
    if (!options.stripAccents)
      return lower(code);
    char32_t parts[maxDecomposition];
    int count = decompose(code, parts);
    for (int i = 0; i < count; ++i) {
      int order = combiningClass(parts[i]);
      if (order == 0) {
        flush();
        keepUnlessMark(parts[i]);
      } else {
        pending.push_back({parts[i], order, pending.size()});
      }
    }
  }

  /// Marks wait for the next starter, then come out in canonical order.
  void flush() {
    if (pending.empty())
      return;
    std::sort(pending.begin(), pending.end(), [](const Mark &a, const Mark &b) {
      return a.order != b.order ? a.order < b.order : a.place < b.place;
    });
    for (const Mark &mark : pending)
      keepUnlessMark(mark.code);
    pending.clear();
  }

  void keepUnlessMark(char32_t code) {
    if (!isNonspacingMark(code))
      lower(code);
  }

  void lower(char32_t code) {
    if (!options.lowercase)
      return appendUtf8(out, code);
    if (code < 0x80)
      return out.push_back(static_cast<char>(
          code >= 'A' && code <= 'Z' ? code + ('a' - 'A') : code));
    if (code == 0x130) { // the only lower case of two code points
      out.push_back('i');
      code = 0x307;
    }
    appendUtf8(out, toLower(code));
  }

  struct Mark {
    char32_t code;
    int order;    ///< its combining class
    size_t place; ///< equal classes keep their order
  };

  const NormalizerOptions &options;
  std::string &out;
  std::vector<Mark> pending;
};

} // namespace

void bertc::text::normalize(std::string_view text,
                            const NormalizerOptions &options,
                            std::string &out) {
  out.reserve(out.size() + text.size());
  NormalizerPass(options, out).run(text);
}
