//===- TokenizerConfig.cpp - the files beside a tokenizer -----------------===//

#include "runtime/text/TokenizerConfig.h"

#include "runtime/text/TokenizerJson.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <sys/stat.h>

using namespace bertc::text;

std::optional<std::string> bertc::text::readFile(const std::string &path,
                                                 std::string &error) {
  // Opening a pipe would wait for a writer.
  struct stat status;
  if (stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
    if (error.empty())
      error = path + ": not a regular file";
    return std::nullopt;
  }
  std::unique_ptr<FILE, int (*)(FILE *)> file(fopen(path.c_str(), "rb"),
                                              fclose);
  if (!file) {
    if (errno != ENOENT && errno != ENOTDIR && error.empty())
      error = path + ": " + strerror(errno);
    return std::nullopt;
  }
  std::string text;
  char buffer[1 << 16];
  while (size_t count = fread(buffer, 1, sizeof(buffer), file.get()))
    text.append(buffer, count);
  if (ferror(file.get()) && error.empty())
    error = path + ": " + strerror(errno);
  return text;
}

/// A JSON object from a file; an empty one where there is no file.
static Json readJsonFile(const std::string &path, std::string &error) {
  std::optional<std::string> text = readFile(path, error);
  if (!text)
    return Json::object();
  Result<Json> json = parseJson(*text, path);
  if (json)
    return *json;
  if (error.empty())
    error = json.error();
  return Json::object();
}

TokenizerConfig::TokenizerConfig(const std::string &folder, std::string &error)
    : configPath(folder + "/tokenizer_config.json"),
      addedPath(folder + "/added_tokens.json"),
      sentencePath(folder + "/sentence_bert_config.json"), error(error),
      config(readJsonFile(configPath, error)),
      map(readJsonFile(folder + "/special_tokens_map.json", error)),
      added(readJsonFile(addedPath, error)),
      sentence(readJsonFile(sentencePath, error)) {}

/// Where tokenizer_config.json lists all added tokens, it is the younger file.
const Json *TokenizerConfig::find(const char *key) const {
  bool isYounger = config.contains("added_tokens_decoder");
  for (const Json *file :
       {isYounger ? &config : &map, isYounger ? &map : &config}) {
    auto it = file->find(key);
    if (it != file->end() && !it->is_null())
      return &*it;
  }
  return nullptr;
}

/// A string, or an object with "content".
AddedToken TokenizerConfig::tokenOf(const Json &value,
                                    const std::string &key) const {
  AddedToken token;
  if (value.is_string())
    token.content = value.get<std::string>();
  else
    token = addedTokenFromJson(value, configPath + ": " + key, error);
  token.special = true;
  return token;
}

std::string TokenizerConfig::nameOf(const char *key,
                                    const char *otherwise) const {
  const Json *value = find(key);
  return value ? tokenOf(*value, key).content : otherwise;
}

/// Switches steps of a normaliser; new ones go in front of those that follow
/// them in ALBERT's.
static void setSteps(std::vector<NormalizerStep> &steps,
                     const std::vector<NormalizerStep::Kind> &kinds, bool on) {
  auto isOne = [&](const NormalizerStep &step) {
    return std::find(kinds.begin(), kinds.end(), step.kind) != kinds.end();
  };
  if (on == std::any_of(steps.begin(), steps.end(), isOne))
    return;
  if (!on) {
    steps.erase(std::remove_if(steps.begin(), steps.end(), isOne), steps.end());
    return;
  }
  auto place =
      std::find_if(steps.begin(), steps.end(), [&](const NormalizerStep &step) {
        return step.kind == NormalizerStep::Precompiled ||
               step.kind == NormalizerStep::CollapseSpaces ||
               step.kind == NormalizerStep::Lowercase;
      });
  for (NormalizerStep::Kind kind : kinds) {
    NormalizerStep step;
    step.kind = kind;
    place = steps.insert(place, step) + 1;
  }
}

/// What the classes of transformers pass on to their tokenizers.
void TokenizerConfig::applyModel(Settings &settings) const {
  Fields fields(config, configPath, error);
  for (NormalizerStep &step : settings.normalizer) {
    if (step.kind != NormalizerStep::Bert)
      continue;
    BertOptions &options = step.bert;
    bool lowercase = options.lowercase;
    fields.read("do_lower_case", options.lowercase);
    if (options.lowercase != lowercase)
      options.stripAccents = options.lowercase;
    fields.read("strip_accents", options.stripAccents);
    fields.read("tokenize_chinese_chars", options.handleChineseChars);
  }

  std::string family;
  fields.read("tokenizer_class", family);
  bool isAlbert = settings.model == ModelKind::Unigram &&
                  (family.empty() || family.find("Albert") == 0);
  bool lowers = false, keeps = false;
  fields.read("do_lower_case", lowers);
  fields.read("keep_accents", keeps);
  if (isAlbert && fields.find("do_lower_case"))
    setSteps(settings.normalizer, {NormalizerStep::Lowercase}, lowers);
  if (isAlbert && fields.find("keep_accents"))
    setSteps(
        settings.normalizer,
        {NormalizerStep::DecomposeCompatible, NormalizerStep::StripAccents},
        !keeps);

  if (settings.splitter.kind != Splitter::Bert &&
      fields.find("add_prefix_space")) {
    bool adds = true;
    fields.read("add_prefix_space", adds);
    if (adds != (settings.splitter.prefix != Splitter::Never))
      settings.splitter.prefix = adds ? Splitter::Always : Splitter::Never;
    if (settings.model == ModelKind::Bpe)
      settings.trimKeepsFirst = adds;
    else
      settings.decoder.dropFirst = adds;
  }
  if (settings.model == ModelKind::Bpe)
    fields.read("trim_offsets", settings.trimOffsets);
}

void TokenizerConfig::checkClass(
    const std::vector<std::string_view> &known) const {
  std::string chosen;
  Fields(config, configPath, error).read("tokenizer_class", chosen);
  if (chosen.empty())
    return;
  std::string expected;
  for (std::string_view name : known) {
    const std::string one = std::string(name) + "Tokenizer";
    if (chosen == one || chosen == one + "Fast")
      return;
    expected += (expected.empty() ? "" : ", ") + one;
  }
  if (error.empty())
    error = configPath + ": tokenizer_class \"" + chosen +
            "\" needs a tokenizer.json, expected one of " + expected +
            " without it";
}

static AddedToken *listed(std::vector<AddedToken> &added,
                          const std::string &content) {
  auto it =
      std::find_if(added.begin(), added.end(), [&](const AddedToken &token) {
        return token.content == content;
      });
  return it == added.end() ? nullptr : &*it;
}

void TokenizerConfig::readAddedTokens(Settings &settings) const {
  std::vector<AddedToken> tokens;
  if (const Json *decoder = Fields(config, configPath, error)
                                .find("added_tokens_decoder",
                                      Json::value_t::object, "an object")) {
    std::string place = configPath + ": added_tokens_decoder";
    for (auto it = decoder->begin(); it != decoder->end(); ++it) {
      AddedToken token = addedTokenFromJson(*it, place, error);
      bool digits =
          !it.key().empty() && it.key().size() < 9 &&
          it.key().find_first_not_of("0123456789") == std::string::npos;
      if (!digits && error.empty())
        error = place + ": \"" + it.key() + "\" is not an id";
      token.id = static_cast<int32_t>(strtol(it.key().c_str(), nullptr, 10));
      tokens.push_back(token);
    }
  } else {
    for (auto it = added.begin(); it != added.end(); ++it) {
      AddedToken token;
      token.content = it.key();
      token.normalized = true;
      Fields(added, addedPath, error).read(it.key().c_str(), token.id);
      tokens.push_back(token);
    }
  }
  std::sort(
      tokens.begin(), tokens.end(),
      [](const AddedToken &a, const AddedToken &b) { return a.id < b.id; });
  for (const AddedToken &token : tokens)
    if (!listed(settings.added, token.content))
      settings.added.push_back(token);
}

void TokenizerConfig::apply(Settings &settings) const {
  applyModel(settings);
  Fields fields(config, configPath, error);
  fields.read("clean_up_tokenization_spaces", settings.cleanUpSpaces);
  std::string side = "right";
  fields.read("truncation_side", side);
  if (side != "right" && side != "left")
    fields.fail("truncation_side", "\"left\" or \"right\"");
  settings.truncateLeft = side == "left";

  // transformers writes 1e30 where a model has no limit.
  constexpr double limit = 1 << 30;
  const Json *length = fields.find("model_max_length");
  if (length && length->is_number() && length->get<double>() >= 1 &&
      length->get<double>() <= limit)
    settings.maxLength = length->get<int64_t>();

  // sentence-transformers' own file.
  Fields sentenceFields(sentence, sentencePath, error);
  int64_t most = 0;
  sentenceFields.read("max_seq_length", most);
  if (most > 0)
    settings.maxLength = most;
  // It asks for lower case in front of the tokenizer; accents stay.
  bool lowercase = false;
  sentenceFields.read("do_lower_case", lowercase);
  if (lowercase)
    for (NormalizerStep &step : settings.normalizer)
      step.bert.lowercase = true;

  readAddedTokens(settings);
}

void TokenizerConfig::applyInputNames(Settings &settings) const {
  const Json *names =
      Fields(config, configPath, error)
          .find("model_input_names", Json::value_t::array, "an array");
  if (!names ||
      std::find(names->begin(), names->end(), "token_type_ids") != names->end())
    return;
  for (std::vector<TemplatePiece> *pieces : {&settings.single, &settings.pair})
    for (TemplatePiece &piece : *pieces)
      piece.typeId = 0;
}

void TokenizerConfig::addSpecialTokens(const SpecialNames &names,
                                       bool mayAppend,
                                       TokenizerFiles &files) const {
  Settings &settings = files.settings;
  int64_t next = files.vocabulary.size();
  for (const AddedToken &token : settings.added)
    next = std::max<int64_t>(next, int64_t(token.id) + 1);
  auto add = [&](AddedToken token, bool isNamed, bool isStated) {
    if (AddedToken *known = listed(settings.added, token.content)) {
      // added_tokens.json tells no more than ids.
      if (added.contains(token.content)) {
        known->special |= isNamed || isStated;
        known->normalized &= !isStated;
      }
      return;
    }
    token.id = files.vocabulary.find(token.content);
    if (token.id < 0 && !mayAppend)
      return;
    if (token.id < 0)
      token.id = static_cast<int32_t>(next++);
    if (!token.content.empty())
      settings.added.push_back(token);
  };

  // In the order of transformers' SPECIAL_TOKENS_ATTRIBUTES.
  std::pair<const char *, const char *> keys[] = {
      {"bos_token", names.cls},  {"eos_token", names.sep},
      {"unk_token", names.unk},  {"sep_token", names.sep},
      {"pad_token", names.pad},  {"cls_token", names.cls},
      {"mask_token", names.mask}};
  for (auto [key, name] : keys) {
    const Json *value = find(key);
    AddedToken token = tokenOf(value ? *value : Json(name), key);
    add(token, /*isNamed=*/true, value);
    std::string_view which = key;
    std::string *place = which == "unk_token"    ? &settings.unk
                         : which == "sep_token"  ? &settings.sep
                         : which == "pad_token"  ? &settings.pad
                         : which == "cls_token"  ? &settings.cls
                         : which == "mask_token" ? &settings.mask
                                                 : nullptr;
    if (place)
      *place = token.content;
  }
  for (const char *key : {"extra_special_tokens", "additional_special_tokens"})
    if (const Json *list = find(key); list && list->is_array())
      for (const Json &item : *list)
        add(tokenOf(item, key), /*isNamed=*/false, config.contains(key));
}
