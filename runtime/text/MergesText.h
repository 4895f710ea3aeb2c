//===- MergesText.h - the pairs of merges.txt -----------------------------===//

#ifndef BERTC_RUNTIME_TEXT_MERGESTEXT_H
#define BERTC_RUNTIME_TEXT_MERGESTEXT_H

#include "runtime/text/Bpe.h"
#include "runtime/text/Vocabulary.h"

#include <string>
#include <string_view>
#include <vector>

namespace bertc::text {

/// What lies between single spaces.
std::vector<std::string> splitColumns(std::string_view line);

/// Appends a merge of two tokens. Returns a message that begins with `where`
/// unless there are two, and they and the two joined are in the vocabulary.
std::string addMerge(const std::vector<std::string> &columns,
                     const std::string &where, const Vocabulary &vocabulary,
                     std::vector<Merge> &merges);

/// merges.txt: a merge a line, but for lines that begin with "#version".
std::string readMergesText(std::string_view text, const std::string &name,
                           const Vocabulary &vocabulary,
                           std::vector<Merge> &merges);

} // namespace bertc::text

#endif // BERTC_RUNTIME_TEXT_MERGESTEXT_H
