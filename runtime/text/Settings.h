//===- Settings.h - all that a tokenizer is made from, but its words ------===//

#ifndef BERTC_RUNTIME_TEXT_SETTINGS_H
#define BERTC_RUNTIME_TEXT_SETTINGS_H

#include "runtime/text/AddedTokens.h"
#include "runtime/text/Bpe.h"
#include "runtime/text/Charsmap.h"
#include "runtime/text/Normalizer.h"
#include "runtime/text/Vocabulary.h"
#include "runtime/text/WordPiece.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bertc::text {

enum class ModelKind { WordPiece, Bpe, Unigram };

/// One place of a template such as `[CLS] $A [SEP]`: ids, or one of the texts.
struct TemplatePiece {
  enum Kind { Ids, First, Second };
  Kind kind = Ids;
  int32_t typeId = 0;
  std::vector<int32_t> ids;
};

/// How a text is cut into words (pre_tokenizers/*.rs).
struct Splitter {
  enum Kind {
    Bert,      ///< at white space; each punctuation character is a word
    ByteLevel, ///< GPT-2's expression
    Metaspace  ///< spaces become `replacement`, which begins words
  };
  enum Prefix { Never, First, Always };
  Kind kind = Bert;
  /// Where a space is put in front of a text that begins with none. First:
  /// only at the front of the whole text.
  Prefix prefix = Never;
  bool dropWhitespace = false; ///< Metaspace: WhitespaceSplit first
  bool split = true;           ///< ByteLevel: else a text is one word
  std::string replacement = "\xE2\x96\x81"; ///< U+2581
};

/// How ids become a text again (decoders/*.rs).
struct Decoder {
  enum Kind { Join, WordPiece, ByteLevel, Metaspace };
  Kind kind = Join;
  std::string prefix = "##"; ///< WordPiece
  bool cleanUp = true;       ///< WordPiece
  std::string replacement = "\xE2\x96\x81";
  bool dropFirst = true; ///< Metaspace: of the first token
};

struct Settings {
  ModelKind model = ModelKind::WordPiece;
  WordPieceOptions wordPiece;
  BpeOptions bpe;
  std::string unknown; ///< the model's token for what it lacks; "": none
  std::vector<NormalizerStep> normalizer;
  Splitter splitter;
  Decoder decoder;
  std::vector<AddedToken> added;
  std::vector<TemplatePiece> single;
  std::vector<TemplatePiece> pair;
  /// RobertaProcessing: windows behind the first have the template's types
  /// where they get special tokens.
  bool oneType = false;
  bool trimOffsets = false;             ///< offsets leave out spaces
  bool trimKeepsFirst = false;          ///< but for one in front of a text
  std::string pad, mask, cls, sep, unk; ///< special tokens; "": none
  int64_t maxLength = 0;                ///< 0 where no file states it
  bool truncateLeft = false;
  bool cleanUpSpaces = false;
};

/// What a folder or a blob holds.
struct TokenizerFiles {
  Settings settings;
  Vocabulary vocabulary;
  std::vector<Merge> merges;  ///< Bpe
  std::vector<double> scores; ///< Unigram: one for each token
  Charsmap charsmap;          ///< of the step Precompiled
  std::string prepared;       ///< of a blob: see Model::prepared
};

} // namespace bertc::text

#endif // BERTC_RUNTIME_TEXT_SETTINGS_H
