//===- SentenceSettings.cpp -----------------------------------------------===//

#include "compiler/SentenceSettings.h"

#include "compiler/Errors.h"
#include "compiler/JsonFile.h"

#include "llvm/Support/FileSystem.h"

#include <string>
#include <vector>

using namespace bertc;
using nlohmann::json;

namespace {

/// The text of a field, "" where it is none.
std::string text(const json &object, const char *field) {
  auto found = object.find(field);
  return found != object.end() && found->is_string() ? found->get<std::string>()
                                                     : std::string();
}

llvm::Expected<SentenceSettings::Pooling> readPooling(llvm::StringRef path) {
  llvm::Expected<json> config = readJsonFile(path);
  if (!config)
    return config.takeError();
  if (!config->is_object())
    return fileError(path, "an object was expected");

  // One switch a kind, or, newer, one name.
  std::vector<std::string> on;
  for (const auto &[key, value] : config->items()) {
    if (llvm::StringRef(key).starts_with("pooling_mode_") &&
        value.is_boolean() && value.get<bool>())
      on.push_back(key);
    if (key == "pooling_mode" && value.is_string())
      on.push_back("pooling_mode_" + value.get<std::string>());
  }
  if (on.size() != 1)
    return fileError(path, "exactly one pooling was expected, " +
                               std::to_string(on.size()) + " are on");
  if (on[0] == "pooling_mode_mean_tokens" || on[0] == "pooling_mode_mean")
    return SentenceSettings::mean;
  if (on[0] == "pooling_mode_cls_token" || on[0] == "pooling_mode_cls")
    return SentenceSettings::firstToken;
  return fileError(path, on[0] + " is not supported; pooling_mode_mean_tokens "
                                 "and pooling_mode_cls_token are");
}

/// Of the prompts that config_sentence_transformers.json has, the default one.
llvm::Expected<std::string> readDefaultPrompt(llvm::StringRef folder) {
  const std::string path =
      inFolder(folder, "config_sentence_transformers.json");
  if (!llvm::sys::fs::exists(path))
    return std::string();
  llvm::Expected<json> config = readJsonFile(path);
  if (!config)
    return config.takeError();
  if (!config->is_object())
    return fileError(path, "an object was expected");
  const std::string name = text(*config, "default_prompt_name");
  auto prompts = config->find("prompts");
  if (name.empty() || prompts == config->end() || !prompts->is_object())
    return std::string();
  return text(*prompts, name.c_str());
}

} // namespace

llvm::Expected<SentenceSettings>
bertc::readSentenceSettings(llvm::StringRef folder) {
  SentenceSettings settings;
  std::string path = inFolder(folder, "modules.json");
  if (!llvm::sys::fs::exists(path))
    return settings;
  llvm::Expected<std::string> prompt = readDefaultPrompt(folder);
  if (!prompt)
    return prompt.takeError();
  settings.defaultPrompt = std::move(*prompt);
  llvm::Expected<json> modules = readJsonFile(path);
  if (!modules)
    return modules.takeError();
  if (!modules->is_array())
    return fileError(path, "a list of modules was expected");
  bool pools = false;
  for (const json &module : *modules) {
    // "sentence_transformers.models.Pooling": the package moves, the class
    // keeps its name.
    std::string type = module.is_object() ? text(module, "type") : "";
    llvm::StringRef name = llvm::StringRef(type).rsplit('.').second;
    const bool isFirst = &module == &modules->front();
    if (isFirst != (name == "Transformer") &&
        (name == "Transformer" || name == "Pooling" || name == "Normalize"))
      return fileError(path, isFirst ? "the first module is " + name +
                                           ", Transformer was expected"
                                     : "Transformer is not the first module");
    if (name == "Transformer")
      continue;
    if (name == "Normalize") {
      settings.normalize = true;
      continue;
    }
    if (name != "Pooling")
      return fileError(path, "module \"" + type +
                                 "\" is not supported; Transformer, Pooling "
                                 "and Normalize are");
    llvm::Expected<SentenceSettings::Pooling> pooling = readPooling(
        inFolder(inFolder(folder, text(module, "path")), "config.json"));
    if (!pooling)
      return pooling.takeError();
    settings.pooling = *pooling;
    pools = true;
  }
  if (!pools)
    return fileError(path, "no module is a Pooling: its vectors are of tokens");
  return settings;
}
