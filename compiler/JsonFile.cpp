//===- JsonFile.cpp -------------------------------------------------------===//

#include "compiler/JsonFile.h"

#include "compiler/Errors.h"
#include "runtime/io/Json.h"
#include "runtime/io/MappedFile.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Path.h"

using namespace bertc;

std::string bertc::inFolder(llvm::StringRef folder, llvm::StringRef name) {
  llvm::SmallString<128> path(folder);
  llvm::sys::path::append(path, name);
  return path.str().str();
}

llvm::Expected<nlohmann::json> bertc::readJsonFile(llvm::StringRef path) {
  io::Result<io::MappedFile> file = io::MappedFile::open(path.str());
  if (!file)
    return llvm::createStringError(file.error());
  nlohmann::json value = io::parseJson(file->text());
  if (value.is_discarded())
    return fileError(path, "not valid JSON");
  return value;
}
