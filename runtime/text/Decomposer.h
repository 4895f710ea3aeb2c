//===- Decomposer.h - canonical order, with where each character came from ===//

#ifndef BERTC_RUNTIME_TEXT_DECOMPOSER_H
#define BERTC_RUNTIME_TEXT_DECOMPOSER_H

#include "runtime/text/AlignedText.h"
#include "runtime/text/Unicode.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace bertc::text {

/// Decomposes characters and puts marks in canonical order; `Sink` gets each
/// character and where it came from. As in unicode-normalization-alignments, a
/// decomposition's first character stands for the next old one, its others for
/// the last one taken; so sorted marks take alignments in the old order.
template <typename Sink> class Decomposer {
public:
  Decomposer(bool compatible, Sink &sink)
      : compatible(compatible), sink(sink) {}

  /// Whether no marks wait.
  bool idle() const { return pending.empty(); }

  void push(char32_t code, uint32_t start) {
    if (code < 0xA0) {
      flush();
      current = start;
      return sink(code, start);
    }
    char32_t parts[maxDecomposition];
    int count = decompose(code, compatible, parts);
    for (int i = 0; i < count; ++i) {
      int order = combiningClass(parts[i]);
      if (order == 0) {
        flush();
        if (i == 0)
          current = start;
        sink(parts[i], current);
      } else {
        pending.push_back({parts[i], order, i == 0, pending.size()});
        if (i == 0)
          starts.push_back(start);
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
    size_t next = 0;
    for (const Mark &mark : pending) {
      if (mark.first)
        current = starts[next++];
      sink(mark.code, current);
    }
    pending.clear();
    starts.clear();
  }

private:
  struct Mark {
    char32_t code;
    int order;    ///< its combining class
    bool first;   ///< of its decomposition
    size_t place; ///< equal classes keep their order
  };

  bool compatible;
  Sink &sink;
  uint32_t current = 0;
  std::vector<Mark> pending;
  std::vector<uint32_t> starts;
};

/// Lower case as Rust's char::to_lowercase has it.
inline void appendLower(char32_t code, uint32_t start,
                        AlignedText::Rewriter &out) {
  if (code < 0x80)
    return out.append(code >= 'A' && code <= 'Z' ? code + ('a' - 'A') : code,
                      start);
  if (code == 0x130) { // the only lower case of two code points
    out.append('i', start);
    code = 0x307;
  }
  out.append(toLower(code), start);
}

} // namespace bertc::text

#endif // BERTC_RUNTIME_TEXT_DECOMPOSER_H
