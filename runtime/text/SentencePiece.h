//===- SentencePiece.h - the file spiece.model ----------------------------===//

#ifndef BERTC_RUNTIME_TEXT_SENTENCEPIECE_H
#define BERTC_RUNTIME_TEXT_SENTENCEPIECE_H

#include "runtime/text/Result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bertc::text {

/// What bertc needs of a ModelProto (google/sentencepiece,
/// src/sentencepiece_model.proto).
struct SentencePieceModel {
  enum Type { Normal = 1, Unknown, Control, UserDefined, Unused, Byte };
  struct Piece {
    std::string text;
    float score = 0;
    int64_t type = Normal;
  };
  std::vector<Piece> pieces;
  int64_t unknown = 0;  ///< id of the piece for what is in no other
  std::string charsmap; ///< normalizer_spec.precompiled_charsmap
};

/// Reads the protobuf wire format. Fails where it is damaged, and on models
/// that are not Unigram, have no pieces, or scores that are not finite.
Result<SentencePieceModel> readSentencePiece(std::string_view bytes,
                                             const std::string &name);

} // namespace bertc::text

#endif // BERTC_RUNTIME_TEXT_SENTENCEPIECE_H
