//===- TokenizerJson.h - tokenizer.json's fields as Settings --------------===//

#ifndef BERTC_RUNTIME_TEXT_TOKENIZERJSON_H
#define BERTC_RUNTIME_TEXT_TOKENIZERJSON_H

#include "runtime/text/Json.h"
#include "runtime/text/Settings.h"

#include <string>

namespace bertc::text {

/// Reads all but the vocabulary into `files`. Fails, naming the field, on any
/// step that is none of the four families'.
std::string readSettings(const Json &json, const std::string &name,
                         TokenizerFiles &files);
/// The inverse, but for the charsmap.
Json settingsToJson(const Settings &settings);

/// One entry of "added_tokens" or "added_tokens_decoder".
AddedToken addedTokenFromJson(const Json &json, const std::string &place,
                              std::string &error);

/// "model.vocab" and what belongs to it: merges, or scores and the unknown
/// token.
std::string readVocabulary(const Json &json, const std::string &name,
                           TokenizerFiles &files);
/// vocab.json, {"token": id, ...}.
std::string readTokens(const Json &object, const std::string &place,
                       Vocabulary &vocabulary);

} // namespace bertc::text

#endif // BERTC_RUNTIME_TEXT_TOKENIZERJSON_H
