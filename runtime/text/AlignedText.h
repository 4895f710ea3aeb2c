//===- AlignedText.h - a text that is rewritten but knows where it came from =//
//
// The crate's NormalizedString (tokenizer/normalizer.rs) keeps for each byte
// the original bytes that it stands for. These are always one character, as
// rewriting copies alignments and never joins them: its first byte is enough.
// Where bytes only changed in place, as lower case of ASCII does, nothing needs
// to be kept at all.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_RUNTIME_TEXT_ALIGNEDTEXT_H
#define BERTC_RUNTIME_TEXT_ALIGNEDTEXT_H

#include "runtime/text/Encoding.h"
#include "runtime/text/Utf8.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bertc::text {

class AlignedText {
public:
  /// Becomes bytes [begin, end) of `whole`, which must be UTF-8, shorter than 4
  /// GiB, and outlive this.
  void reset(std::string_view whole, size_t begin, size_t end) {
    original = whole;
    base = begin;
    current = whole.substr(begin, end - begin);
    mapped = false;
  }

  std::string_view text() const { return current; }

  /// The byte of `whole` at which the character begins that byte `at` stands
  /// for.
  uint32_t startOf(size_t at) const {
    return mapped ? starts[at] : static_cast<uint32_t>(base + at);
  }

  /// The bytes of `whole` that bytes [begin, end) stand for; begin < end. The
  /// ends may lie inside characters.
  Offsets origin(size_t begin, size_t end) const {
    size_t first = startOf(begin), last = startOf(end - 1);
    while (!startsCharacter(original[first]))
      --first;
    while (!startsCharacter(original[last]))
      --last;
    return {static_cast<uint32_t>(first),
            static_cast<uint32_t>(last + characterLength(original[last]))};
  }

  /// Puts another text in place, byte for byte; the same bytes must begin
  /// characters as before.
  void replaceInPlace(std::string_view bytes) {
    spare.assign(bytes);
    swapText();
  }

  /// Rewrites the text front to back; `finish` puts the result in place.
  class Rewriter {
  public:
    explicit Rewriter(AlignedText &text) : text(text) {
      text.spare.clear();
      text.spareStarts.clear();
      text.spare.reserve(text.current.size());
      text.spareStarts.reserve(text.current.size());
    }
    void append(char32_t code, uint32_t start) {
      if (code < 0x80) {
        text.spare.push_back(static_cast<char>(code));
        text.spareStarts.push_back(start);
        return;
      }
      appendUtf8(text.spare, code);
      text.spareStarts.resize(text.spare.size(), start);
    }
    void append(std::string_view bytes, uint32_t start) {
      text.spare += bytes;
      text.spareStarts.resize(text.spare.size(), start);
    }
    /// Bytes [begin, end) as they are.
    void copy(size_t begin, size_t end) {
      text.spare += text.current.substr(begin, end - begin);
      for (size_t at = begin; at < end; ++at)
        text.spareStarts.push_back(text.startOf(at));
    }
    void finish() {
      text.starts.swap(text.spareStarts);
      text.mapped = true;
      text.swapText();
    }

  private:
    AlignedText &text;
  };

private:
  void swapText() {
    bytes.swap(spare);
    current = bytes;
  }

  std::string_view original;
  size_t base = 0;
  std::string_view current; ///< of `original` or of `bytes`
  bool mapped = false;      ///< else byte i stands for byte base + i
  std::string bytes, spare;
  std::vector<uint32_t> starts, spareStarts;
};

} // namespace bertc::text

#endif // BERTC_RUNTIME_TEXT_ALIGNEDTEXT_H
