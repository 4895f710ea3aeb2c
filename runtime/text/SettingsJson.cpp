//===- SettingsJson.cpp - Settings as a tokenizer.json --------------------===//

#include "runtime/text/TokenizerJson.h"

using namespace bertc::text;

/// Pieces, and the special tokens that they name; a token's name is its place.
static Json templateToJson(const std::vector<TemplatePiece> &pieces,
                           const std::string &name, Json &special) {
  Json result = Json::array();
  for (const TemplatePiece &piece : pieces) {
    std::string id = piece.kind == TemplatePiece::First    ? "A"
                     : piece.kind == TemplatePiece::Second ? "B"
                                                           : "";
    const char *kind = "Sequence";
    if (piece.kind == TemplatePiece::Ids) {
      kind = "SpecialToken";
      id = name + std::to_string(result.size());
      special[id] = {{"ids", piece.ids}};
    }
    result.push_back({{kind, {{"id", id}, {"type_id", piece.typeId}}}});
  }
  return result;
}

static Json normalizerToJson(const std::vector<NormalizerStep> &steps) {
  Json list = Json::array();
  for (const NormalizerStep &step : steps) {
    switch (step.kind) {
    case NormalizerStep::Bert:
      list.push_back({{"type", "BertNormalizer"},
                      {"clean_text", step.bert.cleanText},
                      {"handle_chinese_chars", step.bert.handleChineseChars},
                      {"strip_accents", step.bert.stripAccents},
                      {"lowercase", step.bert.lowercase}});
      break;
    case NormalizerStep::Decompose:
      list.push_back(Json{{"type", "NFD"}});
      break;
    case NormalizerStep::DecomposeCompatible:
      list.push_back(Json{{"type", "NFKD"}});
      break;
    case NormalizerStep::StripAccents:
      list.push_back(Json{{"type", "StripAccents"}});
      break;
    case NormalizerStep::Lowercase:
      list.push_back(Json{{"type", "Lowercase"}});
      break;
    case NormalizerStep::Precompiled:
      list.push_back(Json{{"type", "Precompiled"}});
      break;
    case NormalizerStep::Replace:
      list.push_back({{"type", "Replace"},
                      {"pattern", {{"String", step.pattern}}},
                      {"content", step.content}});
      break;
    case NormalizerStep::CollapseSpaces:
      list.push_back({{"type", "Replace"},
                      {"pattern", {{"Regex", " {2,}"}}},
                      {"content", step.content}});
      break;
    case NormalizerStep::Strip:
      list.push_back({{"type", "Strip"},
                      {"strip_left", step.stripLeft},
                      {"strip_right", step.stripRight}});
      break;
    case NormalizerStep::Prepend:
      list.push_back({{"type", "Prepend"}, {"prepend", step.content}});
      break;
    }
  }
  return {{"type", "Sequence"}, {"normalizers", list}};
}

static Json splitterToJson(const Splitter &splitter) {
  switch (splitter.kind) {
  case Splitter::Bert:
    return {{"type", "BertPreTokenizer"}};
  case Splitter::ByteLevel:
    return {{"type", "ByteLevel"},
            {"add_prefix_space", splitter.prefix != Splitter::Never},
            {"use_regex", splitter.split}};
  case Splitter::Metaspace:
    break;
  }
  Json list = Json::array();
  if (splitter.dropWhitespace)
    list.push_back(Json{{"type", "WhitespaceSplit"}});
  const char *scheme = splitter.prefix == Splitter::Never   ? "never"
                       : splitter.prefix == Splitter::First ? "first"
                                                            : "always";
  list.push_back({{"type", "Metaspace"},
                  {"replacement", splitter.replacement},
                  {"prepend_scheme", scheme}});
  return {{"type", "Sequence"}, {"pretokenizers", list}};
}

static Json decoderToJson(const Decoder &decoder) {
  switch (decoder.kind) {
  case Decoder::Join:
    return nullptr;
  case Decoder::WordPiece:
    return {{"type", "WordPiece"},
            {"prefix", decoder.prefix},
            {"cleanup", decoder.cleanUp}};
  case Decoder::ByteLevel:
    return {{"type", "ByteLevel"}};
  case Decoder::Metaspace:
    break;
  }
  return {{"type", "Metaspace"},
          {"replacement", decoder.replacement},
          {"prepend_scheme", decoder.dropFirst ? "always" : "never"}};
}

static Json modelToJson(const Settings &settings) {
  Json model = {{"unk_token", settings.unknown}};
  switch (settings.model) {
  case ModelKind::WordPiece:
    model["type"] = "WordPiece";
    model["continuing_subword_prefix"] = settings.wordPiece.prefix;
    model["max_input_chars_per_word"] = settings.wordPiece.maxWordChars;
    break;
  case ModelKind::Bpe:
    model["type"] = "BPE";
    model["fuse_unk"] = settings.bpe.fuseUnknown;
    model["ignore_merges"] = settings.bpe.ignoreMerges;
    break;
  case ModelKind::Unigram:
    model["type"] = "Unigram";
    break;
  }
  return model;
}

Json bertc::text::settingsToJson(const Settings &settings) {
  Json added = Json::array();
  for (const AddedToken &token : settings.added)
    added.push_back({{"content", token.content},
                     {"id", token.id},
                     {"single_word", token.singleWord},
                     {"lstrip", token.stripLeft},
                     {"rstrip", token.stripRight},
                     {"normalized", token.normalized},
                     {"special", token.special}});
  Json special = Json::object();
  Json single = templateToJson(settings.single, "single", special);
  Json pair = templateToJson(settings.pair, "pair", special);
  return {{"normalizer", normalizerToJson(settings.normalizer)},
          {"pre_tokenizer", splitterToJson(settings.splitter)},
          {"post_processor",
           {{"type", "TemplateProcessing"},
            {"single", single},
            {"pair", pair},
            {"special_tokens", special}}},
          {"decoder", decoderToJson(settings.decoder)},
          {"model", modelToJson(settings)},
          {"added_tokens", added},
          {"bertc",
           {{"max_length", settings.maxLength},
            {"truncate_left", settings.truncateLeft},
            {"clean_up", settings.cleanUpSpaces},
            {"one_type", settings.oneType},
            {"trim_offsets", settings.trimOffsets},
            {"trim_keeps_first", settings.trimKeepsFirst},
            {"pad", settings.pad},
            {"mask", settings.mask},
            {"cls", settings.cls},
            {"sep", settings.sep},
            {"unk", settings.unk}}}};
}
