//===- Blob.h - a tokenizer as bytes to embed into an artifact ------------===//
//
// A line of JSON, a tokenizer.json without its vocabulary and with one more
// key, "bertc", for what other files say; so one reader serves both. Then the
// sections whose sizes it states: vocabulary (Vocabulary::serialize), scores
// (64 bits each), merges (three ids of 32 bits each) and the charsmap.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_RUNTIME_TEXT_BLOB_H
#define BERTC_RUNTIME_TEXT_BLOB_H

#include "runtime/text/Settings.h"

#include <string>
#include <string_view>
#include <vector>

namespace bertc::text {

struct BlobParts {
  const Settings &settings;
  const Vocabulary &vocabulary;
  const std::vector<Merge> &merges;
  const std::vector<double> &scores;
  const Charsmap &charsmap;
  const std::string &prepared;
};

std::string writeBlob(const BlobParts &parts);
Result<TokenizerFiles> readBlob(std::string_view bytes);

} // namespace bertc::text

#endif // BERTC_RUNTIME_TEXT_BLOB_H
