//===- TokenizerJson.cpp - tokenizer.json's fields as Settings ------------===//

#include "runtime/text/TokenizerJson.h"

#include "runtime/text/Base64.h"
#include "runtime/text/Utf8.h"

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
  fields.read("special", token.special);
  if (token.content.empty())
    fields.fail("content", "a non-empty string");
  return token;
}

static std::string typeOf(const Json &object, const std::string &place,
                          std::string &error) {
  std::string type;
  Fields(object, place, error).read("type", type);
  return type;
}

static void refuse(const std::string &place, const std::string &what,
                   const std::string &value, const std::string &expected,
                   std::string &error) {
  if (error.empty())
    error = place + ": " + what + " is \"" + value + "\", expected " + expected;
}

/// The steps of a "Sequence", or the object itself.
static std::vector<const Json *> stepsOf(const Json *json, const char *key,
                                         const std::string &place,
                                         std::string &error) {
  std::vector<const Json *> steps;
  if (!json)
    return steps;
  if (typeOf(*json, place, error) != "Sequence")
    return {json};
  const Json *list =
      Fields(*json, place, error).find(key, Json::value_t::array, "a list");
  if (!list)
    return steps;
  for (const Json &item : *list)
    for (const Json *step : stepsOf(&item, key, place, error))
      steps.push_back(step);
  return steps;
}

static BertOptions readBertOptions(const Fields &fields) {
  BertOptions options;
  fields.read("clean_text", options.cleanText);
  fields.read("handle_chinese_chars", options.handleChineseChars);
  fields.read("lowercase", options.lowercase);
  options.stripAccents = options.lowercase;
  fields.read("strip_accents", options.stripAccents);
  return options;
}

static void readReplace(const Json &json, const std::string &place,
                        NormalizerStep &step, std::string &error) {
  Fields fields(json, place, error);
  fields.read("content", step.content);
  const Json *pattern =
      fields.find("pattern", Json::value_t::object, "an object");
  Fields inner(pattern ? *pattern : json, place + ": pattern", error);
  std::string expression;
  inner.read("String", step.pattern);
  inner.read("Regex", expression);
  if (expression == " {2,}")
    step.kind = NormalizerStep::CollapseSpaces;
  else if (!expression.empty())
    refuse(place, "the pattern of Replace", expression, "a string or \" {2,}\"",
           error);
  else if (step.pattern.empty())
    fields.fail("pattern", "a non-empty string");
}

static void readCharsmap(const Json &json, const std::string &place,
                         Charsmap &charsmap, std::string &error) {
  std::string text;
  Fields fields(json, place, error);
  fields.read("precompiled_charsmap", text);
  if (text.empty()) // of a blob: a section of its own
    return;
  std::optional<std::string> bytes = decodeBase64(text);
  if (!bytes)
    return fields.fail("precompiled_charsmap", "base64");
  if (!charsmap.serialized().empty() && charsmap.serialized() != *bytes)
    return fields.fail("precompiled_charsmap", "the only one");
  Result<Charsmap> parsed = Charsmap::parse(*bytes, place);
  if (parsed)
    charsmap = std::move(*parsed);
  else if (error.empty())
    error = parsed.error();
}

static void readNormalizer(const Json *json, const std::string &place,
                           TokenizerFiles &files, std::string &error) {
  for (const Json *item : stepsOf(json, "normalizers", place, error)) {
    std::string type = typeOf(*item, place, error);
    Fields fields(*item, place, error);
    NormalizerStep step;
    if (type == "BertNormalizer") {
      step.bert = readBertOptions(fields);
    } else if (type == "NFD") {
      step.kind = NormalizerStep::Decompose;
    } else if (type == "NFKD") {
      step.kind = NormalizerStep::DecomposeCompatible;
    } else if (type == "StripAccents") {
      step.kind = NormalizerStep::StripAccents;
    } else if (type == "Lowercase") {
      step.kind = NormalizerStep::Lowercase;
    } else if (type == "Precompiled") {
      step.kind = NormalizerStep::Precompiled;
      readCharsmap(*item, place, files.charsmap, error);
    } else if (type == "Replace") {
      step.kind = NormalizerStep::Replace;
      readReplace(*item, place, step, error);
    } else if (type == "Strip") {
      step.kind = NormalizerStep::Strip;
      fields.read("strip_left", step.stripLeft);
      fields.read("strip_right", step.stripRight);
    } else if (type == "Prepend") {
      step.kind = NormalizerStep::Prepend;
      fields.read("prepend", step.content);
    } else {
      refuse(place, "type", type,
             "BertNormalizer, NFD, NFKD, StripAccents, Lowercase, "
             "Precompiled, Replace, Strip, Prepend or their Sequence",
             error);
    }
    files.settings.normalizer.push_back(step);
  }
}

/// "replacement" and "prepend_scheme", or "add_prefix_space" of older files.
static Splitter::Prefix readMetaspace(const Json &json,
                                      const std::string &place,
                                      std::string &replacement,
                                      std::string &error) {
  Fields fields(json, place, error);
  fields.read("replacement", replacement);
  if (replacement.empty() ||
      characterLength(replacement[0]) != replacement.size())
    fields.fail("replacement", "a character");
  std::string scheme = "always";
  bool adds = true;
  fields.read("add_prefix_space", adds);
  fields.read("prepend_scheme", scheme);
  if (!adds || scheme == "never")
    return Splitter::Never;
  if (scheme != "first" && scheme != "always")
    fields.fail("prepend_scheme", "\"always\", \"first\" or \"never\"");
  return scheme == "first" ? Splitter::First : Splitter::Always;
}

static void readSplitter(const Json *json, const std::string &place,
                         Splitter &splitter, std::string &error) {
  std::vector<const Json *> steps =
      stepsOf(json, "pretokenizers", place, error);
  if (steps.size() == 2 &&
      typeOf(*steps[0], place, error) == "WhitespaceSplit") {
    splitter.dropWhitespace = true;
    steps.erase(steps.begin());
  }
  std::string type = steps.size() == 1 ? typeOf(*steps[0], place, error) : "";
  if (type == "Metaspace") {
    splitter.kind = Splitter::Metaspace;
    splitter.prefix =
        readMetaspace(*steps[0], place, splitter.replacement, error);
    bool split = true;
    Fields(*steps[0], place, error).read("split", split);
    if (!split)
      Fields(*steps[0], place, error).fail("split", "true");
  } else if (type == "ByteLevel" && !splitter.dropWhitespace) {
    splitter.kind = Splitter::ByteLevel;
    bool adds = true;
    Fields fields(*steps[0], place, error);
    fields.read("add_prefix_space", adds);
    fields.read("use_regex", splitter.split);
    splitter.prefix = adds ? Splitter::Always : Splitter::Never;
  } else if (type != "BertPreTokenizer" || splitter.dropWhitespace) {
    refuse(place, "type", json ? typeOf(*json, place, error) : "",
           "BertPreTokenizer, ByteLevel, or Metaspace with WhitespaceSplit "
           "or without",
           error);
  }
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

/// BertProcessing, and RobertaProcessing, which parts the texts of a pair by
/// two tokens and gives all type 0.
static void readNamedProcessing(const Json &json, const std::string &place,
                                bool isRoberta, Settings &settings,
                                std::string &error) {
  Fields fields(json, place, error);
  TemplatePiece cls = readNamedId(fields, "cls");
  TemplatePiece sep = readNamedId(fields, "sep"), lastSep = sep;
  lastSep.typeId = isRoberta ? 0 : 1;
  settings.single = {cls, {TemplatePiece::First, 0, {}}, sep};
  settings.pair = settings.single;
  if (isRoberta)
    settings.pair.push_back(sep);
  settings.pair.push_back({TemplatePiece::Second, lastSep.typeId, {}});
  settings.pair.push_back(lastSep);
  settings.oneType = isRoberta;
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
  // By reference: a copy of lists in lists in lists would end the stack.
  static const Json none = Json::array();
  for (const Json &item : pieces ? *pieces : none) {
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
      for (const Json &value : ids ? *ids : none)
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
  bool hasTemplate = false;
  for (const Json *step : stepsOf(json, "processors", place, error)) {
    std::string type = typeOf(*step, place, error);
    Fields fields(*step, place, error);
    if (type == "ByteLevel" || type == "RobertaProcessing") {
      settings.trimOffsets = settings.trimKeepsFirst = true;
      fields.read("trim_offsets", settings.trimOffsets);
      fields.read("add_prefix_space", settings.trimKeepsFirst);
    }
    if (type == "ByteLevel")
      continue;
    if (hasTemplate)
      refuse(place, "the second of two templates", type, "one", error);
    hasTemplate = true;
    if (type == "BertProcessing" || type == "RobertaProcessing") {
      readNamedProcessing(*step, place, type == "RobertaProcessing", settings,
                          error);
    } else if (type == "TemplateProcessing") {
      settings.single = readTemplate(*step, "single", place, error);
      settings.pair = readTemplate(*step, "pair", place, error);
    } else {
      refuse(place, "type", type,
             "TemplateProcessing, BertProcessing, RobertaProcessing, "
             "ByteLevel or their Sequence",
             error);
    }
  }
}

static void readDecoder(const Json *json, const std::string &place,
                        Decoder &decoder, std::string &error) {
  if (!json)
    return;
  std::string type = typeOf(*json, place, error);
  Fields fields(*json, place, error);
  if (type == "WordPiece") {
    decoder.kind = Decoder::WordPiece;
    fields.read("prefix", decoder.prefix);
    fields.read("cleanup", decoder.cleanUp);
  } else if (type == "ByteLevel") {
    decoder.kind = Decoder::ByteLevel;
  } else if (type == "Metaspace") {
    decoder.kind = Decoder::Metaspace;
    decoder.dropFirst = readMetaspace(*json, place, decoder.replacement,
                                      error) != Splitter::Never;
  } else {
    refuse(place, "type", type, "WordPiece, ByteLevel or Metaspace", error);
  }
}

/// Old files have no type: what a model holds tells it.
static std::string modelType(const Json &model, const std::string &place,
                             std::string &error) {
  std::string type = typeOf(model, place, error);
  if (!type.empty() || !model.contains("vocab"))
    return type;
  return model["vocab"].is_array()  ? "Unigram"
         : model.contains("merges") ? "BPE"
                                    : "WordPiece";
}

/// Options that none of the families sets.
static void refuseOptions(const Json &model, const std::string &place,
                          std::string &error) {
  Fields fields(model, place, error);
  for (const char *key : {"continuing_subword_prefix", "end_of_word_suffix"}) {
    std::string value;
    fields.read(key, value);
    if (!value.empty())
      refuse(place, key, value, "none", error);
  }
  if (const Json *dropout = fields.find("dropout"))
    if (!dropout->is_number() || dropout->get<double>() != 0)
      fields.fail("dropout", "null");
}

static void readModel(const Json &model, const std::string &place,
                      Settings &settings, std::string &error) {
  std::string type = modelType(model, place, error);
  Fields fields(model, place, error);
  fields.read("unk_token", settings.unknown);
  bool fallback = false;
  fields.read("byte_fallback", fallback);
  if (fallback)
    fields.fail("byte_fallback", "false");
  if (type == "WordPiece") {
    settings.model = ModelKind::WordPiece;
    if (settings.unknown.empty())
      settings.unknown = "[UNK]";
    fields.read("continuing_subword_prefix", settings.wordPiece.prefix);
    fields.read("max_input_chars_per_word", settings.wordPiece.maxWordChars);
  } else if (type == "BPE") {
    settings.model = ModelKind::Bpe;
    refuseOptions(model, place, error);
    fields.read("fuse_unk", settings.bpe.fuseUnknown);
    fields.read("ignore_merges", settings.bpe.ignoreMerges);
  } else if (type == "Unigram") {
    settings.model = ModelKind::Unigram;
  } else {
    refuse(place, "type", type, "WordPiece, BPE or Unigram", error);
  }
}

/// What other files say, in a blob.
static void readExtra(const Json &extra, const std::string &place,
                      Settings &settings, std::string &error) {
  Fields fields(extra, place, error);
  fields.read("max_length", settings.maxLength);
  fields.read("truncate_left", settings.truncateLeft);
  fields.read("clean_up", settings.cleanUpSpaces);
  fields.read("one_type", settings.oneType);
  fields.read("trim_offsets", settings.trimOffsets);
  fields.read("trim_keeps_first", settings.trimKeepsFirst);
  fields.read("pad", settings.pad);
  fields.read("mask", settings.mask);
  fields.read("cls", settings.cls);
  fields.read("sep", settings.sep);
  fields.read("unk", settings.unk);
}

std::string bertc::text::readSettings(const Json &json, const std::string &name,
                                      TokenizerFiles &files) {
  std::string error;
  Settings &settings = files.settings;
  Fields fields(json, name, error);
  auto object = [&](const char *key) {
    return fields.find(key, Json::value_t::object, "an object");
  };

  if (const Json *model = object("model"))
    readModel(*model, name + ": model", settings, error);
  else
    fields.fail("model", "there");
  readNormalizer(object("normalizer"), name + ": normalizer", files, error);
  readSplitter(object("pre_tokenizer"), name + ": pre_tokenizer",
               settings.splitter, error);
  bool bytes = settings.splitter.kind == Splitter::ByteLevel;
  if (error.empty() && bytes != (settings.model == ModelKind::Bpe))
    error = name + ": pre_tokenizer: ByteLevel and the model BPE go together "
                   "only";
  readPostProcessor(object("post_processor"), name + ": post_processor",
                    settings, error);
  readDecoder(object("decoder"), name + ": decoder", settings.decoder, error);
  if (const Json *added =
          fields.find("added_tokens", Json::value_t::array, "a list"))
    for (const Json &token : *added)
      settings.added.push_back(
          addedTokenFromJson(token, name + ": added_tokens", error));
  if (const Json *extra = object("bertc"))
    readExtra(*extra, name + ": bertc", settings, error);
  return error;
}
