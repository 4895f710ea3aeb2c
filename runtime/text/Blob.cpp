//===- Blob.cpp - a tokenizer as bytes to embed into an artifact ----------===//

#include "runtime/text/Blob.h"

#include "runtime/text/TokenizerJson.h"
#include "runtime/text/Unigram.h"

#include <cmath>
#include <limits>

using namespace bertc::text;

static const char *const sections[] = {"vocabulary", "scores", "merges",
                                       "charsmap", "prepared"};

template <typename T> static std::string_view bytesOf(const std::vector<T> &v) {
  return {reinterpret_cast<const char *>(v.data()), v.size() * sizeof(T)};
}

template <typename T>
static bool readAll(std::string_view bytes, std::vector<T> &out) {
  out.resize(bytes.size() / sizeof(T));
  if (!out.empty())
    bytes.copy(reinterpret_cast<char *>(out.data()), out.size() * sizeof(T));
  return bytes.size() % sizeof(T) == 0;
}

std::string bertc::text::writeBlob(const BlobParts &parts) {
  std::string vocabulary = parts.vocabulary.serialize();
  std::string_view contents[] = {vocabulary, bytesOf(parts.scores),
                                 bytesOf(parts.merges),
                                 parts.charsmap.serialized(), parts.prepared};
  Json json = settingsToJson(parts.settings);
  for (size_t i = 0; i < std::size(sections); ++i)
    json["bertc"]["sizes"][sections[i]] = contents[i].size();
  std::string out = json.dump() + '\n';
  for (std::string_view content : contents)
    out += content;
  return out;
}

/// What the readers of files check as they go.
static std::string check(const TokenizerFiles &files, const std::string &name) {
  const Settings &settings = files.settings;
  int64_t size = files.vocabulary.size();
  if (settings.model != ModelKind::Bpe &&
      files.vocabulary.find(settings.unknown) < 0)
    return name + ": no token \"" + settings.unknown +
           "\", expected one for unknown words";
  if (settings.model == ModelKind::Unigram) {
    if (static_cast<int64_t>(files.scores.size()) != size ||
        files.vocabulary.longestToken() > maxUnigramPiece)
      return name + ": the scores are damaged";
    for (double score : files.scores)
      if (!std::isfinite(score))
        return name + ": a score is not finite";
  }
  for (const Merge &merge : files.merges)
    for (int32_t id : {merge.left, merge.right, merge.merged})
      if (id < 0 || id >= size)
        return name + ": the merges are damaged";
  return {};
}

Result<TokenizerFiles> bertc::text::readBlob(std::string_view bytes) {
  const std::string name = "embedded tokenizer";
  size_t end = bytes.find('\n');
  if (end == std::string_view::npos)
    return Failure{name + ": no line of options"};
  Result<Json> json = parseJson(bytes.substr(0, end), name);
  if (!json)
    return Failure{json.error()};
  TokenizerFiles files;
  std::string error = readSettings(*json, name, files);
  if (!error.empty())
    return Failure{error};

  std::string_view contents[std::size(sections)];
  const Json nothing = Json::object();
  const Json *extra = Fields(*json, name, error).find("bertc");
  const Json *sizes = Fields(extra ? *extra : nothing, name, error)
                          .find("sizes", Json::value_t::object, "an object");
  size_t at = end + 1;
  for (size_t i = 0; i < std::size(sections); ++i) {
    uint32_t size = 0;
    Fields(sizes ? *sizes : nothing, name, error).read(sections[i], size);
    if (!error.empty())
      return Failure{error};
    if (size > bytes.size() - at)
      return Failure{name + ": ends within its " + sections[i]};
    contents[i] = bytes.substr(at, size);
    at += size;
  }
  if (at != bytes.size())
    return Failure{name + ": goes on behind its " +
                   sections[std::size(sections) - 1]};

  Result<Vocabulary> vocabulary = Vocabulary::deserialize(contents[0], name);
  if (!vocabulary)
    return Failure{vocabulary.error()};
  files.vocabulary = std::move(*vocabulary);
  if (!readAll(contents[1], files.scores) ||
      !readAll(contents[2], files.merges))
    return Failure{name + ": the scores or merges are damaged"};
  if (!contents[3].empty()) {
    Result<Charsmap> charsmap = Charsmap::parse(contents[3], name);
    if (!charsmap)
      return Failure{charsmap.error()};
    files.charsmap = std::move(*charsmap);
  }
  files.prepared = std::string(contents[4]);
  error = check(files, name);
  if (!error.empty())
    return Failure{error};
  return files;
}
