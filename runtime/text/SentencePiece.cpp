//===- SentencePiece.cpp - the file spiece.model --------------------------===//

#include "runtime/text/SentencePiece.h"

#include "runtime/text/Unigram.h"
#include "runtime/text/Utf8.h"

#include <cmath>
#include <cstring>

using namespace bertc::text;

namespace {

/// The fields of a message, one after the other
/// (protobuf.dev/programming-guides/encoding).
class WireReader {
public:
  explicit WireReader(std::string_view rest) : rest(rest) {}

  /// Moves to the next field; false at the end and where it is damaged.
  bool next() {
    if (rest.empty() || damaged)
      return false;
    uint64_t key = varint();
    field = key >> 3;
    wireType = static_cast<int>(key & 7);
    bytes = {};
    number = 0;
    switch (wireType) {
    case 0:
      number = varint();
      break;
    case 1:
      bytes = take(8);
      break;
    case 2:
      bytes = take(varint());
      break;
    case 5:
      bytes = take(4);
      break;
    default: // groups, which no proto3 or SentencePiece file has
      damaged = true;
    }
    damaged |= field == 0;
    return !damaged;
  }

  bool isDamaged() const { return damaged; }
  bool isBytes(uint64_t wanted) const {
    return field == wanted && wireType == 2;
  }
  bool isNumber(uint64_t wanted) const {
    return field == wanted && wireType == 0;
  }
  bool isFloat(uint64_t wanted) const {
    return field == wanted && wireType == 5;
  }

  uint64_t number = 0;
  std::string_view bytes;

private:
  uint64_t varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64 && !rest.empty(); shift += 7) {
      auto byte = static_cast<unsigned char>(rest[0]);
      rest.remove_prefix(1);
      value |= uint64_t(byte & 0x7F) << shift;
      if (!(byte & 0x80))
        return value;
    }
    damaged = true;
    return 0;
  }
  std::string_view take(uint64_t count) {
    if (damaged || count > rest.size()) {
      damaged = true;
      return {};
    }
    std::string_view taken = rest.substr(0, count);
    rest.remove_prefix(count);
    return taken;
  }

  std::string_view rest;
  uint64_t field = 0;
  int wireType = 0;
  bool damaged = false;
};

bool readPiece(std::string_view bytes, SentencePieceModel::Piece &piece) {
  WireReader reader(bytes);
  while (reader.next()) {
    if (reader.isBytes(1))
      piece.text = std::string(reader.bytes);
    else if (reader.isFloat(2))
      std::memcpy(&piece.score, reader.bytes.data(), sizeof(piece.score));
    else if (reader.isNumber(3))
      piece.type = static_cast<int64_t>(reader.number);
  }
  return !reader.isDamaged();
}

/// TrainerSpec: model_type is 1 for Unigram, which it is when unset.
bool readTrainer(std::string_view bytes, uint64_t &modelType,
                 SentencePieceModel &model) {
  WireReader reader(bytes);
  while (reader.next()) {
    if (reader.isNumber(3))
      modelType = reader.number;
    else if (reader.isNumber(40))
      model.unknown = static_cast<int64_t>(reader.number);
  }
  return !reader.isDamaged();
}

bool readNormalizer(std::string_view bytes, SentencePieceModel &model) {
  WireReader reader(bytes);
  while (reader.next())
    if (reader.isBytes(2))
      model.charsmap = std::string(reader.bytes);
  return !reader.isDamaged();
}

std::string checkPieces(const SentencePieceModel &model,
                        const std::string &name) {
  if (model.pieces.empty())
    return name + ": no pieces, expected a SentencePiece model";
  for (size_t id = 0; id < model.pieces.size(); ++id) {
    const SentencePieceModel::Piece &piece = model.pieces[id];
    std::string where = name + ": piece " + std::to_string(id);
    if (!std::isfinite(piece.score))
      return where + ": its score is not finite";
    if (piece.text.empty() || !isUtf8(piece.text))
      return where + ": its text is " +
             (piece.text.empty() ? "empty" : "not UTF-8");
    if (piece.text.size() > maxUnigramPiece)
      return where + " has " + std::to_string(piece.text.size()) +
             " bytes, expected at most " + std::to_string(maxUnigramPiece);
    if (piece.type == SentencePieceModel::Byte)
      return where + ": byte fallback is not supported";
  }
  if (model.unknown < 0 ||
      static_cast<size_t>(model.unknown) >= model.pieces.size())
    return name + ": unk_id is " + std::to_string(model.unknown) +
           ", expected the id of a piece";
  return {};
}

} // namespace

Result<SentencePieceModel>
bertc::text::readSentencePiece(std::string_view bytes,
                               const std::string &name) {
  SentencePieceModel model;
  uint64_t modelType = 1;
  bool whole = true;
  WireReader reader(bytes);
  while (whole && reader.next()) {
    if (reader.isBytes(1))
      whole = readPiece(reader.bytes, model.pieces.emplace_back());
    else if (reader.isBytes(2))
      whole = readTrainer(reader.bytes, modelType, model);
    else if (reader.isBytes(3))
      whole = readNormalizer(reader.bytes, model);
  }
  if (!whole || reader.isDamaged())
    return Failure{name + ": damaged, expected a SentencePiece model"};
  if (modelType != 1) {
    static constexpr const char *names[] = {"UNIGRAM", "BPE", "WORD", "CHAR"};
    return Failure{name + ": model_type is " +
                   (modelType >= 1 && modelType <= 4
                        ? names[modelType - 1]
                        : std::to_string(modelType).c_str()) +
                   ", expected UNIGRAM"};
  }
  for (size_t id = 0; id < model.pieces.size(); ++id)
    if (model.pieces[id].type == SentencePieceModel::Unknown) {
      model.unknown = static_cast<int64_t>(id);
      break;
    }
  if (std::string error = checkPieces(model, name); !error.empty())
    return Failure{error};
  return model;
}
