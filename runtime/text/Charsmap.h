//===- Charsmap.h - the precompiled map of a SentencePiece model ----------===//

#ifndef BERTC_RUNTIME_TEXT_CHARSMAP_H
#define BERTC_RUNTIME_TEXT_CHARSMAP_H

#include "runtime/text/AlignedText.h"
#include "runtime/text/Result.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bertc::text {

/// normalizer_spec.precompiled_charsmap: the size of a double array (Darts) in
/// bytes as 32 bits, its units of 32 bits, then texts that end with NUL. The
/// array's values are places of texts. Applied as the crate does it
/// (normalizers/precompiled.rs and the crate spm_precompiled).
class Charsmap {
public:
  Charsmap() = default;
  /// Fails where the sizes are wrong or the texts are not UTF-8.
  static Result<Charsmap> parse(std::string_view bytes,
                                const std::string &name);

  /// What was parsed; empty for no map.
  const std::string &serialized() const { return bytes; }

  /// Replaces graphemes below 6 bytes whole, else each character.
  void apply(AlignedText &text) const;

private:
  /// What the shortest prefix of `chunk` in the map stands for.
  std::optional<std::string_view> find(std::string_view chunk) const;
  bool leavesAlone(std::string_view text) const;

  std::string bytes;
  std::vector<uint32_t> units;
  size_t texts = 0; ///< where they begin in `bytes`
  std::array<bool, 128> changesAscii{};
};

} // namespace bertc::text

#endif // BERTC_RUNTIME_TEXT_CHARSMAP_H
