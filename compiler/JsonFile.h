//===- JsonFile.h - the small files of a checkpoint -----------------------===//

#ifndef BERTC_COMPILER_JSONFILE_H
#define BERTC_COMPILER_JSONFILE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <nlohmann/json.hpp>
#include <string>

namespace bertc {

/// The path of a file of a folder.
std::string inFolder(llvm::StringRef folder, llvm::StringRef name);

llvm::Expected<nlohmann::json> readJsonFile(llvm::StringRef path);

} // namespace bertc

#endif // BERTC_COMPILER_JSONFILE_H
