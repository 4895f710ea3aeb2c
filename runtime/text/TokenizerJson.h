//===- TokenizerJson.h - tokenizer.json's fields as Settings --------------===//

#ifndef BERTC_RUNTIME_TEXT_TOKENIZERJSON_H
#define BERTC_RUNTIME_TEXT_TOKENIZERJSON_H

#include "runtime/text/Json.h"
#include "runtime/text/Settings.h"

#include <string>

namespace bertc::text {

/// Reads all but the vocabulary. Fails, naming the field, on any step that is
/// not BERT's: other models, normalisers, splitters and templates.
Result<Settings> settingsFromJson(const Json &json, const std::string &name);
/// The inverse of settingsFromJson.
Json settingsToJson(const Settings &settings);

/// One entry of "added_tokens" or "added_tokens_decoder".
AddedToken addedTokenFromJson(const Json &json, const std::string &place,
                              std::string &error);

} // namespace bertc::text

#endif // BERTC_RUNTIME_TEXT_TOKENIZERJSON_H
