//===- Config.cpp ---------------------------------------------------------===//

#include "models/Config.h"

#include "models/ConfigReader.h"
#include "models/Family.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

#include <nlohmann/json.hpp>

using namespace bertc;
using nlohmann::json;

llvm::Expected<ModelConfig> ModelConfig::parse(llvm::StringRef text,
                                               llvm::StringRef path) {
  // What nests deeper than any config.json is left out: printing it in an error
  // would be as deep a recursion.
  constexpr int deepest = 64;
  json object = json::parse(
      text.begin(), text.end(),
      [](int depth, json::parse_event_t, json &) { return depth <= deepest; },
      /*allow_exceptions=*/false);
  if (object.is_discarded())
    return llvm::createStringError(path + ": not valid JSON");
  if (!object.is_object())
    return llvm::createStringError(path + ": an object was expected");

  ConfigReader reader(object, path);
  ModelConfig config;
  config.path = path.str();
  config.family = reader.text("model_type", "");
  const Family *family = findFamily(config.family);
  if (config.family.empty())
    reader.fail("model_type is missing; supported: " + familyNames());
  else if (!family)
    reader.fail("model_type " +
                json(config.family)
                    .dump(-1, ' ', true, json::error_handler_t::replace) +
                " is not supported; supported: " + familyNames());
  else
    family->readConfig(reader, config);
  if (llvm::Error error = reader.takeError())
    return std::move(error);
  config.dropoutProblem = reader.rateProblem();
  return config;
}

llvm::Expected<ModelConfig> ModelConfig::read(llvm::StringRef path) {
  // Opening a pipe would wait for a writer.
  if (llvm::sys::fs::exists(path) && !llvm::sys::fs::is_regular_file(path))
    return llvm::createStringError(path + ": not a regular file");
  auto text = llvm::MemoryBuffer::getFile(path);
  if (!text)
    return llvm::createStringError(path + ": " + text.getError().message());
  return parse((*text)->getBuffer(), path);
}
