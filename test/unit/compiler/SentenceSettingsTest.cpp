//===- SentenceSettingsTest.cpp -------------------------------------------===//

#include "compiler/SentenceSettings.h"
#include "compiler/OutputFile.h"

#include "TestSupport.h"

using namespace bertc;

namespace {

class SentenceSettingsTest : public testing::Test {
protected:
  void write(llvm::StringRef name, llvm::StringRef text) {
    llvm::sys::fs::create_directory(folder.file("pool"));
    ASSERT_EQ(message(writeFileWhole(folder.file(name), text)), "");
  }
  /// "mean", "first", with "+norm"; or the error without the folder's name.
  std::string read() {
    auto settings = readSentenceSettings(folder.file(""));
    if (!settings) {
      std::string text = llvm::toString(settings.takeError());
      return text.substr(
          text.rfind(folder.file("")) == 0 ? folder.file("").size() : 0);
    }
    return std::string(settings->pooling == SentenceSettings::mean ? "mean"
                                                                   : "first") +
           (settings->normalize ? "+norm" : "");
  }

  const char *modules =
      R"([{"type": "sentence_transformers.models.Transformer", "path": ""},
          {"type": "sentence_transformers.models.Pooling", "path": "pool"},
          {"type": "sentence_transformers.models.Normalize", "path": ""}])";
  TestFolder folder;
};

TEST_F(SentenceSettingsTest, TakesTheMeanWithoutModules) {
  EXPECT_EQ(read(), "mean");
}

TEST_F(SentenceSettingsTest, ReadsSwitchesAndNames) {
  write("modules.json", modules);
  write("pool/config.json", R"({"pooling_mode_cls_token": true,
                                "pooling_mode_mean_tokens": false})");
  EXPECT_EQ(read(), "first+norm");
  write("pool/config.json", R"({"pooling_mode": "mean"})");
  EXPECT_EQ(read(), "mean+norm");
}

TEST_F(SentenceSettingsTest, ReadsTheDefaultPrompt) {
  write("modules.json", modules);
  write("pool/config.json", R"({"pooling_mode": "mean"})");
  auto prompt = [&] {
    auto settings = readSentenceSettings(folder.file(""));
    return settings ? settings->defaultPrompt
                    : llvm::toString(settings.takeError());
  };
  const char *file = "config_sentence_transformers.json";
  EXPECT_EQ(prompt(), "");
  write(file, R"({"prompts": {"query": "query: "}})");
  EXPECT_EQ(prompt(), "");
  write(file, R"({"prompts": {"query": "query: "},
                  "default_prompt_name": null})");
  EXPECT_EQ(prompt(), "");
  write(file, R"({"prompts": {"query": "query: "},
                  "default_prompt_name": "query"})");
  EXPECT_EQ(prompt(), "query: ");
}

TEST_F(SentenceSettingsTest, RefusesOtherModulesAndPoolingsByName) {
  write("modules.json", modules);
  write("pool/config.json", R"({"pooling_mode_max_tokens": true})");
  EXPECT_EQ(read(), "pool/config.json: pooling_mode_max_tokens is not "
                    "supported; pooling_mode_mean_tokens and "
                    "pooling_mode_cls_token are");
  write("pool/config.json", R"({"pooling_mode_max_tokens": true,
                                "pooling_mode_mean_tokens": true})");
  EXPECT_EQ(read(),
            "pool/config.json: exactly one pooling was expected, 2 are on");
  write("modules.json", R"([{"type": "sentence_transformers.models.Dense"}])");
  EXPECT_EQ(read(), "modules.json: module "
                    "\"sentence_transformers.models.Dense\" is not supported; "
                    "Transformer, Pooling and Normalize are");
  write("modules.json",
        R"([{"type": "models.Pooling", "path": ""},
            {"type": "models.Transformer", "path": ""}])");
  EXPECT_EQ(read(), "modules.json: the first module is Pooling, Transformer "
                    "was expected");
  write("modules.json", R"([{"type": "models.Transformer", "path": ""}])");
  EXPECT_EQ(read(), "modules.json: no module is a Pooling: its vectors are of "
                    "tokens");
  write("modules.json", R"([{"type": "models.Transformer"},
                            {"type": "models.Transformer"}])");
  EXPECT_EQ(read(), "modules.json: Transformer is not the first module");
  write("modules.json", "[{");
  EXPECT_EQ(read(), "modules.json: not valid JSON");
}

} // namespace
