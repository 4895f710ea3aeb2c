//===- Settings.cpp - a model folder's files, and the blob ----------------===//

#include "runtime/text/Settings.h"

#include "runtime/text/TokenizerJson.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

using namespace bertc::text;

/// A file that is not there gives no value and no error.
static std::optional<std::string> readFile(const std::string &path,
                                           std::string &error) {
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

/// The lines of "model.vocab": {"token": id, ...} with ids in any order.
static Result<std::string> vocabularyLines(const Json &json,
                                           const std::string &name) {
  const Json *vocabulary = nullptr;
  if (json.contains("model") && json["model"].is_object() &&
      json["model"].contains("vocab") && json["model"]["vocab"].is_object())
    vocabulary = &json["model"]["vocab"];
  if (!vocabulary || vocabulary->empty())
    return Failure{name + ": \"model.vocab\" is not an object of tokens"};

  // Far above any vocabulary; keeps a hostile id from claiming memory.
  constexpr uint64_t maxId = (1 << 24) - 1;
  std::vector<const std::string *> tokens;
  for (auto it = vocabulary->begin(); it != vocabulary->end(); ++it) {
    if (!it->is_number_unsigned() || it->get<uint64_t>() > maxId)
      return Failure{name + ": the id of \"" + it.key() +
                     "\" is not a whole number up to " + std::to_string(maxId)};
    size_t id = it->get<size_t>();
    if (id >= tokens.size())
      tokens.resize(id + 1, nullptr);
    if (tokens[id])
      return Failure{name + ": \"" + *tokens[id] + "\" and \"" + it.key() +
                     "\" have the same id " + std::to_string(id)};
    tokens[id] = &it.key();
  }
  std::string lines;
  for (const std::string *token : tokens) {
    // A word never holds a line break, so such a token is never found.
    if (token && token->find_first_of("\r\n") == std::string::npos)
      lines += *token;
    lines += '\n';
  }
  return lines;
}

/// The content of a special token: a string, or an object with "content".
static std::string specialToken(const Json &json, const char *key,
                                std::string otherwise) {
  if (json.contains(key)) {
    const Json &value = json[key];
    if (value.is_string())
      return value.get<std::string>();
    if (value.is_object() && value.contains("content") &&
        value["content"].is_string())
      return value["content"].get<std::string>();
  }
  return otherwise;
}

static bool isListed(const std::vector<AddedToken> &added,
                     const std::string &content) {
  return std::any_of(added.begin(), added.end(), [&](const AddedToken &token) {
    return token.content == content;
  });
}

/// Applies tokenizer_config.json: what it states wins over tokenizer.json.
static void applyConfig(const Json &config, const std::string &path,
                        Settings &settings, std::string &error) {
  Fields fields(config, path, error);
  NormalizerOptions &options = settings.normalizer;
  bool lowercase = options.lowercase;
  fields.read("do_lower_case", options.lowercase);
  if (options.lowercase != lowercase)
    options.stripAccents = options.lowercase;
  fields.read("strip_accents", options.stripAccents);
  fields.read("tokenize_chinese_chars", options.handleChineseChars);
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

  if (const Json *decoder = fields.find("added_tokens_decoder",
                                        Json::value_t::object, "an object"))
    for (auto it = decoder->begin(); it != decoder->end(); ++it) {
      std::string place = path + ": added_tokens_decoder";
      AddedToken token = addedTokenFromJson(*it, place, error);
      bool digits =
          !it.key().empty() && it.key().size() < 9 &&
          it.key().find_first_not_of("0123456789") == std::string::npos;
      if (!digits && error.empty())
        error = place + ": \"" + it.key() + "\" is not an id";
      token.id = static_cast<int32_t>(strtol(it.key().c_str(), nullptr, 10));
      if (!isListed(settings.added, token.content))
        settings.added.push_back(token);
    }
}

/// Applies sentence_bert_config.json, sentence-transformers' own file.
static void applySentenceConfig(const Json &config, const std::string &path,
                                Settings &settings, std::string &error) {
  Fields fields(config, path, error);
  int64_t length = 0;
  fields.read("max_seq_length", length);
  if (length > 0)
    settings.maxLength = length;
  // It asks for lower case in front of the tokenizer; accents stay.
  bool lowercase = false;
  fields.read("do_lower_case", lowercase);
  settings.normalizer.lowercase |= lowercase;
}

static std::string checkVocabulary(const TokenizerFiles &files,
                                   const std::string &name) {
  if (files.vocabulary.find(files.settings.unknown) < 0)
    return name + ": no token \"" + files.settings.unknown +
           "\", expected one for unknown words";
  return {};
}

Result<TokenizerFiles> bertc::text::readFolder(const std::string &folder) {
  std::string error;
  std::string jsonPath = folder + "/tokenizer.json";
  std::string vocabPath = folder + "/vocab.txt";
  std::string configPath = folder + "/tokenizer_config.json";
  std::string sentencePath = folder + "/sentence_bert_config.json";

  Json config = readJsonFile(configPath, error);
  Json map = readJsonFile(folder + "/special_tokens_map.json", error);
  Json sentence = readJsonFile(sentencePath, error);
  std::optional<std::string> whole = readFile(jsonPath, error);
  auto special = [&](const char *key, const char *name) {
    return specialToken(config, key, specialToken(map, key, name));
  };

  TokenizerFiles files;
  Settings &settings = files.settings;
  std::string name = whole ? jsonPath : vocabPath;
  std::string lines;
  if (whole) {
    Result<Json> json = parseJson(*whole, jsonPath);
    if (!json)
      return Failure{json.error()};
    Result<Settings> read = settingsFromJson(*json, jsonPath);
    if (!read)
      return Failure{read.error()};
    settings = *read;
    Result<std::string> tokens = vocabularyLines(*json, jsonPath);
    if (!tokens)
      return Failure{tokens.error()};
    lines = std::move(*tokens);
  } else {
    std::optional<std::string> text = readFile(vocabPath, error);
    if (!text && error.empty())
      error = folder + ": has neither tokenizer.json nor vocab.txt";
    if (text)
      lines = std::move(*text);
    settings.unknown = special("unk_token", "[UNK]");
  }
  settings.pad = special("pad_token", "[PAD]");
  settings.mask = special("mask_token", "[MASK]");
  applyConfig(config, configPath, settings, error);
  applySentenceConfig(sentence, sentencePath, settings, error);
  if (!error.empty())
    return Failure{error};

  Result<Vocabulary> vocabulary = Vocabulary::fromLines(lines, name);
  if (!vocabulary)
    return Failure{vocabulary.error()};
  files.vocabulary = std::move(*vocabulary);
  error = checkVocabulary(files, name);
  if (!error.empty())
    return Failure{error};

  std::string cls = special("cls_token", "[CLS]");
  std::string sep = special("sep_token", "[SEP]");
  for (const std::string &token :
       {settings.unknown, sep, settings.pad, cls, settings.mask})
    if (int32_t id = files.vocabulary.find(token);
        id >= 0 && !isListed(settings.added, token))
      settings.added.push_back({token, id, false, false, false, false});

  if (!whole) {
    TemplatePiece first{TemplatePiece::Ids, 0, {files.vocabulary.find(cls)}};
    TemplatePiece last{TemplatePiece::Ids, 0, {files.vocabulary.find(sep)}};
    for (const TemplatePiece *piece : {&first, &last})
      if (piece->ids[0] < 0)
        return Failure{name + ": no token \"" + (piece == &first ? cls : sep) +
                       "\", expected it around each text"};
    settings.single = {first, {TemplatePiece::First, 0, {}}, last};
    settings.pair = settings.single;
    settings.pair.push_back({TemplatePiece::Second, 1, {}});
    last.typeId = 1;
    settings.pair.push_back(last);
  }
  return files;
}

Result<TokenizerFiles> bertc::text::readBlob(std::string_view bytes) {
  const std::string name = "embedded tokenizer";
  size_t end = bytes.find('\n');
  if (end == std::string_view::npos)
    return Failure{name + ": no line of options"};
  Result<Json> json = parseJson(bytes.substr(0, end), name);
  if (!json)
    return Failure{json.error()};
  Result<Settings> settings = settingsFromJson(*json, name);
  if (!settings)
    return Failure{settings.error()};
  Result<Vocabulary> vocabulary =
      Vocabulary::fromLines(bytes.substr(end + 1), name);
  if (!vocabulary)
    return Failure{vocabulary.error()};
  TokenizerFiles files{std::move(*settings), std::move(*vocabulary)};
  std::string error = checkVocabulary(files, name);
  if (!error.empty())
    return Failure{error};
  return files;
}

std::string bertc::text::writeBlob(const Settings &settings,
                                   const Vocabulary &vocabulary) {
  return settingsToJson(settings).dump() + '\n' + vocabulary.lines();
}
