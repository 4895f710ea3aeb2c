//===- TokenizerJson.cpp - tokenizer.json's fields as Settings ------------===//

#include "runtime/text/TokenizerJson.h"

using namespace bertc::text;

AddedToken bertc::text::addedTokenFromJson(const Json &json,
                                           const std::string &place,
                                           std::string &error) {
  Fields fields(json, place, error);
  AddedToken token;
  fields.read("content", token.content);
  fields.read("id", token.id);
  fields.read("single_word", token.singleWord);
  fields.read("lstrip", token.stripLeft);
  fields.read("rstrip", token.stripRight);
  fields.read("normalized", token.normalized);
  if (token.content.empty())
    fields.fail("content", "a non-empty string");
  return token;
}

/// Fails unless `object` names `expected` as its type.
static void expectType(const Json &object, const std::string &place,
                       const std::string &expected, std::string &error) {
  std::string type;
  Fields(object, place, error).read("type", type);
  if (error.empty() && type != expected)
    error = place + ": type is \"" + type + "\", expected \"" + expected + "\"";
}

static NormalizerOptions
readNormalizer(const Json *json, const std::string &place, std::string &error) {
  if (!json)
    return {false, false, false, false};
  expectType(*json, place, "BertNormalizer", error);
  Fields fields(*json, place, error);
  NormalizerOptions options;
  fields.read("clean_text", options.cleanText);
  fields.read("handle_chinese_chars", options.handleChineseChars);
  fields.read("lowercase", options.lowercase);
  options.stripAccents = options.lowercase;
  fields.read("strip_accents", options.stripAccents);
  return options;
}

/// `["[SEP]", 102]`, as BertProcessing writes its two tokens.
static TemplatePiece readNamedId(const Fields &fields, const char *key) {
  TemplatePiece piece;
  const Json *value = fields.find(key);
  if (value && value->is_array() && value->size() == 2 &&
      (*value)[1].is_number_unsigned() &&
      (*value)[1].get<uint64_t>() <= INT32_MAX)
    piece.ids = {(*value)[1].get<int32_t>()};
  else
    fields.fail(key, "a token with its id");
  return piece;
}

static void readBertProcessing(const Json &json, const std::string &place,
                               Settings &settings, std::string &error) {
  Fields fields(json, place, error);
  TemplatePiece cls = readNamedId(fields, "cls");
  TemplatePiece sep = readNamedId(fields, "sep"), lastSep = sep;
  lastSep.typeId = 1;
  settings.single = {cls, {TemplatePiece::First, 0, {}}, sep};
  settings.pair = settings.single;
  settings.pair.push_back({TemplatePiece::Second, 1, {}});
  settings.pair.push_back(lastSep);
}

static std::vector<TemplatePiece> readTemplate(const Json &json,
                                               const char *key,
                                               const std::string &place,
                                               std::string &error) {
  Fields fields(json, place, error);
  static const Json nothing = Json::object();
  const Json *pieces = fields.find(key, Json::value_t::array, "a list");
  const Json *special = fields.find("special_tokens", Json::value_t::object,
                                    "an object of tokens with their ids");
  std::vector<TemplatePiece> result;
  for (const Json &item : pieces ? *pieces : Json::array()) {
    std::string where = place + "." + key;
    Fields outer(item, where, error);
    const Json *sequence = outer.find("Sequence");
    const Json *token = outer.find("SpecialToken");
    Fields inner(sequence ? *sequence : token ? *token : nothing, where, error);
    TemplatePiece piece;
    std::string id;
    inner.read("id", id);
    inner.read("type_id", piece.typeId);
    if (sequence && (id == "A" || id == "B")) {
      piece.kind = id == "A" ? TemplatePiece::First : TemplatePiece::Second;
    } else {
      const Json *entry = special && token && special->contains(id)
                              ? &(*special)[id]
                              : &nothing;
      const Json *ids = Fields(*entry, where, error)
                            .find("ids", Json::value_t::array, "a list");
      for (const Json &value : ids ? *ids : Json::array())
        if (value.is_number_unsigned() && value.get<uint64_t>() <= INT32_MAX)
          piece.ids.push_back(value.get<int32_t>());
      if (piece.ids.empty())
        inner.fail(id, "a text or a special token with ids");
    }
    result.push_back(piece);
  }
  if (result.empty())
    fields.fail(key, "a list of at least one piece");
  return result;
}

static void readPostProcessor(const Json *json, const std::string &place,
                              Settings &settings, std::string &error) {
  settings.single = {{TemplatePiece::First, 0, {}}};
  settings.pair = {{TemplatePiece::First, 0, {}},
                   {TemplatePiece::Second, 1, {}}};
  if (!json)
    return;
  std::string type;
  Fields(*json, place, error).read("type", type);
  if (type == "BertProcessing")
    return readBertProcessing(*json, place, settings, error);
  expectType(*json, place, "TemplateProcessing", error);
  settings.single = readTemplate(*json, "single", place, error);
  settings.pair = readTemplate(*json, "pair", place, error);
}

Result<Settings> bertc::text::settingsFromJson(const Json &json,
                                               const std::string &name) {
  std::string error;
  Settings settings;
  Fields fields(json, name, error);
  auto object = [&](const char *key) {
    return fields.find(key, Json::value_t::object, "an object");
  };

  if (const Json *model = object("model")) {
    std::string place = name + ": model";
    expectType(*model, place, "WordPiece", error);
    Fields inner(*model, place, error);
    inner.read("unk_token", settings.unknown);
    inner.read("continuing_subword_prefix", settings.prefix);
    inner.read("max_input_chars_per_word", settings.maxWordChars);
  } else {
    fields.fail("model", "there");
  }
  settings.normalizer =
      readNormalizer(object("normalizer"), name + ": normalizer", error);
  const Json *splitter = object("pre_tokenizer");
  expectType(splitter ? *splitter : Json::object(), name + ": pre_tokenizer",
             "BertPreTokenizer", error);
  readPostProcessor(object("post_processor"), name + ": post_processor",
                    settings, error);
  if (const Json *added =
          fields.find("added_tokens", Json::value_t::array, "a list"))
    for (const Json &token : *added)
      settings.added.push_back(
          addedTokenFromJson(token, name + ": added_tokens", error));

  if (const Json *extra = object("bertc")) {
    Fields inner(*extra, name + ": bertc", error);
    inner.read("max_length", settings.maxLength);
    inner.read("truncate_left", settings.truncateLeft);
    inner.read("pad", settings.pad);
    inner.read("mask", settings.mask);
  }
  if (!error.empty())
    return Failure{error};
  return settings;
}

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

Json bertc::text::settingsToJson(const Settings &settings) {
  Json added = Json::array();
  for (const AddedToken &token : settings.added)
    added.push_back({{"content", token.content},
                     {"id", token.id},
                     {"single_word", token.singleWord},
                     {"lstrip", token.stripLeft},
                     {"rstrip", token.stripRight},
                     {"normalized", token.normalized}});
  Json special = Json::object();
  Json single = templateToJson(settings.single, "single", special);
  Json pair = templateToJson(settings.pair, "pair", special);
  const NormalizerOptions &options = settings.normalizer;
  return {{"normalizer",
           {{"type", "BertNormalizer"},
            {"clean_text", options.cleanText},
            {"handle_chinese_chars", options.handleChineseChars},
            {"strip_accents", options.stripAccents},
            {"lowercase", options.lowercase}}},
          {"pre_tokenizer", {{"type", "BertPreTokenizer"}}},
          {"post_processor",
           {{"type", "TemplateProcessing"},
            {"single", single},
            {"pair", pair},
            {"special_tokens", special}}},
          {"model",
           {{"type", "WordPiece"},
            {"unk_token", settings.unknown},
            {"continuing_subword_prefix", settings.prefix},
            {"max_input_chars_per_word", settings.maxWordChars}}},
          {"added_tokens", added},
          {"bertc",
           {{"max_length", settings.maxLength},
            {"truncate_left", settings.truncateLeft},
            {"pad", settings.pad},
            {"mask", settings.mask}}}};
}
