//===- VocabularyJson.cpp - tokens, merges and scores from JSON -----------===//

#include "runtime/text/TokenizerJson.h"

#include "runtime/text/MergesText.h"
#include "runtime/text/Unigram.h"

#include <cmath>

using namespace bertc::text;

std::string bertc::text::readTokens(const Json &object,
                                    const std::string &place,
                                    Vocabulary &vocabulary) {
  // Far above any vocabulary; keeps a hostile id from claiming memory.
  constexpr uint64_t maxId = (1 << 24) - 1;
  std::vector<std::string> tokens;
  std::vector<bool> taken;
  for (auto it = object.begin(); it != object.end(); ++it) {
    if (!it->is_number_unsigned() || it->get<uint64_t>() > maxId)
      return place + ": the id of \"" + it.key() +
             "\" is not a whole number up to " + std::to_string(maxId);
    size_t id = it->get<size_t>();
    if (id >= tokens.size()) {
      tokens.resize(id + 1);
      taken.resize(id + 1);
    }
    if (taken[id])
      return place + ": \"" + tokens[id] + "\" and \"" + it.key() +
             "\" have the same id " + std::to_string(id);
    tokens[id] = it.key();
    taken[id] = true;
  }
  Result<Vocabulary> read = Vocabulary::fromTokens(tokens, place);
  if (!read)
    return read.error();
  vocabulary = std::move(*read);
  return {};
}

/// `["a b", ...]`, or `[["a", "b"], ...]` of younger files.
static std::string readMerges(const Json &model, const std::string &place,
                              TokenizerFiles &files) {
  std::string error;
  const Json *list = Fields(model, place, error)
                         .find("merges", Json::value_t::array, "a list");
  if (!error.empty() || !list)
    return error.empty() ? place + ": \"merges\" is not a list" : error;
  size_t number = 0;
  for (const Json &item : *list) {
    std::string where = place + ": merge " + std::to_string(number++);
    std::vector<std::string> columns;
    if (item.is_string())
      columns = splitColumns(item.get_ref<const std::string &>());
    else if (item.is_array())
      for (const Json &column : item)
        columns.push_back(column.is_string() ? column.get<std::string>() : "");
    error = addMerge(columns, where, files.vocabulary, files.merges);
    if (!error.empty())
      return error;
  }
  return {};
}

/// `[["piece", score], ...]` and "unk_id".
static std::string readPieces(const Json &model, const Json &list,
                              const std::string &place, TokenizerFiles &files) {
  std::vector<std::string> tokens;
  for (const Json &item : list) {
    std::string where =
        place + ": vocab: entry " + std::to_string(tokens.size());
    if (!item.is_array() || item.size() != 2 || !item[0].is_string() ||
        !item[1].is_number() || !std::isfinite(item[1].get<double>()))
      return where + " is not a piece with its score";
    tokens.push_back(item[0].get<std::string>());
    if (tokens.back().size() > maxUnigramPiece)
      return where + " has " + std::to_string(tokens.back().size()) +
             " bytes, expected at most " + std::to_string(maxUnigramPiece);
    files.scores.push_back(item[1].get<double>());
  }
  std::string error;
  int32_t unknown = -1;
  Fields fields(model, place, error);
  fields.read("unk_id", unknown);
  if (error.empty() &&
      (unknown < 0 || static_cast<size_t>(unknown) >= tokens.size()))
    fields.fail("unk_id", "the id of a piece");
  if (!error.empty())
    return error;
  files.settings.unknown = tokens[static_cast<size_t>(unknown)];
  Result<Vocabulary> read = Vocabulary::fromTokens(tokens, place + ": vocab");
  if (!read)
    return read.error();
  files.vocabulary = std::move(*read);
  return {};
}

std::string bertc::text::readVocabulary(const Json &json,
                                        const std::string &name,
                                        TokenizerFiles &files) {
  const Json &model = json["model"];
  bool isList = files.settings.model == ModelKind::Unigram;
  auto it = model.find("vocab");
  if (it == model.end() || it->empty() ||
      (isList ? !it->is_array() : !it->is_object()))
    return name + ": \"model.vocab\" is not " +
           (isList ? "a list of pieces with their scores"
                   : "an object of tokens");
  std::string place = name + ": model";
  if (isList)
    return readPieces(model, *it, place, files);
  std::string error = readTokens(*it, name, files.vocabulary);
  if (error.empty() && files.settings.model == ModelKind::Bpe)
    error = readMerges(model, place, files);
  return error;
}
