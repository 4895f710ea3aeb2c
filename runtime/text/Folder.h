//===- Folder.h - a model folder's files as a tokenizer's parts -----------===//

#ifndef BERTC_RUNTIME_TEXT_FOLDER_H
#define BERTC_RUNTIME_TEXT_FOLDER_H

#include "runtime/text/Settings.h"

#include <string>

namespace bertc::text {

/// Reads what Tokenizer::fromFolder says. Messages name the file.
Result<TokenizerFiles> readFolder(const std::string &folder);

} // namespace bertc::text

#endif // BERTC_RUNTIME_TEXT_FOLDER_H
